"""The language that problems are made in: typed, small, and with one meaning in all seven languages.

Integers are exact and stay below 2**53, since JavaScript has no others; division and remainder are floored and have
positive divisors; a string is ASCII, and a character is a string of one; a slice lies inside what it is cut from;
parameters are never changed. An object has fields, which its own methods change and nothing else sees; it is known by
the one variable that it was made for, and never passed on. ``evaluating`` is what this means; ``reading`` has how it
is written.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import cast

from evaluator.graders.types import Kind, Type

INT, FLOAT, BOOL, STRING = Type(Kind.INT), Type(Kind.FLOAT), Type(Kind.BOOL), Type(Kind.STRING)


def list_of(kind: Type) -> Type:
    """The list of such items."""
    return Type(Kind.LIST, (kind,))


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a truth value or a string."""

    kind: Type
    value: int | float | bool | str


@dataclass(frozen=True, slots=True)
class Name:
    """What a variable holds."""

    kind: Type
    name: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One of the operations that ``evaluating`` knows, and what it is applied to."""

    kind: Type
    op: str
    operands: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A call of another function of the program."""

    kind: Type
    function: str
    arguments: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Field:
    """What a field of the object holds, in one of its methods."""

    kind: Type
    name: str


@dataclass(frozen=True, slots=True)
class Send:
    """A call of a method of the object that the variable ``name`` stands for."""

    kind: Type
    name: str
    made_of: str
    """The name of its class."""
    method: str
    arguments: tuple["Expression", ...]


Expression = Literal | Name | Operation | Call | Field | Send


@dataclass(frozen=True, slots=True)
class Declare:
    """A new variable, known until the end of its block."""

    name: str
    kind: Type
    value: Expression


@dataclass(frozen=True, slots=True)
class Assign:
    """Another value for a variable."""

    name: str
    value: Expression


@dataclass(frozen=True, slots=True)
class Store:
    """Another value for a field."""

    name: str
    value: Expression


@dataclass(frozen=True, slots=True)
class New:
    """A new variable with a new object."""

    name: str
    made_of: str


@dataclass(frozen=True, slots=True)
class Put:
    """``place[index] = value``, in a list or a map."""

    place: Expression
    index: Expression
    value: Expression


@dataclass(frozen=True, slots=True)
class Append:
    """One more item at the end of a list."""

    place: Expression
    value: Expression


@dataclass(frozen=True, slots=True)
class Pop:
    """One item less at the end of a list."""

    place: Expression


@dataclass(frozen=True, slots=True)
class Unpack:
    """New variables for the parts of a tuple; ``_`` is none."""

    names: tuple[str, ...]
    value: Expression


@dataclass(frozen=True, slots=True)
class If:
    """One of two blocks."""

    condition: Expression
    then: tuple["Statement", ...]
    otherwise: tuple["Statement", ...] = ()


@dataclass(frozen=True, slots=True)
class While:
    """A block as long as the condition holds."""

    condition: Expression
    body: tuple["Statement", ...]


@dataclass(frozen=True, slots=True)
class ForEach:
    """A block for each item of a list or character of a string."""

    name: str
    items: Expression
    body: tuple["Statement", ...]


@dataclass(frozen=True, slots=True)
class ForRange:
    """A block for each integer from start to before stop; with ``down``, from stop - 1 back to start."""

    name: str
    start: Expression
    stop: Expression
    down: bool
    body: tuple["Statement", ...]


@dataclass(frozen=True, slots=True)
class Leave:
    """``break``, or ``continue`` with the next turn of the loop."""

    loop: bool


@dataclass(frozen=True, slots=True)
class Return:
    """The result of the function."""

    value: Expression


Statement = (
    Declare | Assign | Store | New | Put | Append | Pop | Unpack | If | While | ForEach | ForRange | Leave | Return
)


