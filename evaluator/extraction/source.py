"""A parsed piece of code: what it defines and where, and whether it is well formed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from evaluator.extraction.grammar import Grammar

MOST_PARAMETER_NODES = 200
MOST_CLASSES_AROUND = 8


@dataclass(frozen=True, slots=True)
class Definition:
    """A function or class at the margin, or in a class at the margin. Offsets are in bytes."""

    name: str
    container: str
    """The class that it is in, or ""."""
    is_class: bool
    is_stub: bool
    is_broken: bool
    start: int
    """Of the whole statement: decorators, modifiers and exports belong to it."""
    end: int
    body: int
    """Where its body starts."""
    parameters: str
    """As written, without white space."""
    parameter_names: tuple[str, ...]


class Source:
    """``text``, parsed."""

    def __init__(self, grammar: Grammar, text: str) -> None:
        self.grammar = grammar
        self.code = encoded(text)
        self.root = grammar.parse(self.code)
        self.definitions = tuple(self._definitions())

    @property
    def well_formed(self) -> bool:
        """Whether it is code throughout."""
        return not self.root.has_error

    def last(self, name: str) -> Definition | None:
        """The last function of that name that is whole, else the last class; a stub does not count."""
        whole = [d for d in reversed(self.definitions) if d.name == name and not (d.is_stub or d.is_broken)]
        return min(whole, key=lambda d: d.is_class, default=None)

    def text(self, start: int = 0, end: int | None = None) -> str:
        """The text between two offsets."""
        return self.code[start:end].decode("utf-8", "surrogatepass")

    def statement_at(self, offset: int) -> Node | None:
        """The statement at the margin that ``offset`` lies in."""
        cursor = self.root.walk()
        return None if cursor.goto_first_child_for_byte(offset) is None else cursor.node

    def _definitions(self) -> Iterator[Definition]:
        found = []
        for match in self.grammar.matches(self.grammar.definitions, self.root):
            kind = next(key for key in ("function", "class", "impl") if key in match)
            found.append((match[kind][0], kind, {key: nodes[0] for key, nodes in match.items()}))
        found.sort(key=lambda item: (item[0].start_byte, -item[0].end_byte))
        classes = {node.id for node, kind, _ in found if kind != "function"}
        around: list[tuple[int, str, str]] = []
        for node, kind, parts in found:
            while around and around[-1][0] <= node.start_byte:
                around.pop()
            statement = None if around and around[-1][1] == "function" else self._statement(node, classes)
            if statement is None:
                continue
            container, name = around[-1][2] if around else "", _text(parts["name"])
            around.append((node.end_byte, kind, name))
            if kind != "impl":
                yield self._definition(statement, name, container, parts)

    def _definition(self, statement: Node, name: str, container: str, parts: dict[str, Node]) -> Definition:
        body, parameters = parts.get("body"), parts.get("parameters")
        return Definition(
            name=name,
            container=container,
            is_class="class" in parts,
            is_stub="function" in parts and body is not None and self._is_stub(body),
            is_broken=statement.has_error,
            start=self._first_of(statement).start_byte,
            end=statement.end_byte,
            body=body.start_byte if body is not None else statement.end_byte,
            parameters=re.sub(r"\s+", "", _text(parameters)) if parameters is not None else "",
            parameter_names=tuple(_names(parameters)) if parameters is not None else (),
        )

    def _statement(self, node: Node, classes: set[int]) -> Node | None:
        """The statement that ``node`` is the heart of, if nothing but classes is around that."""
        statement, above = node, node.parent
        while above is not None and above.type in self.grammar.wrappers:
            statement, above = above, above.parent
        for _ in range(MOST_CLASSES_AROUND):
            if above is None or above.parent is None:
                return statement
            if above.type not in self.grammar.bodies or above.parent.id not in classes:
                return None
            above = above.parent.parent
            while above is not None and above.type in self.grammar.wrappers:
                above = above.parent
        return None

    def _first_of(self, statement: Node) -> Node:
        """The first of the attributes that belong to ``statement``, or itself."""
        before = statement.prev_sibling if self.grammar.attached else None
        while before is not None and before.type in self.grammar.attached:
            statement, before = before, before.prev_sibling
        return statement

    def _is_stub(self, body: Node) -> bool:
        if body.type not in self.grammar.blocks:
            return False
        return all(self._does_nothing(child) for child in body.named_children)

    def _does_nothing(self, statement: Node) -> bool:
        if statement.type == "expression_statement":
            return all(child.type in self.grammar.empty for child in statement.named_children)
        return statement.type in self.grammar.empty


def encoded(text: str) -> bytes:
    """UTF-8; what is not text stays recognisable."""
    return text.encode("utf-8", "surrogatepass")


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "surrogatepass")


def _names(parameters: Node) -> Iterator[str]:
    """The parameters' names: the identifiers that are no types."""
    waiting, left = [parameters], MOST_PARAMETER_NODES
    while waiting and left:
        node, left = waiting.pop(), left - 1
        if node.type == "identifier":
            yield _text(node)
        elif node.type not in ("type", "type_annotation"):
            waiting.extend(reversed(node.named_children[:MOST_PARAMETER_NODES]))
