"""Which variables a program has where, and of what types as far as it says: no more than wrong variables need."""

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from evaluator.extraction.source import Source
from validator.problems.mutation.rules import Dialect


@dataclass(frozen=True, slots=True)
class _Variable:
    """One declaration: from ``known`` to ``until`` the name stands for it."""

    name: str
    kind: str
    at: int
    known: int
    until: int


class Variables:
    """The variables of one program."""

    def __init__(self, dialect: Dialect, source: Source) -> None:
        self._dialect = dialect
        self._found = tuple(_first_of_each(self._declared(source)))
        self._declarations = {variable.at for variable in self._found}

    def others(self, use: Node) -> list[str]:
        """The names that could stand in the place of ``use`` by mistake: none if it is no use of a variable."""
        parent, name = use.parent, (use.text or b"").decode()
        if parent is None or use.start_byte in self._declarations or self._is_no_variable(parent, use):
            return []
        known = {one.name: one.kind for one in self._found if one.known <= use.start_byte < one.until}
        if name not in known:
            return []
        own = known[name]
        return sorted(other for other, kind in known.items() if other != name and self._may_be(own, kind))

    def _may_be(self, some: str, other: str) -> bool:
        return some == other or (self._dialect.dynamic and not (some and other))

    def kind(self, node: Node) -> str:
        """The type of the expression ``node``: "" if nothing says, and with a space in it if no more than a guess."""
        name = _text(node)
        known = {one.name: one.kind for one in self._found if one.known <= node.start_byte < one.until}
        return known[name] if name in known else self._dialect.literals.get(node.type, "")

    def alike(self, some: Node, other: Node) -> bool:
        """Whether one could stand in the place of the other, as far as can be seen."""
        kinds = self.kind(some), self.kind(other)
        if self._dialect.dynamic or any(not kind or " " in kind for kind in kinds):
            return self._dialect.dynamic or some.type == other.type
        return kinds[0] == kinds[1]

    def within(self, start: int, end: int) -> frozenset[str]:
        """The names that are declared between two offsets."""
        return frozenset(one.name for one in self._found if start <= one.at < end)

    def _is_no_variable(self, parent: Node, use: Node) -> bool:
        fields = (entry.split(".") for entry in self._dialect.not_uses)
        return any(parent.type == kind and parent.child_by_field_name(field) == use for kind, field in fields)

    def _declared(self, source: Source) -> Iterator[_Variable]:
        for match in source.grammar.matches(self._dialect.declarations, source.root):
            for name in match["name"]:
                scope = self._scope(name)
                text = (name.text or b"").decode()
                if text != "_":
                    parts = {key: nodes[0] for key, nodes in match.items()}
                    known = parts.get("value", name).end_byte
                    yield _Variable(text, self._kind(parts, text), name.start_byte, known, scope.end_byte)

    def _scope(self, name: Node) -> Node:
        scope = name
        while scope.parent is not None and scope.type not in self._dialect.scopes:
            scope = scope.parent
        return scope

    def _kind(self, match: dict[str, Node], name: str) -> str:
        """What it is declared as, else what its first value is written as."""
        spelt = _text(match.get("type"))
        if spelt and spelt not in self._dialect.inferred:
            around = _text(match.get("declarator")).partition("=")[0].replace(name, "", 1)
            return "".join((spelt + around).split())
        value = match.get("value")
        while value is not None and value.type == "expression_list" and value.named_child_count == 1:
            value = value.named_children[0]
        if value is None:
            return ""
        function = _text(value.child_by_field_name("function"))
        known = self._dialect.literals.get(f"{function}()" if function else value.type)
        return known or ("" if self._dialect.dynamic else f"{value.type} {function}")


def _text(node: Node | None) -> str:
    return (node.text or b"").decode() if node is not None else ""


def _first_of_each(variables: Iterator[_Variable]) -> Iterator[_Variable]:
    """Of several declarations of a name in one scope, the first: the others are assignments."""
    seen = set()
    for variable in sorted(variables, key=lambda one: (one.at, not one.kind)):
        if (variable.name, variable.until) not in seen:
            seen.add((variable.name, variable.until))
            yield variable
