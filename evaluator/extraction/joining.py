"""Pieces of one file, put together: what a later piece defines, an earlier one no longer does."""

import re
from collections.abc import Iterable, Sequence

from tree_sitter import Node

from evaluator.extraction.grammar import Grammar
from evaluator.extraction.source import Definition, Source, encoded

LONGEST_CHANGED = 150_000
"""Characters; pieces that are longer together are put behind each other as they are."""

Cut = tuple[int, int, bytes]
"""From, to, and what comes in the place."""


def join(grammar: Grammar, pieces: Sequence[str]) -> str:
    """Return one file of ``pieces``, in their order.

    Headers (imports) come first, each once, without the unused where those are errors. Of functions and classes that
    several pieces define, and of functions that one piece defines twice, the last stays; so do the last piece's tests
    alone, where a framework would run them all. What would be in the way in a
    larger file (package clauses, exports, ``public`` of classes) goes.
    """
    pieces = [piece for piece in pieces if piece.strip()]
    if sum(map(len, pieces)) > LONGEST_CHANGED:
        return "\n".join(pieces)
    taken: set[tuple[str, str, str]] = set()
    headers: list[str] = []
    bodies: list[str] = []
    for index, source in reversed(list(enumerate(Source(grammar, piece) for piece in pieces))):
        bodies.insert(0, changed(source, _cuts(source, taken, index == len(pieces) - 1)))
        headers[:0] = (
            [_text(node) for node in grammar.captured(grammar.headers, source.root)] if grammar.headers else []
        )
        taken |= {_key(grammar, definition) for definition in source.definitions}
    body = "\n".join(text if text.endswith("\n") else text + "\n" for text in bodies)
    top = [grammar.opening] * bool(grammar.opening)
    top += [grammar.header_line.format(header) for header in _used(grammar, headers, body)]
    return "\n".join([*top, body]) if top else body


def changed(source: Source, cuts: Iterable[Cut]) -> str:
    """The source's text with every cut made; of cuts that overlap, the outermost."""
    pieces, at = [], 0
    for start, end, text in sorted(cuts, key=lambda cut: (cut[0], -cut[1])):
        if start >= at:
            pieces += [source.code[at:start], text]
            at = end
    return b"".join([*pieces, source.code[at:]]).decode("utf-8", "surrogatepass")


def renamed(source: Source, old: str, new: str) -> str:
    """The source's text with every identifier ``old`` called ``new``."""
    cuts = []
    for match in re.finditer(rb"(?<!\w)" + re.escape(encoded(old)) + rb"(?!\w)", source.code):
        node = source.root.descendant_for_byte_range(match.start(), match.end())
        if node is not None and node.type in source.grammar.identifiers:
            cuts.append((match.start(), match.end(), encoded(new)))
    return changed(source, cuts)


def shadowable(grammar: Grammar, piece: str) -> str:
    """``piece`` with its imports such that what follows may import the same names again."""
    source = Source(grammar, piece)
    nodes = grammar.captured(grammar.shadowed, source.root) if grammar.shadowed else []
    if not nodes:
        return piece
    lines = "\n".join(grammar.shadowed_line.format(_text(node)) for node in nodes)
    instead = [encoded(grammar.shadow.replace("USES", lines)), *[b""] * len(nodes)]
    return changed(source, [(node.start_byte, node.end_byte, text) for node, text in zip(nodes, instead, strict=False)])


def _cuts(source: Source, taken: set[tuple[str, str, str]], is_last: bool) -> Iterable[Cut]:
    grammar = source.grammar
    for query in filter(None, (grammar.headers, grammar.noise, "" if is_last else grammar.rivals)):
        for node in grammar.captured(query, source.root):
            yield node.start_byte, node.end_byte, b""
    seen = set() if grammar.redefinable else set(taken)
    last_first = source.definitions[::-1]
    for definition in sorted(last_first, key=lambda definition: definition.is_stub):
        key = _key(grammar, definition)
        if key in seen and (definition.is_stub or not grammar.redefinable):
            yield definition.start, definition.end, b""
        seen.add(key)


def _key(grammar: Grammar, definition: Definition) -> tuple[str, str, str]:
    """What must be defined once. Where functions can be overloaded, other parameters make another function."""
    if definition.is_class:
        return definition.name, "", "class"
    if definition.name == "main":
        return "main", "", ""
    return definition.name, definition.container, definition.parameters if grammar.overloads else ""


def _used(grammar: Grammar, headers: list[str], body: str) -> list[str]:
    """Each header once; where unused ones are errors, those that ``body`` uses, and those that it forgot."""
    once = list(dict.fromkeys(headers))
    if not grammar.header_name:
        return once
    used = {_text(node) for node in grammar.captured(grammar.uses, Source(grammar, body).root)}
    named = {_imported(grammar, header): header for header in [*grammar.assumed, *once]}
    return [header for name, header in named.items() if name in used] + [
        header for header in once if _imported(grammar, header) in ("_", ".")
    ]


def _imported(grammar: Grammar, header: str) -> str:
    found = re.search(grammar.header_name, header)
    return (found.group(1) or found.group(2)) if found else "_"


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "surrogatepass")
