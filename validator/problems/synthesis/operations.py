"""What operations there are: for which types, with which result. ``evaluating`` has what they do."""

from evaluator.graders.types import Kind, Type
from validator.problems.synthesis.tree import BOOL, FLOAT, INT, STRING, list_of

TEXTS = (STRING, STRING)
FIXED: dict[str, dict[tuple[Type, ...], Type]] = {
    **{op: {(INT, INT): INT, (FLOAT, FLOAT): FLOAT} for op in ("sub", "mul", "min", "max")},
    "add": {(INT, INT): INT, (FLOAT, FLOAT): FLOAT, TEXTS: STRING},
    "div": {(INT, INT): INT},
    "mod": {(INT, INT): INT},
    "divide": {(FLOAT, FLOAT): FLOAT},
    **{op: {(INT, INT): BOOL, (FLOAT, FLOAT): BOOL, TEXTS: BOOL} for op in ("lt", "le", "gt", "ge")},
    **{op: {(INT, INT): BOOL, (BOOL, BOOL): BOOL, TEXTS: BOOL} for op in ("eq", "ne")},
    **{op: {(BOOL, BOOL): BOOL} for op in ("and", "or")},
    "not": {(BOOL,): BOOL},
    "neg": {(INT,): INT, (FLOAT,): FLOAT},
    "abs": {(INT,): INT, (FLOAT,): FLOAT},
    "float": {(INT,): FLOAT},
    "floor": {(FLOAT,): INT},
    "str": {(INT,): STRING},
    "int": {(STRING,): INT},
    "ord": {(STRING,): INT},
    "chr": {(INT,): STRING},
    **{op: {(STRING,): BOOL} for op in ("is_digit", "is_letter", "is_upper", "is_lower")},
    **{op: {(STRING,): STRING} for op in ("upper", "lower")},
    "split": {TEXTS: list_of(STRING)},
    "join": {(list_of(STRING), STRING): STRING},
    "sum": {(list_of(INT),): INT, (list_of(FLOAT),): FLOAT},
}
SORTABLE = frozenset({Kind.INT, Kind.STRING})
"""What lists can be sorted of, and tuples of these: floats have no total order in every language."""


def result_of(op: str, kinds: tuple[Type, ...]) -> Type | None:
    """The type of what ``op`` gives for operands of such types; None if there is no such operation."""
    if op in FIXED:
        return FIXED[op].get(kinds)
    first = kinds[0] if kinds else None
    held = first.of if first else ()
    match op, first.kind if first else None, kinds[1:]:
        case "len", Kind.STRING | Kind.LIST | Kind.MAP, ():
            return INT
        case "index", Kind.LIST, (Type(Kind.INT),):
            return held[0]
        case "index", Kind.STRING, (Type(Kind.INT),):
            return STRING
        case "index", Kind.MAP, (key,) if key == held[0]:
            return held[1]
        case "slice", Kind.LIST | Kind.STRING, (Type(Kind.INT), Type(Kind.INT)):
            return first
        case "get", Kind.MAP, (key, value) if (key, value) == held:
            return held[1]
        case "has", Kind.MAP, (key,) if key == held[0]:
            return BOOL
        case "has", Kind.LIST, (item,) if item == held[0] and item.kind in SORTABLE:
            return BOOL
        case "has", Kind.STRING, (Type(Kind.STRING),):
            return BOOL
        case "keys", Kind.MAP, () if held[0].kind in SORTABLE:
            return list_of(held[0])
        case "sorted", Kind.LIST, () if {part.kind for part in held[0].parts()} <= SORTABLE | {Kind.TUPLE}:
            return first
        case "reversed", Kind.LIST, ():
            return first
        case "copy", Kind.LIST, ():
            return first
        case "filled", Kind.INT, (Type(Kind.INT | Kind.BOOL | Kind.STRING | Kind.FLOAT) as item,):
            return list_of(item)
        case "some", Kind.INT | Kind.FLOAT | Kind.STRING, ():
            return Type(Kind.OPTIONAL, (kinds[0],))
    return None
