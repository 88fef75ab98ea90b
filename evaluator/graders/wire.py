"""How typed values travel between a companion and the driver beside it: bytes that every language reads in a page.

``n`` nothing, ``o`` before what an optional holds, ``t`` and ``f`` booleans, ``i-12;`` an integer, ``I-12;`` a bigint;
``d`` and 16 hexadecimal digits, the bits of a float; ``s5:hello`` text in UTF-8, ``b2:xx`` bytes; ``l3:``, ``u2:`` and
``m1:`` a list, tuple and map, then what they hold (a map: key, value, key, ...). A driver may also send ``x-1f;`` (an
integer in hexadecimal), ``j`` and 16 digits (a number, integer or float), ``a3:`` (a sequence, list or
tuple), and leave ``o`` out.
"""

import struct
from typing import Any, assert_never

from evaluator.graders.types import Kind, Type
from evaluator.graders.values import Array, Number, Pairs

DEEPEST = 64
MOST_DIGITS = 100_000
CHUNK_DIGITS = 4000
"""What Python converts at once; beyond it we halve, and stay below quadratic time."""


class Malformed(Exception):
    """The bytes are no value."""


def encode(kind: Type, value: Any) -> bytes:
    """``value``, which is of type ``kind``, for a driver to read."""
    out = bytearray()
    _write(out, kind, value)
    return bytes(out)


def _write(out: bytearray, kind: Type, value: Any) -> None:
    match kind.kind:
        case Kind.INT:
            out += b"i%d;" % value
        case Kind.BIGINT:
            out += b"I%s;" % decimal(value).encode()
        case Kind.FLOAT:
            out += b"d" + struct.pack(">d", value).hex().encode()
        case Kind.BOOL:
            out += b"t" if value else b"f"
        case Kind.STRING:
            text = value.encode()
            out += b"s%d:%s" % (len(text), text)
        case Kind.BYTES:
            out += b"b%d:%s" % (len(value), value)
        case Kind.LIST:
            out += b"l%d:" % len(value)
            for item in value:
                _write(out, kind.of[0], item)
        case Kind.TUPLE:
            out += b"u%d:" % len(value)
            for held, item in zip(kind.of, value, strict=True):
                _write(out, held, item)
        case Kind.OPTIONAL:
            if value is None:
                out += b"n"
            else:
                out += b"o"
                _write(out, kind.of[0], value)
        case Kind.MAP:
            out += b"m%d:" % len(value)
            for key, item in value.items():
                _write(out, kind.of[0], key)
                _write(out, kind.of[1], item)
        case _:
            assert_never(kind.kind)


def decode(data: bytes) -> Any:
    """The one value in ``data``, as a driver sent it; for ``values.fit``. Raises Malformed, on anything else at all."""
    reader = _Reader(data)
    try:
        value = reader.value(0)
    except (ValueError, IndexError) as error:
        raise Malformed(f"no value: {str(error)[:100]}") from error
    if reader.position != len(data):
        raise Malformed(f"{len(data) - reader.position} bytes follow the value")
    return value


class _Reader:
    """Reads values from left to right."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    def value(self, depth: int) -> Any:
        tag = self._take(1)
        match tag:
            case b"n":
                return None
            case b"o" if self.data[self.position : self.position + 1] not in (b"o", b"n"):
                return self.value(depth)
            case b"t" | b"f":
                return tag == b"t"
            case b"i" | b"I":
                return integer(self._until(b";", MOST_DIGITS + 1))
            case b"x":
                return int(self._until(b";", MOST_DIGITS), 16)
            case b"d":
                return self._float()
            case b"j":
                return Number(self._float())
            case b"s":
                return self._take(self._count()).decode()
            case b"b":
                return self._take(self._count())
        if depth >= DEEPEST:
            raise Malformed(f"more than {DEEPEST} deep")
        return self._container(tag, depth + 1)

    def _container(self, tag: bytes, depth: int) -> Any:
        match tag:
            case b"l":
                return [self.value(depth) for _ in range(self._count())]
            case b"a":
                return Array([self.value(depth) for _ in range(self._count())])
            case b"u":
                return tuple([self.value(depth) for _ in range(self._count())])
            case b"m":
                return Pairs([(self.value(depth), self.value(depth)) for _ in range(self._count())])
        raise Malformed(f"no value begins with {tag!r}")

    def _float(self) -> float:
        (found,) = struct.unpack(">d", bytes.fromhex(self._take(16).decode("ascii")))
        return float(found)

    def _count(self) -> int:
        """A count of bytes or of values, each of which takes a byte at least."""
        digits = self._until(b":", 12)
        if not digits.isdigit() or int(digits) > len(self.data) - self.position:
            raise Malformed(f"a count of {digits[:12]!r} with {len(self.data) - self.position} bytes to come")
        return int(digits)

    def _until(self, end: bytes, most: int) -> bytes:
        found = self.data.index(end, self.position, self.position + most + 1)
        text, self.position = self.data[self.position : found], found + 1
        return text

    def _take(self, count: int) -> bytes:
        taken = self.data[self.position : self.position + count]
        if len(taken) < count:
            raise Malformed("it ends in the middle of a value")
        self.position += count
        return taken


def integer(digits: bytes) -> int:
    """The integer that ``digits`` spell, however many. Raises ValueError."""
    if digits.startswith(b"-"):
        return -_natural(digits[1:])
    return _natural(digits)


def _natural(digits: bytes) -> int:
    if not digits.isdigit():
        raise ValueError(f"not digits: {digits[:20]!r}")
    if len(digits) <= CHUNK_DIGITS:
        return int(digits)
    low = len(digits) // 2
    power: int = 10**low
    return _natural(digits[:-low]) * power + _natural(digits[-low:])


def decimal(value: int) -> str:
    """``value`` in decimal digits, however many."""
    if value < 0:
        return "-" + decimal(-value)
    if value.bit_length() <= 3 * CHUNK_DIGITS:
        return str(value)
    low = int(value.bit_length() * 0.30103) // 2
    high, rest = divmod(value, 10**low)
    return decimal(high) + decimal(rest).rjust(low, "0")
