"""Plain data survives the crossing exactly; nothing else crosses."""

import enum
import json
import math
import random
import socket
import struct
from collections import Counter, OrderedDict, defaultdict, namedtuple
from typing import Any

import pytest

from evaluator.drivers.python_wire import LARGEST_FRAME, NONSENSE, Decoder, Encoder, Unplain, receive, send

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


@pytest.mark.parametrize("value", [Counter("aab"), OrderedDict(a=1), defaultdict(list, {1: [2]})])
def test_the_dicts_of_collections_arrive_as_dicts(value: dict[Any, Any]) -> None:
    arrived = crossed(value)
    assert type(arrived) is dict
    assert arrived == dict(value)


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
        Pair(1, 2),
        Colour(1),
        object(),
        int,
        len,
        iter([]),
        range(3),
        bytearray(b"a"),
        1j,
        {}.keys(),
        endless(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_nothing_else_crosses(value: Any) -> None:
    with pytest.raises(Unplain):
        Encoder().encode([value])


FORGED = [
    *(1.5, {"a": 1}, [], ["list"], ["list", 1], ["list", [], []], ["object", []], [[], []], ["ref", 0], ["ref", "0"]),
    *(["int", "zz"], ["int", 5], ["float", "1e99999x"], ["float", "0x1p99999"], ["str", "zz"], ["str", "ff"]),
    *(["bytes", "f"], ["set", [["list", []]]], ["dict", [1]], ["dict", [["list", []], 1]], ["frozenset", [1.5]]),
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
        framed(b"1.5"),
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
