"""What problems are given: for each shape of input its types, its English, and how to draw it and its edge cases.

``draw`` gets the constants of the problem too, since what lies beside them is what tells a right program from a wrong one.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Draw = Callable[[random.Random, tuple[int, ...]], Any]
ALPHABET = "abcdefghijklmnopqrstuvwxyz"
FEW = "abcde"
WORDS = (
    *("apple", "river", "stone", "cloud", "tiger", "level", "noon", "Radar", "Moon", "ash", "oak", "pine", "Iris"),
    *("kayak", "banana", "melon", "Fig", "bee", "eel", "otter", "raven", "a", "go", "Sun", "civic", "mill", "Anna"),
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument."""

    kind: str
    names: tuple[str, ...]
    says: str
    """After "`name` is"."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a problem can be given."""

    parameters: tuple[Parameter, ...]
    draw: Callable[[random.Random, tuple[int, ...]], tuple[Any, ...]]
    edges: tuple[tuple[Any, ...], ...]
    plain: bool = False
    """Whether problems may begin with it that ask for nothing but its type."""


def _size(rng: random.Random, most: int) -> int:
    return rng.choice((1, 2, 3, *range(3, most + 1)))


def _number(rng: random.Random, constants: tuple[int, ...], least: int, most: int) -> int:
    near = [value + step for value in constants for step in (-1, 0, 1) if least <= value + step <= most]
    return rng.choice(near) if near and rng.random() < 0.3 else rng.randint(least, most)


def ints(least: int, most: int, longest: int = 12) -> Draw:
    """Numbers, sometimes few different ones, sometimes sorted."""

    def draw(rng: random.Random, constants: tuple[int, ...]) -> list[int]:
        found = [_number(rng, constants, least, most) for _ in range(_size(rng, longest))]
        if rng.random() < 0.3:
            few = [_number(rng, constants, least, most) for _ in range(3)]
            found = [rng.choice(few) for _ in found]
        return sorted(found) if rng.random() < 0.15 else found

    return draw


def words(rng: random.Random, constants: tuple[int, ...]) -> list[str]:
    """Words of letters, some twice, some palindromes."""
    return [_word(rng) for _ in range(_size(rng, 9))]


def _word(rng: random.Random) -> str:
    if rng.random() < 0.6:
        return rng.choice(WORDS)
    return "".join(rng.choice(FEW) for _ in range(rng.randint(1, 7)))


def _floats(rng: random.Random, constants: tuple[int, ...]) -> list[float]:
    return [rng.randint(-200, 200) / 4 for _ in range(_size(rng, 10))]


def _text(rng: random.Random, constants: tuple[int, ...]) -> str:
    signs = (" ", " ", " ", ", ", "! ", " 7 ", " 42 ")
    return "".join(_word(rng) + rng.choice(signs) for _ in range(_size(rng, 6))).strip()


def _letters(rng: random.Random, constants: tuple[int, ...]) -> str:
    letters = rng.choice((FEW, "ab", ALPHABET, "abcABC"))
    return "".join(rng.choice(letters) * rng.choice((1, 1, 1, 2, 3)) for _ in range(_size(rng, 9)))


def _pairs(rng: random.Random, constants: tuple[int, ...]) -> list[tuple[int, int]]:
    return [(rng.randint(-9, 9), rng.randint(-9, 9)) for _ in range(_size(rng, 9))]


def _intervals(rng: random.Random, constants: tuple[int, ...]) -> list[tuple[int, int]]:
    found = []
    for _ in range(_size(rng, 8)):
        start = rng.randint(0, 40)
        found.append((start, start + rng.choice((1, 2, 3, 5, 8, 13))))
    return found


def _grid(cells: tuple[int, ...]) -> Draw:
    def draw(rng: random.Random, constants: tuple[int, ...]) -> list[list[int]]:
        width, height = rng.randint(1, 6), rng.randint(1, 6)
        return [[rng.choice(cells) for _ in range(width)] for _ in range(height)]

    return draw


def _graph(rng: random.Random, constants: tuple[int, ...]) -> list[list[int]]:
    count = rng.randint(1, 8)
    degree = rng.choice((1, 1, 2, 2, 3))
    return [sorted({rng.randrange(count) for _ in range(rng.randint(0, degree))}) for _ in range(count)]


def _accounts(rng: random.Random, constants: tuple[int, ...]) -> list[tuple[str, int]]:
    names = rng.sample(("ann", "bob", "cy", "dee", "eve", "flo"), rng.randint(1, 5))
    return [(rng.choice(names), _number(rng, constants, -30, 60)) for _ in range(_size(rng, 10))]


def _times(rng: random.Random, constants: tuple[int, ...]) -> list[str]:
    return [f"{rng.randint(0, 23):02}:{rng.choice((0, 1, 5, 15, 30, 45, 59)):02}" for _ in range(_size(rng, 8))]


def _dates(rng: random.Random, constants: tuple[int, ...]) -> list[str]:
    years = (1900, 1999, 2000, 2001, 2023, 2024)
    days = (1, 2, 15, 27, 28)
    return [f"{rng.choice(years)}-{rng.randint(1, 12):02}-{rng.choice(days):02}" for _ in range(_size(rng, 7))]


