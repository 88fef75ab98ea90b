"""Every way to get one expression wrong: of the same type, and as a person might have written it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from evaluator.graders.types import Kind, Type
from validator.problems.synthesis.slips.operators import Operator
from validator.problems.synthesis.tree import BOOL, INT, STRING, Call, Expression, Field, Literal, Name, Operation, Send
from validator.problems.synthesis.tree import Operation as Op

Known = Mapping[str, Type]
Change = tuple[Operator, Expression]

OWN = "self."
"""Before the name of a field, among the variables that a method may name."""
BOUNDARY = {"lt": "le", "le": "lt", "gt": "ge", "ge": "gt"}
COMPARISON = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "ne", "ne": "eq"}
CONNECTIVE = {"and": "or", "or": "and"}
ARITHMETIC = {"add": "sub", "sub": "add", "mul": "add", "div": "mod", "mod": "div"}
PAIRS = (("min", "max"), ("upper", "lower"), ("is_upper", "is_lower"), ("is_digit", "is_letter"))
SIBLINGS = {one: other for pair in PAIRS for one, other in (pair, pair[::-1])}
UNLIKE = frozenset({"sub", "div", "mod", "divide"})
"""Where it matters which operand comes first."""
INDEXED = {"index": Operator.INDEX, "slice": Operator.SLICE_BOUND}
IDLE = {"add": 0, "sub": 0, "mul": 1, "div": 1, "mod": 1}
"""What no person would write as the second operand, nor anything less."""


def changes(value: Expression, known: Known) -> Iterator[Change]:
    """``value`` with one thing in it wrong; ``known`` are the variables that it may name."""
    match value:
        case Literal():
            yield from _literal(value)
        case Name(kind, name):
            others = (other for other, held in known.items() if held == kind and other != name)
            yield from ((Operator.WRONG_VARIABLE, Name(kind, other)) for other in others if OWN not in other)
        case Field(kind, name):
            others = (other.removeprefix(OWN) for other, held in known.items() if held == kind and OWN in other)
            yield from ((Operator.WRONG_VARIABLE, Field(kind, other)) for other in others if other != name)
        case Call(arguments=arguments) | Send(arguments=arguments):
            yield from _swapped(value)
            for at, argument in enumerate(arguments):
                for operator, other in changes(argument, known):
                    yield operator, replace(value, arguments=(*arguments[:at], other, *arguments[at + 1 :]))
        case Operation():
            yield from _operation(value)
            for operator, changed in _operands(value, known):
                if not _odd(changed):
                    yield operator, changed


def shifted(value: Expression) -> Iterator[Expression]:
    """One more, and one less, as a person would write it."""
    one = Literal(INT, 1)
    match value:
        case Literal(kind, int() as number) if kind == INT:
            yield from (Literal(INT, number + 1), Literal(INT, number - 1))
        case Op(kind, "add" | "sub", (other, Literal(_, 1))) if kind == INT:
            yield other
        case _:
            yield from (Op(INT, "add", (value, one)), Op(INT, "sub", (value, one)))


def negated(value: Expression) -> Expression | None:
    """The contrary of a condition that is no comparison; None for one that is, as that has its own slips."""
    match value:
        case Op(op=op) if op in COMPARISON or op == "not":
            return None
    return Op(BOOL, "not", (value,))


def _literal(value: Literal) -> Iterator[Change]:
    match value.value:
        case bool() as truth:
            yield Operator.CONSTANT, replace(value, value=not truth)
        case int() as number:
            steps = (1, -1) if number else (1,)  # a variable that starts with -1 stands out
            yield from ((Operator.CONSTANT, replace(value, value=number + step)) for step in steps)
        case float() as number:
            yield Operator.CONSTANT, replace(value, value=number + 1.0)
        case str() as text if len(text) > 1:
            yield Operator.TEXT, replace(value, value=text[:-1])
        case str() as text if text.isalnum():
            yield Operator.TEXT, replace(value, value=text.swapcase() if text.isalpha() else str((int(text) + 1) % 10))
        case str() as text if text in (" ", ",", ";", "-", "."):
            yield Operator.TEXT, replace(value, value={" ": "-", ",": ";", ";": ",", "-": " ", ".": ","}[text])


def _swapped(value: Call | Send) -> Iterator[Change]:
    """Two neighbours of the same type in each other's place."""
    given = value.arguments
    for at in range(len(given) - 1):
        if given[at].kind == given[at + 1].kind and given[at] != given[at + 1]:
            other = (*given[:at], given[at + 1], given[at], *given[at + 2 :])
            yield Operator.SWAPPED_ARGUMENTS, replace(value, arguments=other)


def _operation(value: Operation) -> Iterator[Change]:
    """What is wrong with the operation itself."""
    op, operands = value.op, value.operands
    numbers = all(one.kind.kind in (Kind.INT, Kind.FLOAT) for one in operands)
    if op in BOUNDARY and STRING not in [one.kind for one in operands]:
        yield Operator.BOUNDARY, replace(value, op=BOUNDARY[op])
    if op in COMPARISON:
        yield Operator.COMPARISON, replace(value, op=COMPARISON[op])
    if op in CONNECTIVE:
        yield Operator.CONNECTIVE, replace(value, op=CONNECTIVE[op])
    if op in ARITHMETIC and numbers:
        yield Operator.ARITHMETIC, replace(value, op=ARITHMETIC[op])
    if op in SIBLINGS:
        yield Operator.SIBLING_CALL, replace(value, op=SIBLINGS[op])
    if op in ("not", "neg"):
        yield Operator.DROPPED_UNARY, operands[0]
    if op in UNLIKE and operands[0].kind == operands[1].kind and not isinstance(operands[1], Literal):
        yield Operator.OPERAND_SWAP, replace(value, operands=operands[::-1])
    if op == "item":
        yield from _other_item(value)


def _other_item(value: Operation) -> Iterator[Change]:
    """Another part of the same tuple."""
    whole, at = value.operands
    for place, kind in enumerate(whole.kind.of):
        if kind == value.kind and at != Literal(INT, place):
            yield Operator.INDEX, replace(value, operands=(whole, Literal(INT, place)))


def _operands(value: Operation, known: Known) -> Iterator[tuple[Operator, Operation]]:
    """The operation with one operand wrong."""
    operands = value.operands[:1] if value.op == "item" else value.operands
    for at, operand in enumerate(operands):
        own = INDEXED.get(value.op) if at and operand.kind == INT else None
        for other in shifted(operand) if own else ():
            yield own or Operator.INDEX, _with(value, at, other)
        for operator, other in changes(operand, known):
            if not (own and operator is Operator.CONSTANT):
                yield operator, _with(value, at, other)


def _with(value: Operation, at: int, other: Expression) -> Operation:
    return replace(value, operands=(*value.operands[:at], other, *value.operands[at + 1 :]))


def _odd(value: Operation) -> bool:
    """Whether it can be seen to be wrong without knowing what is meant."""
    match value:
        case Operation(op=op, operands=(_, Literal(value=int() as number))) if op in IDLE:
            return number <= IDLE[op]
        case Operation(op="index" | "slice", operands=(_, *places)):
            return any(isinstance(place, Literal) and int(place.value) < 0 for place in places)
        case Operation(op=op, operands=(one, other)) if op in COMPARISON or op in UNLIKE or op in CONNECTIVE:
            return one == other
    return False
