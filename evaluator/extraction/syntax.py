"""What tree-sitter says about the pieces of one answer: which are programs, and which are the beginning of one."""

import re

from tree_sitter import Node

from evaluator.extraction.grammar import Grammar, Layout
from evaluator.extraction.joining import changed
from evaluator.extraction.source import Source, encoded

LONGEST_READ = 150_000
"""Bytes of one answer that are parsed, all attempts together. Garbage takes up to 5 us a byte."""

LONGEST_MENDED = 30_000
"""Bytes of malformed text in which we look for a well-formed part."""

MOST_CLOSED = 3
"""Braces that may be missing at the end: of a class, of a function, and of a block in it."""

BRACES = re.compile(r"[{}]")


class Syntax:
    """Reads pieces of one answer, about one function. Each parse is paid from the answer's allowance."""

    def __init__(self, grammar: Grammar, entry_point: str) -> None:
        self.grammar = grammar
        self.entry_point = entry_point
        self.pattern = grammar.mentions(entry_point)
        self._allowance = LONGEST_READ

    def read(self, text: str) -> Source | None:
        """``text``, parsed, or None when that would read more than is good for us."""
        size = len(encoded(text))
        if size > self._allowance:
            return None
        self._allowance -= size
        return Source(self.grammar, text)

    def is_well_formed(self, text: str) -> bool:
        """Whether ``text`` is code throughout."""
        source = self.read(text)
        return source is not None and source.well_formed

    def complete(self, text: str, beyond: int = 0) -> str | None:
        """Return ``text`` if it is well formed and defines the function with a body that goes on after ``beyond``.

        Where only closing braces are missing at the end, they are added.
        """
        if self.pattern.search(text) is None:
            return None
        for candidate in filter(None, (text, self._closed(text))):
            source = self.read(candidate)
            if source is None or not source.well_formed or not self._is_file(source):
                continue
            found = source.last(self.entry_point)
            if found is not None and found.end > len(encoded(text[:beyond])):
                return candidate
        return None

    def mended(self, text: str, beyond: int = 0) -> str | None:
        """Return ``text`` up to where it stops being code, if the function is whole by then; else None.

        Models go on in prose after the code, or are cut off in the middle of what follows it.
        """
        source = self.read(encoded(text)[:LONGEST_MENDED].decode("utf-8", "ignore"))
        found = source.last(self.entry_point) if source is not None else None
        if source is None or found is None or found.end <= len(encoded(text[:beyond])):
            return None
        statement = source.statement_at(found.start)
        if statement is None or statement.has_error or any(map(_is_broken, _before(statement))):
            return None
        end, node = statement.end_byte, statement.next_sibling
        while node is not None and not _is_broken(node) and self._goes_on(node):
            end, node = node.end_byte, node.next_sibling
        return source.text(0, end).rstrip() + "\n"

    def is_body(self, text: str) -> bool:
        """Whether braced ``text`` may go on in a function: it closes what it did not open, or returns by itself."""
        if text.count("}") > text.count("{"):
            return True
        if not re.search(self.grammar.returns, text):
            return False
        source = self.read(text)
        if source is None:
            return False
        outside = changed(source, [(d.start, d.end, b"") for d in source.definitions])
        return re.search(self.grammar.returns, outside) is not None

    def _is_file(self, source: Source) -> bool:
        return self.grammar.script or all(self._goes_on(node) for node in source.root.named_children)

    def _closed(self, text: str) -> str | None:
        if self.grammar.layout is not Layout.BRACED:
            return None
        braces = BRACES.findall(text)
        missing = braces.count("{") - braces.count("}")
        return text.rstrip() + "\n" + "}\n" * missing if 0 < missing <= MOST_CLOSED else None

    def _goes_on(self, node: Node) -> bool:
        kinds = self.grammar.expressions.get(node.type)
        if kinds is not None:
            return any(child.type in kinds for child in node.children)
        return node.type in self.grammar.statements


def _is_broken(node: Node) -> bool:
    return node.is_error or node.is_missing or node.has_error


def _before(node: Node) -> list[Node]:
    siblings = node.parent.children if node.parent is not None else []
    return [sibling for sibling in siblings if sibling.end_byte <= node.start_byte]
