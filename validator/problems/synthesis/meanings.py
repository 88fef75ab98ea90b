"""What each operation does, and where it is a Fault: outside what all seven languages agree on."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from validator.errors import Fault

LARGEST = 2**53 - 1
LONGEST = 100_000
"""Of strings and of lists that are made at once."""


def _bounded(value: Any) -> Any:
    if type(value) is int and not -LARGEST <= value <= LARGEST:
        raise Fault("an integer beyond 2**53")
    if type(value) is str and len(value) > LONGEST:
        raise Fault(f"a string of {len(value)}")
    return value


def _single(letter: str) -> str:
    if len(letter) != 1:
        raise Fault(f"no character: {letter[:20]!r}")
    return letter


def _floor(number: float) -> Any:
    if not math.isfinite(number):
        raise Fault(f"no integer: {number}")
    return _bounded(math.floor(number))


def _positive(divisor: int) -> int:
    if divisor <= 0:
        raise Fault(f"a divisor of {divisor}")
    return divisor


def _divide(one: float, other: float) -> float:
    if other == 0:
        raise Fault("a division by zero")
    return one / other


def _index(place: Any, at: Any) -> Any:
    if isinstance(place, dict):
        if at not in place:
            raise Fault(f"no key {at!r}")
    elif not 0 <= at < len(place):
        raise Fault(f"index {at} of {len(place)}")
    return place[at]


def _slice(place: Any, start: int, stop: int) -> Any:
    if not 0 <= start <= stop <= len(place):
        raise Fault(f"a slice from {start} to {stop} of {len(place)}")
    return place[start:stop]


def _number(text: str) -> int:
    digits = text[1:] if text[:1] == "-" else text
    if not (digits.isascii() and digits.isdigit() and len(digits) < 16):
        raise Fault(f"no number: {text!r}")
    return int(text)


def _split(text: str, separator: str) -> list[str]:
    """No parts in an empty text, so that splitting undoes joining."""
    return text.split(separator) if text else []


def _filled(count: int, item: Any) -> list[Any]:
    if not 0 <= count <= LONGEST:
        raise Fault(f"a list of {count}")
    return [item] * count


MEANINGS: Mapping[str, Callable[..., Any]] = {
    "add": lambda one, other: _bounded(one + other),
    "sub": lambda one, other: _bounded(one - other),
    "mul": lambda one, other: _bounded(one * other),
    "div": lambda one, other: one // _positive(other),
    "mod": lambda one, other: one % _positive(other),
    "divide": _divide,
    "lt": lambda one, other: one < other,
    "le": lambda one, other: one <= other,
    "gt": lambda one, other: one > other,
    "ge": lambda one, other: one >= other,
    "eq": lambda one, other: one == other,
    "ne": lambda one, other: one != other,
    "not": lambda one: not one,
    "neg": lambda one: -one,
    "abs": abs,
    "min": min,
    "max": max,
    "float": float,
    "floor": _floor,
    "str": str,
    "int": _number,
    "ord": lambda letter: ord(_single(letter)),
    "chr": lambda code: chr(code) if 32 <= code < 127 else _index("", code),
    "is_digit": lambda letter: _single(letter).isdigit(),
    "is_letter": lambda letter: _single(letter).isalpha(),
    "is_upper": lambda letter: _single(letter).isupper(),
    "is_lower": lambda letter: _single(letter).islower(),
    "upper": str.upper,
    "lower": str.lower,
    "len": len,
    "index": _index,
    "item": lambda place, at: place[at],
    "slice": _slice,
    "get": lambda place, key, other: place.get(key, other),
    "has": lambda place, item: item in place,
    "keys": sorted,
    "sorted": sorted,
    "reversed": lambda items: items[::-1],
    "copy": list,
    "filled": _filled,
    "some": lambda value: value,
    "sum": lambda items: _bounded(sum(items)) if all(type(item) is int for item in items) else _added(items),
    "split": _split,
    "join": lambda parts, separator: separator.join(parts),
}
COSTLY = frozenset({"slice", "has", "keys", "sorted", "reversed", "copy", "sum", "split", "join", "upper", "lower"})


def _added(items: list[float]) -> float:
    """From left to right, as a loop would: Python's own sum of floats is more exact than that."""
    total = 0.0
    for item in items:
        total += item
    return total
