"""Typed values on the host: from the JSON of a problem, and from what a driver sent back.

A problem spells what JSON lacks so: "NaN", "Infinity", "-Infinity" for floats; ``{"base64": ...}`` for bytes (or a
string, which is UTF-8); arrays for tuples; null for an absent optional; an object for a map with string keys, and an
array of pairs for every map. In Python they are int, float, bool, str, bytes, list, tuple, None and dict.
"""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, assert_never

from evaluator.errors import Ungradable
from evaluator.graders.types import Kind, Type

INT_BITS = 63
LARGEST_EXACT = 2**53 - 1
NOT_FINITE = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}


class Misfit(Exception):
    """A value is not of its type; the message says where and what it is instead."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a language that has but one kind of them (JavaScript)."""

    value: float


@dataclass(frozen=True, slots=True)
class Array:
    """A sequence of a language that has but one kind of them."""

    items: list[Any]


@dataclass(frozen=True, slots=True)
class Pairs:
    """A map as it was sent: what its keys are, and whether two are the same, remains to be seen."""

    items: list[tuple[Any, Any]]


def parse(kind: Type, spelt: Any) -> Any:
    """The value that a problem spells ``spelt``. Raises Ungradable if no such value is of type ``kind``."""
    try:
        return fit(kind, _unspelt(kind, spelt))
    except Misfit as misfit:
        raise Ungradable(f"a value of the problem is not of its type, {kind}: {misfit}") from misfit


def fit(kind: Type, raw: Any) -> Any:
    """``raw``, which a driver sent, as a value of type ``kind``. Raises Misfit.

    A float may be sent as an integer that is one exactly (Python's 0 for 0.0); a JavaScript number is whichever
    it can be.
    """
    match kind.kind:
        case Kind.INT | Kind.BIGINT:
            return _integer(kind, raw)
        case Kind.FLOAT:
            return _float(raw)
        case Kind.BOOL:
            return _exactly(bool, raw)
        case Kind.STRING:
            return _text(raw)
        case Kind.BYTES:
            return _exactly(bytes, raw)
        case Kind.LIST:
            items = raw.items if isinstance(raw, Array) else _exactly(list, raw)
            return [_within(f"[{index}]", kind.of[0], item) for index, item in enumerate(items)]
        case Kind.TUPLE:
            return _tuple(kind, raw)
        case Kind.OPTIONAL:
            return None if raw is None else fit(kind.of[0], raw)
        case Kind.MAP:
            return _map(kind, raw)
        case _:
            assert_never(kind.kind)


def strings(kind: Type, value: Any) -> Iterator[str]:
    """Every string in ``value``, which is of type ``kind``."""
    match kind.kind:
        case Kind.STRING:
            yield value
        case Kind.LIST:
            for item in value:
                yield from strings(kind.of[0], item)
        case Kind.TUPLE:
            for held, item in zip(kind.of, value, strict=True):
                yield from strings(held, item)
        case Kind.OPTIONAL if value is not None:
            yield from strings(kind.of[0], value)
        case Kind.MAP:
            for key, item in value.items():
                yield from strings(kind.of[0], key)
                yield from strings(kind.of[1], item)


def _integer(kind: Type, raw: Any) -> int:
    if isinstance(raw, Number):
        if not raw.value.is_integer() or abs(raw.value) > LARGEST_EXACT:
            raise Misfit(f"expected {kind}, got the number {raw.value!r}, which is no exact integer")
        return int(raw.value)
    found: int = _exactly(int, raw)
    if kind.kind is Kind.INT and not -(2**INT_BITS) <= found < 2**INT_BITS:
        raise Misfit("an integer that needs more than 64 bits, which only bigint has")
    return found


def _float(raw: Any) -> float:
    if isinstance(raw, Number):
        return raw.value
    if type(raw) is int:
        if abs(raw) > LARGEST_EXACT:
            raise Misfit("expected float, got an integer that may not be one exactly")
        return float(raw)
    found: float = _exactly(float, raw)
    return found


def _text(raw: Any) -> str:
    found: str = _exactly(str, raw)
    try:
        found.encode()
    except UnicodeEncodeError:
        raise Misfit("a string with half a surrogate pair, which is no text") from None
    return found


def _tuple(kind: Type, raw: Any) -> tuple[Any, ...]:
    items = raw.items if isinstance(raw, Array) else _exactly(tuple, raw)
    if len(items) != len(kind.of):
        raise Misfit(f"expected {kind}, got {len(items)} items")
    return tuple(
        _within(f"[{index}]", held, item) for index, (held, item) in enumerate(zip(kind.of, items, strict=True))
    )


def _map(kind: Type, raw: Any) -> dict[Any, Any]:
    pairs = _exactly(Pairs, raw).items
    found = {_within("'s key", kind.of[0], key): _within("'s value", kind.of[1], value) for key, value in pairs}
    if len(found) != len(pairs):
        raise Misfit("a map with one key twice")
    return found


def _within(place: str, kind: Type, raw: Any) -> Any:
    try:
        return fit(kind, raw)
    except Misfit as misfit:
        inner = str(misfit)
        raise Misfit(inner if inner.startswith("at ") else f"at {place}: {inner}") from None


def _exactly(wanted: type, raw: Any) -> Any:
    if type(raw) is not wanted:
        raise Misfit(f"expected {_NAMES.get(wanted, wanted.__name__)}, got {_NAMES.get(type(raw), type(raw).__name__)}")
    return raw


_NAMES = {Pairs: "map", Array: "an array", Number: "a number", str: "string", type(None): "nothing"}


def _unspelt(kind: Type, spelt: Any) -> Any:
    """``spelt`` as a driver would have sent it; what is of no known spelling stays as it is, and will not fit."""
    match kind.kind, spelt:
        case Kind.FLOAT, str() if spelt in NOT_FINITE:
            return NOT_FINITE[spelt]
        case Kind.BYTES, str():
            return spelt.encode("utf-8", "surrogatepass")
        case Kind.BYTES, {"base64": str(text), **rest} if not rest:
            try:
                return base64.b64decode(text, validate=True)
            except (binascii.Error, ValueError) as error:
                raise Misfit(f"not base64: {error}") from error
        case Kind.LIST, list() | tuple():
            return [_unspelt(kind.of[0], item) for item in spelt]
        case Kind.TUPLE, list() | tuple() if len(spelt) == len(kind.of):
            return tuple(_unspelt(held, item) for held, item in zip(kind.of, spelt, strict=True))
        case Kind.OPTIONAL, _:
            return None if spelt is None else _unspelt(kind.of[0], spelt)
        case Kind.MAP, dict():
            return Pairs([(_unspelt(kind.of[0], key), _unspelt(kind.of[1], value)) for key, value in spelt.items()])
        case Kind.MAP, list() | tuple() if all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in spelt):
            return Pairs([(_unspelt(kind.of[0], key), _unspelt(kind.of[1], value)) for key, value in spelt])
    return spelt