def _moves(rng: random.Random, constants: tuple[int, ...]) -> list[str]:
    return [f"{rng.choice('NESW')}{rng.randint(0, 12)}" for _ in range(_size(rng, 9))]


def _listed(rng: random.Random, constants: tuple[int, ...]) -> str:
    return ",".join(str(_number(rng, constants, -60, 60)) for _ in range(_size(rng, 9)))


def _settings(rng: random.Random, constants: tuple[int, ...]) -> str:
    return ";".join(f"{rng.choice(FEW)}{rng.choice(FEW)}={rng.randint(-40, 40)}" for _ in range(_size(rng, 7)))


def _log(rng: random.Random, constants: tuple[int, ...]) -> list[str]:
    levels = ("INFO", "WARN", "ERROR", "DEBUG")
    return [f"{rng.choice(levels)} {rng.choice('abc')}{rng.randint(1, 3)} {rng.randint(0, 99)}" for _ in range(_size(rng, 8))]


def _brackets(rng: random.Random, constants: tuple[int, ...]) -> str:
    found, opened = "", 0
    for _ in range(rng.randint(1, 14)):
        closes = rng.random() < (0.5 if opened else 0.1)
        opened += -1 if closes else 1
        found += ")" if closes else "("
    return found + ")" * rng.choice((0, max(opened, 0)))


def _one(kind: str, names: str, says: str, draw: Draw, edges: list[Any], plain: bool = False) -> Shape:
    return Shape(
        (Parameter(kind, tuple(names.split()), says),),
        lambda rng, constants: (draw(rng, constants),),
        tuple((edge,) for edge in edges),
        plain,
    )


def _coins(rng: random.Random, constants: tuple[int, ...]) -> tuple[list[int], int]:
    return sorted({rng.randint(1, 12) for _ in range(rng.randint(1, 4))}), rng.randint(0, 40)


def _two_lists(rng: random.Random, constants: tuple[int, ...]) -> tuple[list[int], list[int]]:
    draw = ints(-15, 15, 9)
    return draw(rng, constants), draw(rng, constants)