@dataclass(frozen=True, slots=True)
class Function:
    """Named parameters in, one result out, and no effect but that."""

    name: str
    parameters: tuple[tuple[str, Type], ...]
    result: Type
    body: tuple[Statement, ...]
    classes: tuple["Class", ...] = ()
    """Those that only this function makes objects of."""

    def bodies(self) -> Iterator[tuple[Statement, ...]]:
        """Its own, after those of its methods."""
        for made_of in self.classes:
            yield from (method.body for method in made_of.methods)
        yield self.body


@dataclass(frozen=True, slots=True)
class Class:
    """Fields with their first values, and methods that may change them."""

    name: str
    fields: tuple[tuple[str, Type, Expression], ...]
    methods: tuple[Function, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """Functions, each after those that it calls; the last is the one that is called from outside."""

    functions: tuple[Function, ...]

    @property
    def entry(self) -> Function:
        """The function that solves the problem."""
        return self.functions[-1]


def expressions(part: Statement) -> tuple[Expression, ...]:
    """The expressions that a statement itself holds, apart from those in its blocks."""
    match part:
        case Declare(value=value) | Assign(value=value) | Store(value=value) | Unpack(value=value):
            return (value,)
        case Return(value):
            return (value,)
        case Put(place, index, value):
            return (place, index, value)
        case Append(place, value):
            return (place, value)
        case Pop(place):
            return (place,)
        case If(condition=condition) | While(condition=condition):
            return (condition,)
        case ForEach(items=items):
            return (items,)
        case ForRange(start=start, stop=stop):
            return (start, stop)
        case Leave() | New():
            return ()


def statements(body: tuple[Statement, ...]) -> Iterator[Statement]:
    """Every statement of a block and of the blocks in it."""
    for part in body:
        yield part
        match part:
            case If(then=then, otherwise=otherwise):
                yield from statements(then)
                yield from statements(otherwise)
            case While(body=inner) | ForEach(body=inner) | ForRange(body=inner):
                yield from statements(inner)


def walk(value: Expression) -> Iterator[Expression]:
    """An expression and every one in it."""
    yield value
    held = value.arguments if isinstance(value, Call | Send) else ()
    for one in value.operands if isinstance(value, Operation) else held:
        yield from walk(one)


def substitute(value: Expression, values: dict[str, Expression]) -> Expression:
    """``value`` with other expressions in the place of variables."""
    match value:
        case Name(name=name) if name in values:
            return values[name]
        case Operation(kind, op, operands):
            return Operation(kind, op, tuple(substitute(one, values) for one in operands))
        case Call(kind, function, arguments):
            return Call(kind, function, tuple(substitute(one, values) for one in arguments))
    return value


def renamed(function: Function, suffix: str) -> Function:
    """The function with ``suffix`` at its name, and at those of all that it calls or makes objects of."""

    def change(part: object) -> object:
        if isinstance(part, tuple):
            return tuple(change(one) for one in part)
        if isinstance(part, Call):
            arguments = tuple(change(one) for one in part.arguments)
            return replace(part, function=part.function + suffix, arguments=arguments)  # type: ignore[arg-type]
        if isinstance(part, New | Send):
            part = replace(part, made_of=part.made_of + suffix)
        elif isinstance(part, Class):
            part = replace(part, name=part.name + suffix)
        if is_dataclass(part) and not isinstance(part, Type | type):
            return replace(part, **{one.name: change(getattr(part, one.name)) for one in fields(part)})
        return part

    return replace(cast(Function, change(function)), name=function.name + suffix)


def pruned(program: Program) -> Program:
    """The program without functions that nothing calls."""
    called = {program.entry.name}
    for function in reversed(program.functions):
        if function.name in called:
            parts = (part for body in function.bodies() for part in statements(body))
            values = (value for part in parts for value in expressions(part))
            called |= {one.function for value in values for one in walk(value) if isinstance(one, Call)}
    return Program(tuple(function for function in program.functions if function.name in called))
