"""Fenced code blocks of a Markdown text, found by tree-sitter."""

import re
from dataclasses import dataclass
from functools import cache

import tree_sitter_markdown
from tree_sitter import Language, Node, Parser, Query, QueryCursor

MOST_BLOCKS = 64
"""An answer with more fences is read from its end."""


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block: its label (lower case, "" if there is none), its code, and where it starts in the text."""

    label: str
    code: str
    start: int

    @property
    def is_python(self) -> bool:
        """Whether the label says so."""
        return self.label.startswith(("py", "ipython"))


def fenced_blocks(text: str) -> list[Block]:
    """Return the fenced blocks of ``text`` in order, at most the last 64, wherever they are nested.

    A fence that is never closed reaches to the end of its container, as CommonMark says.
    """
    if "```" not in text and "~~~" not in text:
        return []
    source = text.encode("utf-8", "surrogatepass")
    root = Parser(_language()).parse(source).root_node
    nodes = QueryCursor(_fences()).captures(root).get("block", [])
    nodes.sort(key=lambda node: node.start_byte)
    return [_block(node, source) for node in nodes[-MOST_BLOCKS:]]


def _block(node: Node, source: bytes) -> Block:
    parts = {child.type: child for child in node.children}
    label = _text(source, parts["info_string"]) if "info_string" in parts else ""
    word = re.search(r"\w+", label)
    code = _unquoted(source, parts["code_fence_content"]) if "code_fence_content" in parts else ""
    start = len(source[: node.start_byte].decode("utf-8", "surrogatepass"))
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


@cache
def _fences() -> Query:
    return Query(_language(), "(fenced_code_block) @block")
