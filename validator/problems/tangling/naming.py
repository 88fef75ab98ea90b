"""Names in a function that is made of several, and the values that variables begin with."""

from dataclasses import fields, is_dataclass, replace

from evaluator.graders.types import Kind, Type
from validator.problems.synthesis import tree
from validator.problems.synthesis.tree import BOOL, Expression, Literal, Name, Operation, Statement

Known = dict[str, Expression]
"""What the names of the original stand for."""
TRUE, FALSE = Literal(BOOL, True), Literal(BOOL, False)
SCALARS: dict[Kind, int | float | bool | str] = {Kind.INT: 0, Kind.FLOAT: 0.0, Kind.BOOL: False, Kind.STRING: ""}


class Names:
    """Gives every variable a name that no other has."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = set(taken)

    def fresh(self, stem: str) -> str:
        """``stem``, or the first of ``stem2``, ``stem3``... that is free."""
        number, name = 1, stem
        while name in self._taken:
            number += 1
            name = f"{stem}{number}"
        self._taken.add(name)
        return name


def beginning(kind: Type) -> Expression:
    """A value of ``kind``, as empty as can be."""
    match kind.kind:
        case Kind.LIST | Kind.MAP:
            return Operation(kind, kind.kind.value, ())
        case Kind.OPTIONAL:
            return Operation(kind, "none", ())
        case Kind.TUPLE:
            return Operation(kind, "tuple", tuple(map(beginning, kind.of)))
    return Literal(kind, SCALARS[kind.kind])


def renamed(function: tree.Function) -> tree.Function:
    """The function with other names for all its variables but its parameters."""
    names: dict[str, str] = {}
    kept = {name for name, _ in function.parameters} | {"_"}

    def change(part: object) -> object:
        if isinstance(part, tuple):
            return tuple(change(one) for one in part)
        if not is_dataclass(part) or isinstance(part, Type | type):
            return part
        changed = {one.name: change(getattr(part, one.name)) for one in fields(part)}
        for field in changed.keys() & {"name", "names"}:
            held = changed[field]
            changed[field] = tuple(map(another, held)) if isinstance(held, tuple) else another(str(held))
        return replace(part, **changed)

    def another(name: str) -> str:
        return name if name in kept else names.setdefault(name, f"v{len(names)}")

    return replace(function, body=change(function.body))  # type: ignore[arg-type]


def returns(part: Statement) -> bool:
    """Whether the function may end in it."""
    return any(isinstance(one, tree.Return) for one in tree.statements((part,)))


def changes(body: tuple[Statement, ...], name: str) -> bool:
    """Whether the variable gets another value in ``body``, or is changed in place."""
    for part in tree.statements(body):
        match part:
            case tree.Assign(name=own) if own == name:
                return True
            case tree.Put(place=place) | tree.Append(place=place) | tree.Pop(place=place):
                if any(isinstance(one, Name) and one.name == name for one in tree.walk(place)):
                    return True
    return False


def goes_on(body: tuple[Statement, ...]) -> bool:
    """Whether ``body`` has a ``continue`` of the loop that it is the body of."""
    for part in body:
        match part:
            case tree.Leave(loop=False):
                return True
            case tree.If(then=then, otherwise=otherwise) if goes_on(then) or goes_on(otherwise):
                return True
    return False
