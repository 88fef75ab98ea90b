"""Typed values: their types, their spelling in JSON, their way over the wire, and when they are the same."""

import math
import struct

import pytest

from evaluator.errors import Ungradable
from evaluator.graders import types, values, wire
from evaluator.graders.compare import same
from evaluator.graders.types import Kind, Type
from evaluator.suites import Tolerance


def test_types_are_read_and_written() -> None:
    for text in ("int", "list[list[float]]", "map[tuple[int, string], optional[bytes]]", "tuple[bool]"):
        assert str(types.parse(text)) == text
    assert types.parse(" list [ int ] ") == Type(Kind.LIST, (Type(Kind.INT),))


def test_names_of_types_are_their_own() -> None:
    one, other = types.parse("tuple[tuple[int], int]"), types.parse("tuple[tuple[int, int]]")
    assert (one.name, other.name) == ("tuple2_tuple1_int_int", "tuple1_tuple2_int_int")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Int",
        "int int",
        "list",
        "list[]",
        "list[int, int]",
        "map[int]",
        "optional[optional[int]]",
        "int[int]",
        "list[int]]",
        "map[float, int]",
        "map[list[int], int]",
        "tuple[]",
        "tuple[" + "int, " * 10 + "int]",
        "list[" * 30 + "int" + "]" * 30,
        "li\0st[int]",
        "a" * 2000,
    ],
)
def test_what_is_no_type_is_refused(text: str) -> None:
    with pytest.raises(Ungradable):
        types.parse(text)


def there_and_back(text: str, spelt: object) -> object:
    kind = types.parse(text)
    return values.fit(kind, wire.decode(wire.encode(kind, values.parse(kind, spelt))))


def test_values_survive_the_wire() -> None:
    assert there_and_back("bigint", -(10**50_000)) == -(10**50_000)
    assert there_and_back("float", "-Infinity") == -math.inf
    assert math.isnan(float(str(there_and_back("float", "NaN"))))
    assert there_and_back("string", "\U0001f600\0;:") == "\U0001f600\0;:"
    assert there_and_back("bytes", {"base64": "AP8="}) == b"\x00\xff"
    assert there_and_back("map[string, int]", {"a": 1}) == {"a": 1}
    assert there_and_back("map[tuple[int, bool], list[int]]", [[[1, True], [2]]]) == {(1, True): [2]}
    assert there_and_back("optional[list[int]]", None) is None
    assert there_and_back("optional[list[int]]", []) == []


HOSTILE = {
    "nothing": b"",
    "half a value": b"s5:abc",
    "two values": b"i1;i2;",
    "no number": b"i1a;",
    "an empty number": b"i;",
    "underscores": b"i1_0;",
    "spaces": b"i 1;",
    "other digits": "i\u0661;".encode(),
    "no end": b"i1",
    "too many digits": b"i" + b"9" * 200_000 + b";",
    "a count without items": b"l999999:",
    "a negative count": b"s-1:",
    "a count too large": b"s99999999999999999999:",
    "not UTF-8": b"s1:\xff",
    "a surrogate": b"s3:\xed\xa0\x80",
    "not hexadecimal": b"dzzzzzzzzzzzzzzzz",
    "an unknown tag": b"z",
    "deep": b"l1:" * 100_000 + b"n",
    "an optional in an optional": b"o" * 100_000 + b"n",
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_value_is_malformed_and_nothing_worse(data: bytes) -> None:
    with pytest.raises(wire.Malformed):
        wire.decode(data)


MISFITS = [
    ("int", b"t"),
    ("int", b"d3ff0000000000000"),
    ("int", b"s1:1"),
    ("int", b"i9223372036854775808;"),
    ("int", b"n"),
    ("int", b"j4340000000000000"),
    ("int", b"j3ff8000000000000"),
    ("int", b"j7ff8000000000000"),
    ("bool", b"i1;"),
    ("float", b"i9007199254740993;"),
    ("float", b"t"),
    ("string", b"b1:a"),
    ("bytes", b"s1:a"),
    ("list[int]", b"u1:i1;"),
    ("tuple[int]", b"l1:i1;"),
    ("tuple[int]", b"u2:i1;i1;"),
    ("list[int]", b"l1:t"),
    ("map[int, int]", b"m2:i1;i2;i1;i3;"),
    ("map[int, int]", b"l0:"),
    ("map[string, int]", b"m1:i1;i1;"),
    ("optional[int]", b"f"),
]


@pytest.mark.parametrize(("text", "data"), MISFITS)
def test_a_value_of_another_type_does_not_fit(text: str, data: bytes) -> None:
    with pytest.raises(values.Misfit):
        values.fit(types.parse(text), wire.decode(data))


def test_a_number_of_javascript_is_what_it_can_be() -> None:
    two = b"j" + struct.pack(">d", 2.0).hex().encode()
    assert type(values.fit(types.parse("int"), wire.decode(two))) is int
    assert type(values.fit(types.parse("float"), wire.decode(two))) is float
    assert values.fit(types.parse("tuple[int, list[int]]"), wire.decode(b"a2:" + two + b"a1:" + two)) == (2, [2])


def test_nan_is_nan_and_floats_are_apart_only_as_far_as_allowed() -> None:
    kind = types.parse("list[float]")
    assert same(kind, [math.nan, 0.1 + 0.2], [math.nan, 0.3], Tolerance(relative=1e-9))
    assert not same(kind, [0.1 + 0.2], [0.3], None)
    assert not same(kind, [1.0], [math.nan], Tolerance(relative=0.5))
    assert not same(kind, [math.inf], [1e308], Tolerance(relative=0.9))
    assert same(kind, [math.inf], [math.inf], Tolerance())
    assert not same(kind, [0.0], [0.0, 0.0], None)


def test_order_counts_unless_the_problem_says_otherwise() -> None:
    kind = types.parse("list[tuple[float, optional[string]]]")
    one, other = [(math.nan, "a"), (1.0, None), (1.0, "b")], [(1.0, "b"), (math.nan, "a"), (1.0, None)]
    assert not same(kind, one, other, None)
    assert same(kind, one, other, None, unordered=True)
    assert not same(kind, one, [*other[:2], other[1]], None, unordered=True)
    assert same(types.parse("map[int, float]"), {1: 1.0, 2: math.nan}, {2: math.nan, 1: 1.0}, None)
