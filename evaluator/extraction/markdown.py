"""Fenced code blocks of a Markdown text, found by tree-sitter."""

import re
from dataclasses import dataclass
from functools import cache

import tree_sitter_markdown
from tree_sitter import Language, Node, Parser

MOST_BLOCKS = 64
LONGEST_MARKDOWN = 500_000
"""Characters. Of an answer with more blocks or more text, the end is read."""

FENCE = re.compile(r"^[ \t>*+.)0-9-]*(?:```|~~~)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block: its label (lower case, "" if there is none), its code, and where it starts in the text."""

    label: str
    code: str
    start: int


def fenced_blocks(text: str) -> list[Block]:
    """Return the fenced blocks of ``text`` in order, wherever they are nested; the last ones, if there are very many.

    A fence that is never closed reaches to the end of its container, as CommonMark says.
    """
    fences = [match.end() for match in FENCE.finditer(text, max(0, len(text) - LONGEST_MARKDOWN))]
    if not fences:
        return []
    offset = max(0, len(text) - LONGEST_MARKDOWN)
    source = text[offset:].encode("utf-8", "surrogatepass")
    root = Parser(_language()).parse(source).root_node
    blocks: dict[int, Block] = {}
    for end in fences[-2 * MOST_BLOCKS :]:
        at = len(text[offset:end].encode("utf-8", "surrogatepass"))
        node = root.descendant_for_byte_range(at - 1, at)
        block = node.parent if node is not None and node.type == "fenced_code_block_delimiter" else None
        if block is not None and block.start_byte not in blocks:
            blocks[block.start_byte] = _block(block, source, offset)
    return list(blocks.values())


def _block(node: Node, source: bytes, offset: int) -> Block:
    parts = {child.type: child for child in node.children}
    label = _text(source, parts["info_string"]) if "info_string" in parts else ""
    word = re.search(r"\w[\w+#.-]*", label)
    code = _unquoted(source, parts["code_fence_content"]) if "code_fence_content" in parts else ""
    start = offset + len(source[: node.start_byte].decode("utf-8", "surrogatepass"))
    return Block(word.group().lower() if word else "", code, start)


def _unquoted(source: bytes, content: Node) -> str:
    """The content without what a surrounding list or quotation puts before each of its lines."""
    pieces, at = [], content.start_byte
    for child in content.children:
        if child.type == "block_continuation":
            pieces.append(source[at : child.start_byte])
            at = child.end_byte
    pieces.append(source[at : content.end_byte])
    return b"".join(pieces).decode("utf-8", "surrogatepass")


def _text(source: bytes, node: Node) -> str:
    return source[node.start_byte : node.end_byte].decode("utf-8", "surrogatepass")


@cache
def _language() -> Language:
    return Language(tree_sitter_markdown.language())