LONG = [20, -20] * 5
SHAPES: Mapping[str, Shape] = {
    "ints": _one(
        *("list[int]", "values numbers readings scores amounts", "a list of 0 to 12 integers from -50 to 50"),
        *(ints(-50, 50), [[], [0], [7], [-50, 50], [3, 3, 3], [50] * 12, list(range(1, 9)), [5, 4, 3, 2, 1, 0]], True),
    ),
    "counts": _one(
        *("list[int]", "counts sizes weights points heights", "a list of 0 to 12 integers from 0 to 99"),
        *(ints(0, 99), [[], [0], [1], [99], [0, 0, 0], [5, 5, 5, 5], [0, 99] * 6, list(range(10, 22))], True),
    ),
    "floats": _one(
        *("list[float]", "samples prices weights levels", "a list of 0 to 10 numbers, multiples of 0.25, from -50 to 50"),
        *(_floats, [[], [0.0], [2.5], [-50.0, 50.0], [1.25, 1.25, 1.25], [0.25] * 10], True),
    ),
    "words": _one(
        *("list[string]", "words names tokens labels", "a list of 0 to 9 words, each of 1 to 7 letters"),
        *(words, [[], ["a"], ["noon"], ["ash", "ash", "ash"], ["b", "a", "B"], ["apple", "oak", "apple", "Oak"]], True),
    ),
    "text": _one(
        *("string", "text line message sentence", "a text of words of letters, digits, spaces, commas and exclamation marks"),
        *(_text, ["", "a", "noon", "a a a", "Go, go! 7", "x 42 y 42"], True),
    ),
    "letters": _one(
        *("string", "word code letters tape", "a string of at most 27 letters"),
        *(_letters, ["", "a", "aa", "ab", "aabbaa", "Abc", "zzzzzz"], True),
    ),
    "number": _one(
        *("int", "n number start value", "an integer from 1 to 5000"),
        *(
            lambda rng, constants: _number(rng, constants, 1, rng.choice((20, 100, 5000))),
            [1, 2, 3, 7, 10, 64, 97, 100, 360, 999, 4096, 5000],
            True,
        ),
    ),
    "points": _one(
        *("list[tuple[int, int]]", "points spots pins", "a list of 0 to 9 pairs (x, y) of integers from -9 to 9"),
        *(_pairs, [[], [(0, 0)], [(1, 1), (1, 1)], [(-9, 9), (9, -9)], [(0, 3), (4, 0), (0, 0)]], True),
    ),
    "intervals": _one(
        *("list[tuple[int, int]]", "intervals bookings shifts", "a list of 0 to 8 pairs (start, end) of integers with 0 <= start < end <= 53"),
        *(_intervals, [[], [(0, 1)], [(0, 5), (5, 9)], [(2, 9), (3, 4)], [(4, 6), (4, 6)], [(10, 12), (0, 3)]]),
    ),
    "bits": _one(
        *("list[list[int]]", "grid board field", "a rectangular grid (a list of rows of equal length) of zeros and ones, 1 to 6 rows and columns"),
        *(_grid((0, 1)), [[[0]], [[1]], [[1, 0, 1]], [[1], [0], [1]], [[1, 1], [1, 1]], [[0, 1], [1, 0]]]),
    ),
    "heights": _one(
        *("list[list[int]]", "grid terrain board", "a rectangular grid (a list of rows of equal length) of integers from 0 to 9, 1 to 6 rows and columns"),
        *(_grid(tuple(range(10))), [[[0]], [[9]], [[1, 2, 3]], [[3], [2], [1]], [[5, 5], [5, 5]], [[1, 9], [9, 1]]]),
    ),
    "graph": _one(
        *("list[list[int]]", "links roads graph", "a directed graph of 1 to 8 nodes: item i lists, in ascending order, the nodes that an arrow from node i leads to"),
        *(_graph, [[[]], [[0]], [[1], [0]], [[1], [2], []], [[], [0], [1]], [[1, 2], [2], [0]]]),
    ),
    "accounts": _one(
        *("list[tuple[string, int]]", "entries transfers orders", "a list of 0 to 10 pairs (name, amount): a name of lower-case letters and an integer from -30 to 60"),
        *(_accounts, [[], [("ann", 0)], [("bob", 5), ("bob", -5)], [("ann", 60), ("bob", 60)], [("cy", -30)]]),
    ),
    "times": _one(
        *("list[string]", "times visits arrivals", "a list of 0 to 8 times of day, written HH:MM, from 00:00 to 23:59"),
        *(_times, [[], ["00:00"], ["23:59"], ["12:00", "12:00"], ["23:59", "00:00"], ["08:30", "17:45"]]),
    ),
    "dates": _one(
        *("list[string]", "dates days deadlines", "a list of 0 to 7 dates, written YYYY-MM-DD, from 1900-01-01 to 2024-12-28"),
        *(_dates, [[], ["2000-01-01"], ["1900-02-28", "1900-03-01"], ["2024-02-28", "2024-03-01"], ["2023-12-28"]]),
    ),
    "moves": _one(
        *("list[string]", "moves steps commands", 'a list of 0 to 9 moves: a letter N, E, S or W and the number of steps, such as "E12"'),
        *(_moves, [[], ["N0"], ["N5", "S5"], ["E1", "E1"], ["W12", "N3"], ["N1", "E1", "S1", "W1"]]),
    ),
    "listed": _one(
        *("string", "line record csv", 'a string of integers from -60 to 60 with commas between them, such as "4,-7,12"; it may be empty'),
        *(_listed, ["", "0", "7,7", "-60,60", "1,2,3,4", "9,-9,9"]),
    ),
    "settings": _one(
        *("string", "config settings record", 'a string of settings with semicolons between them, each a key of two letters, "=" and an integer from -40 to 40, such as "ab=3;cc=-1"; it may be empty'),
        *(_settings, ["", "ab=0", "ab=1;ab=2", "ab=5;cd=5", "ee=-40;aa=40"]),
    ),
    "log": _one(
        *("list[string]", "log lines records", 'a list of 0 to 8 lines, each a level (DEBUG, INFO, WARN or ERROR), a source and a code from 0 to 99, with single spaces between, such as "WARN b2 17"'),
        *(_log, [[], ["INFO a1 0"], ["ERROR a1 5", "ERROR a1 5"], ["WARN b2 99", "DEBUG c3 1"]]),
    ),
    "brackets": _one(
        *("string", "text brackets code", 'a string of at most 28 characters, each "(" or ")"'),
        *(_brackets, ["", "(", ")", "()", ")(", "(())", "()()", "((()"]),
    ),
    "coins": Shape(
        (
            Parameter("list[int]", ("coins", "parts", "stamps"), "a list of 1 to 4 different positive integers up to 12, in ascending order"),
            Parameter("int", ("target", "total", "goal"), "an integer from 0 to 40"),
        ),
        _coins,
        (([1], 0), ([1], 7), ([5], 7), ([2, 3], 1), ([3, 7], 40), ([1, 5, 10], 27)),
    ),
    "two": Shape(
        (
            Parameter("list[int]", ("left", "first", "ours"), "a list of 0 to 9 integers from -15 to 15"),
            Parameter("list[int]", ("right", "second", "theirs"), "another such list"),
        ),
        _two_lists,
        (([], []), ([1], []), ([], [1]), ([1, 2, 3], [1, 2, 3]), ([5, 5], [5]), ([-15], [15]), ([1, 2], [3, 4, 5])),
    ),
}


def draw(shape: Shape, rng: random.Random, constants: tuple[int, ...], count: int) -> list[tuple[Any, ...]]:
    """``count`` random inputs that differ, or fewer where there are not so many."""
    found: dict[str, tuple[Any, ...]] = {}
    for _ in range(4 * count):
        if len(found) == count:
            break
        drawn = shape.draw(rng, constants)
        found[repr(drawn)] = drawn
    return list(found.values())
