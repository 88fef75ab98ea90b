"""Every way to get one statement of a function wrong, and which of them all seven compilers still take."""

from collections.abc import Iterator
from dataclasses import replace
from typing import assert_never

from evaluator.graders.types import Kind
from validator.problems.synthesis import tree
from validator.problems.synthesis.slips.expressions import OWN, Known, changes, negated, shifted
from validator.problems.synthesis.slips.operators import Operator
from validator.problems.synthesis.tree import (
    BOOL,
    INT,
    Expression,
    Field,
    Function,
    Literal,
    Name,
    Operation,
    Statement,
)

Block = tuple[Statement, ...]
Change = tuple[Operator, Statement]


def functions(function: Function) -> Iterator[tuple[Operator, Function]]:
    """The function with one slip in it, in the order of its text; the same one may come twice."""
    yield from _bodies(function, {})
    for at, made_of in enumerate(function.classes):
        for operator, changed in _classes(made_of):
            yield operator, replace(function, classes=(*function.classes[:at], changed, *function.classes[at + 1 :]))


def _classes(made_of: tree.Class) -> Iterator[tuple[Operator, tree.Class]]:
    """The class with one slip in one of its methods."""
    fields = {OWN + name: kind for name, kind, _ in made_of.fields}
    for at, method in enumerate(made_of.methods):
        for operator, changed in _bodies(method, fields):
            yield operator, replace(made_of, methods=(*made_of.methods[:at], changed, *made_of.methods[at + 1 :]))


def _bodies(function: Function, fields: Known) -> Iterator[tuple[Operator, Function]]:
    reads = _reads(function.body)
    for operator, body in _blocks(function.body, {**dict(function.parameters), **fields}):
        if ends(body) and not _beyond(body) and reads <= _reads(body):
            yield operator, replace(function, body=body)


def ends(body: Block) -> bool:
    """Whether a compiler sees that it returns."""
    match body[-1] if body else None:
        case tree.Return():
            return True
        case tree.If(_, then, otherwise):
            return ends(then) and ends(otherwise)
    return False


def _blocks(body: Block, known: Known) -> Iterator[tuple[Operator, Block]]:
    inside = dict(known)
    for at, part in enumerate(body):
        before, after = body[:at], body[at + 1 :]
        yield from ((operator, (*before, other, *after)) for operator, other in _statement(part, inside))
        if len(body) > 1:
            yield from ((operator, (*before, *after)) for operator in _dropped(part))
        yield from ((Operator.EARLY_RETURN, (*before, loop, *after)) for loop in _left(part, after))
        inside |= _declared(part)


def _left(part: Statement, after: Block) -> Iterator[Statement]:
    """A loop that is left in its first turn, with what is returned behind it."""
    match part, after:
        case (tree.ForEach(body=body) | tree.ForRange(body=body)) as loop, (tree.Return() as last,):
            if not ends(body) and not isinstance(body[-1], tree.Leave):
                yield replace(loop, body=(*body, last))


def _declared(part: Statement) -> Known:
    match part:
        case tree.Declare(name, kind):
            return {name: kind}
        case tree.Unpack(names, value):
            return {name: kind for name, kind in zip(names, value.kind.of, strict=True) if name != "_"}
    return {}


def _dropped(part: Statement) -> Iterator[Operator]:
    """What it is called when the statement is missing."""
    match part:
        case tree.Assign() | tree.Store() | tree.Put() | tree.Append() | tree.Pop():
            yield Operator.DROPPED_STATEMENT
        case tree.If(otherwise=()):
            yield Operator.DROPPED_BRANCH
        case tree.Leave():
            yield Operator.DROPPED_JUMP


def _statement(part: Statement, known: Known) -> Iterator[Change]:
    """The statement with one slip in it."""
    match part:
        case tree.Declare(value=Literal() as value) if value.kind != tree.STRING:
            yield from ((Operator.INITIAL_VALUE, replace(part, value=new)) for _, new in changes(value, known))
        case tree.Declare() | tree.Unpack() | tree.Append():
            yield from ((operator, replace(part, value=new)) for operator, new in _kept(part.value, known))
        case tree.Assign(name, value):
            yield from _assigned(part, Name(value.kind, name), known)
        case tree.Store(name, value):
            yield from _assigned(part, Field(value.kind, name), known)
        case tree.Put(_, index, value):
            yield from ((operator, replace(part, value=new)) for operator, new in _kept(value, known))
            yield from ((operator, replace(part, index=new)) for operator, new in changes(index, known))
        case tree.Return(value):
            yield from _returned(value, known)
        case tree.Leave(loop):
            yield Operator.BREAK_CONTINUE, tree.Leave(not loop)
        case tree.If() | tree.While():
            yield from _conditional(part, known)
        case tree.ForEach() | tree.ForRange():
            yield from _looped(part, known)
        case tree.Pop() | tree.New():
            return
        case _:
            assert_never(part)


