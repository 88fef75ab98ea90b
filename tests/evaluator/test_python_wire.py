"""Plain data survives the crossing exactly; nothing else crosses."""

import enum
import json
import math
import random
import socket
import struct
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from evaluator.drivers.python_frames import LARGEST_FRAME, receive, send
from evaluator.drivers.python_wire import LONGEST_ITERATOR, NONSENSE, Decoder, Encoder, Unplain

SCALARS: list[Any] = [
    *(None, True, False, 0, -1, 2**63 - 1, 2**63, -(2**63), 10**5000, -(10**5000)),
    *(0.0, -0.0, 1e-320, 1.7976931348623157e308, math.inf, -math.inf, 0.1),
    *("", "a\0b", "é😀", "\ud800", "\ud83d\ude00", "\u2028\x7f", b"", b"\0\xff"),
]


def crossed(value: Any) -> Any:
    """``value`` after a real socket."""
    here, there = socket.socketpair()
    with here, there:
        send(here, [Encoder().encode(value)])
        return Decoder().decode(receive(there)[0])


def shape(value: Any) -> Any:
    """What tells values apart that Python calls equal: types, signs, NaN."""
    if isinstance(value, float):
        return "float", value.hex()
    if isinstance(value, dict):
        return "dict", [(shape(key), shape(item)) for key, item in value.items()]
    if isinstance(value, set | frozenset):
        return type(value), sorted(repr(shape(item)) for item in value)
    if isinstance(value, list | tuple):
        return type(value), [shape(item) for item in value]
    return type(value), hex(value) if type(value) is int else value


def some_value(rng: random.Random, depth: int = 0, hashable: bool = False) -> Any:
    kinds = ["scalar", "tuple", "frozenset", *([] if hashable else ["list", "set", "dict"])]
    kind = rng.choice(kinds) if depth < 5 else "scalar"
    size = rng.randrange(5)
    if kind == "scalar":
        return rng.choice([*SCALARS, rng.getrandbits(rng.randrange(1, 200)), rng.random()])
    if kind == "dict":
        return {some_value(rng, depth + 1, True): some_value(rng, depth + 1) for _ in range(size)}
    unhashable = kind in ("list", "tuple") and not hashable
    items = [some_value(rng, depth + 1, not unhashable) for _ in range(size)]
    return {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}[kind](items)


@pytest.mark.parametrize(
    "value",
    [*SCALARS, math.nan, (), [], {}, set(), frozenset(), {(1, 2): [{3}]}],
    ids=lambda value: repr(value)[:20] if type(value) is not int else str(value.bit_length()),
)
def test_a_value_arrives_as_it_was(value: Any) -> None:
    assert shape(crossed(value)) == shape(value)


@pytest.mark.parametrize("seed", range(200))
def test_any_plain_value_arrives_as_it_was(seed: int) -> None:
    value = some_value(random.Random(seed))
    assert shape(crossed(value)) == shape(value)


def test_one_list_met_twice_arrives_as_one_list() -> None:
    row = [0]
    first, second = crossed([row, row])
    assert first is second


def test_a_list_in_itself_arrives_in_itself() -> None:
    knot: list[Any] = []
    knot.append(knot)
    arrived = crossed(knot)
    assert arrived[0] is arrived


def test_what_the_argument_held_is_the_argument_again() -> None:
    mine = [3, 1, 2]
    assert Decoder([mine]).decode(Encoder([mine]).encode(mine)) is mine


def test_a_defaultdict_arrives_as_a_dict() -> None:
    arrived = crossed(defaultdict(list, {1: [2]}))
    assert type(arrived) is dict
    assert arrived == {1: [2]}


