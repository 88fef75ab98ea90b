"""Whether two values of one type are the same."""

import math
from typing import Any

from evaluator.graders.types import Kind, Type
from evaluator.suites import Tolerance


def same(kind: Type, got: Any, expected: Any, tolerance: Tolerance | None, *, unordered: bool = False) -> bool:
    """Whether ``got`` is ``expected``: NaN is NaN, floats may be ``tolerance`` apart, maps have no order.

    With ``unordered`` the outermost list has none either; both are sorted first, so that of two items that only a
    tolerance makes equal, and that differ in what follows, the wrong one may be compared.
    """
    if unordered and kind.kind is Kind.LIST:
        held = kind.of[0]
        got, expected = [sorted(items, key=lambda item: _rank(held, item)) for items in (got, expected)]
    match kind.kind:
        case Kind.FLOAT:
            return same_float(got, expected, tolerance)
        case Kind.LIST:
            held = kind.of[0]
            return len(got) == len(expected) and all(
                same(held, one, other, tolerance) for one, other in zip(got, expected, strict=True)
            )
        case Kind.TUPLE:
            return all(same(*trio, tolerance) for trio in zip(kind.of, got, expected, strict=True))
        case Kind.OPTIONAL:
            if got is None or expected is None:
                return got is expected
            return same(kind.of[0], got, expected, tolerance)
        case Kind.MAP:
            return got.keys() == expected.keys() and all(
                same(kind.of[1], got[key], expected[key], tolerance) for key in expected
            )
    return bool(got == expected)


def same_float(got: float, expected: float, tolerance: Tolerance | None) -> bool:
    """Whether two floats are the same number, both NaN, or no further apart than ``tolerance``."""
    if math.isnan(got) or math.isnan(expected):
        return math.isnan(got) and math.isnan(expected)
    if tolerance is None:
        return got == expected
    return math.isclose(got, expected, rel_tol=tolerance.relative, abs_tol=tolerance.absolute)


def _rank(kind: Type, value: Any) -> Any:
    """Something to sort values of one type by."""
    match kind.kind:
        case Kind.FLOAT:
            return (1, 0.0) if math.isnan(value) else (0, value)
        case Kind.LIST:
            return [_rank(kind.of[0], item) for item in value]
        case Kind.TUPLE:
            return [_rank(held, item) for held, item in zip(kind.of, value, strict=True)]
        case Kind.OPTIONAL:
            return [] if value is None else [_rank(kind.of[0], value)]
        case Kind.MAP:
            return sorted([_rank(kind.of[0], key), _rank(kind.of[1], item)] for key, item in value.items())
    return value