def _kept(value: Expression, known: Known) -> Iterator[tuple[Operator, Expression]]:
    """Changes of what is kept: never another list or map, as languages differ in whether that is a copy."""
    return iter(()) if isinstance(value, Name | Field) and value.kind.of else changes(value, known)


def _assigned(part: tree.Assign | tree.Store, own: Expression, known: Known) -> Iterator[Change]:
    match part.value:
        case Operation(_, "add" | "sub" | "mul", (same, other)) if same == own:
            yield Operator.ACCUMULATOR, replace(part, value=other)
    for operator, new in _kept(part.value, known):
        if new != own:
            yield operator, replace(part, value=new)


def _returned(value: Expression, known: Known) -> Iterator[Change]:
    literal = isinstance(value, Literal)
    for operator, new in changes(value, known):
        yield Operator.RESULT if literal else operator, tree.Return(new)
    if isinstance(value, Name) and value.kind == INT:
        yield from ((Operator.RESULT, tree.Return(new)) for new in shifted(value))
    if isinstance(value, Name | tree.Call) and value.kind == BOOL:
        yield Operator.RESULT, tree.Return(Operation(BOOL, "not", (value,)))


def _conditional(part: tree.If | tree.While, known: Known) -> Iterator[Change]:
    for operator, new in changes(part.condition, known):
        yield operator, replace(part, condition=new)
    if (contrary := negated(part.condition)) is not None:
        yield Operator.NEGATED_CONDITION, replace(part, condition=contrary)
    if isinstance(part, tree.While):
        yield from ((operator, replace(part, body=body)) for operator, body in _blocks(part.body, known))
        return
    yield from ((operator, replace(part, then=body)) for operator, body in _blocks(part.then, known))
    yield from ((operator, replace(part, otherwise=body)) for operator, body in _blocks(part.otherwise, known))
    if part.otherwise:
        yield Operator.DROPPED_ELSE, replace(part, otherwise=())


def _looped(part: tree.ForEach | tree.ForRange, known: Known) -> Iterator[Change]:
    if isinstance(part, tree.ForEach):
        held = part.items.kind.of[0] if part.items.kind.kind is Kind.LIST else tree.STRING
        yield from ((operator, replace(part, items=new)) for operator, new in changes(part.items, known))
    else:
        held = INT
        yield from ((operator, replace(part, stop=new)) for operator, new in _bound(part.stop, known))
        yield from ((operator, replace(part, start=new)) for operator, new in _bound(part.start, known))
    inside = {**known, part.name: held}
    yield from ((operator, replace(part, body=body)) for operator, body in _blocks(part.body, inside))


def _bound(value: Expression, known: Known) -> Iterator[tuple[Operator, Expression]]:
    yield from ((Operator.RANGE_BOUND, new) for new in shifted(value))
    yield from (change for change in changes(value, known) if change[0] is not Operator.CONSTANT)


def _reads(body: Block) -> frozenset[str]:
    """The variables whose values are used: Go refuses one that is only given values."""
    found: set[str] = set()
    for part in tree.statements(body):
        for value in tree.expressions(part):
            names = {one.name for one in tree.walk(value) if isinstance(one, Name)}
            match part:
                case tree.Assign(name=own):
                    names -= {own}
                case tree.Put(place=place) | tree.Append(place=place) | tree.Pop(place=place) if place is value:
                    names -= {place.name} if isinstance(place, Name) else set()
            found |= names
    return frozenset(found)


def _beyond(body: Block) -> bool:
    """Whether a statement comes after one that is always left: Java refuses that."""
    for part in body[:-1]:
        if isinstance(part, tree.Leave) or ends((part,)):
            return True
    return any(_beyond(inner) for part in body for inner in _inner(part))


def _inner(part: Statement) -> Iterator[Block]:
    match part:
        case tree.If(_, then, otherwise):
            yield from (then, otherwise)
        case tree.While(body=body) | tree.ForEach(body=body) | tree.ForRange(body=body):
            yield body