@pytest.mark.parametrize(
    "value",
    [
        *(
            Counter("aab"),
            OrderedDict(a=1),
            deque([1, [2]]),
            range(1, 9, 3),
            bytearray(b"a"),
            1j,
            complex(-0.0, math.inf),
        ),
        *(Decimal("1.10"), Decimal("NaN").copy_abs(), Fraction(-1, 3), date(2020, 2, 29), timedelta(-1, 5, 7)),
        *(datetime(2020, 1, 1, tzinfo=UTC), time(1, 2, 3, 4), {"a": 1}.keys(), {"a": 1}.items()),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_of_the_standard_library_arrives_as_it_was(value: Any) -> None:
    arrived = crossed([value, value])
    assert [type(one) for one in arrived] == [type(value)] * 2
    assert repr(arrived) == repr([value, value])


def test_an_iterator_arrives_with_what_it_still_had() -> None:
    iterator = iter([1, [2], 3])
    next(iterator)
    assert list(crossed(iterator)) == [[2], 3]
    assert list(crossed(value * 2 for value in range(3))) == [0, 2, 4]


def test_a_namedtuple_arrives_as_one_of_the_same_fields() -> None:
    arrived = crossed(Pair(1, [2]))
    assert arrived == (1, [2])
    assert (arrived.a, arrived._fields, type(arrived).__name__) == (1, ("a", "b"), "Pair")


def test_an_instance_of_the_tests_own_class_arrives_as_a_record() -> None:
    namespace: dict[str, Any] = {"__name__": "tests"}
    exec("class Node:\n    def __init__(self, next): self.value, self.next = 1, next", namespace)
    first, second = namespace["Node"](None), namespace["Node"](None)
    first.next, second.next = second, first
    arrived = crossed([first, second])
    assert type(arrived[0]).__name__ == "Node"
    assert arrived[0].next is arrived[1]
    assert arrived[1].next is arrived[0]
    assert arrived[0].value == 1


class Cheat(int):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


Pair = namedtuple("Pair", "a b")
Colour = enum.IntEnum("Colour", "RED")


def endless() -> list[Any]:
    deep: list[Any] = []
    for _ in range(200):
        deep = [deep]
    return deep


@pytest.mark.parametrize(
    "value",
    [
        Cheat(1),
        Colour(1),
        object(),
        int,
        len,
        iter([object()]),
        iter(range(LONGEST_ITERATOR + 1)),
        endless(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_nothing_else_crosses(value: Any) -> None:
    with pytest.raises(Unplain):
        Encoder().encode([value])


FORGED = [
    *({"a": 1}, [], ["list"], ["list", 1], ["list", [], []], ["object", []], [[], []], ["ref", 0], ["ref", "0"]),
    *(["int", "zz"], ["int", 5], ["float", "1e99999x"], ["float", "0x1p99999"], ["str", "zz"], ["str", "ff"]),
    *(["record", ["A", ["list", []]]], ["record", ["A", ["record", [1]]]], ["record", ["\0", ["record", []]]]),
    *(["namedtuple", ["def", ["a"], ["tuple", [1]]]], ["namedtuple", ["P", ["a"], ["tuple", []]]]),
    *(["range", [1, 2, 0]], ["range", ["1", 2, 3]], ["complex", [1]], ["Decimal", "x"], ["Fraction", "1/0"]),
    *(["date", "x"], ["timedelta", [10**10, 0, 0]], ["iterator", 1], ["items", [1]], ["keys", [["list", []]]]),
    *(
        ["bytes", "f"],
        ["set", [["list", []]]],
        ["dict", [1]],
        ["dict", [["list", []], 1]],
        ["frozenset", [["set", []]]],
    ),
]


@pytest.mark.parametrize("node", FORGED, ids=json.dumps)
def test_a_forged_value_is_nonsense(node: Any) -> None:
    with pytest.raises(NONSENSE):
        Decoder().decode(node)


def framed(payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + payload


@pytest.mark.parametrize(
    "sent",
    [
        framed(b"{"),
        framed(b"\xff"),
        framed(b"NaN"),
        framed(b"1e5Infinity"),
        framed(b"9" * 5000),
        framed(b"[" * 100_000),
        struct.pack(">I", LARGEST_FRAME + 1),
    ],
    ids=lambda sent: repr(sent[:12]),
)
def test_a_forged_frame_is_nonsense(sent: bytes) -> None:
    here, there = socket.socketpair()
    with here, there:
        here.sendall(sent)
        with pytest.raises(NONSENSE):
            receive(there)


@pytest.mark.parametrize("sent", [b"", b"\0", framed(b"[1,2,3]")[:-1]])
def test_a_frame_that_stops_short_is_the_end(sent: bytes) -> None:
    here, there = socket.socketpair()
    with there:
        with here:
            here.sendall(sent)
        assert receive(there) is None


def test_a_frame_beyond_the_limit_is_not_sent() -> None:
    here, there = socket.socketpair()
    with here, there, pytest.raises(Unplain):
        send(here, ["x" * LARGEST_FRAME])
