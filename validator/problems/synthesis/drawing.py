"""How the inputs of problems are drawn: a function for each shape in ``shapes.toml``, of its name.

Each gets the constants of the problem, since what lies beside them is what tells a right program from a wrong one.
"""

import random
from collections.abc import Callable
from typing import Any

Draw = Callable[[random.Random, tuple[int, ...]], Any]
ALPHABET = "abcdefghijklmnopqrstuvwxyz"
FEW = "abcde"
WORDS = (
    *("apple", "river", "stone", "cloud", "tiger", "level", "noon", "Radar", "Moon", "ash", "oak", "pine", "Iris"),
    *("kayak", "banana", "melon", "Fig", "bee", "eel", "otter", "raven", "a", "go", "Sun", "civic", "mill", "Anna"),
)


def _size(rng: random.Random, most: int) -> int:
    sizes: list[int] = [1, 2, 3, *range(3, most + 1)]
    return rng.choice(sizes)


def _number(rng: random.Random, constants: tuple[int, ...], least: int, most: int) -> int:
    near = [value + step for value in constants for step in (-1, 0, 1) if least <= value + step <= most]
    if near and rng.random() < 0.3:
        return rng.choice(near)
    return rng.randint(least, most)


def ints(least: int, most: int, longest: int = 12) -> Draw:
    """Numbers, sometimes few different ones, sometimes sorted."""

    def draw(rng: random.Random, constants: tuple[int, ...]) -> list[int]:
        found = [_number(rng, constants, least, most) for _ in range(_size(rng, longest))]
        if rng.random() < 0.3:
            few = [_number(rng, constants, least, most) for _ in range(3)]
            found = [rng.choice(few) for _ in found]
        return sorted(found) if rng.random() < 0.15 else found

    return draw


def _words(rng: random.Random, constants: tuple[int, ...]) -> list[str]:
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
    return [
        f"{rng.choice(levels)} {rng.choice('abc')}{rng.randint(1, 3)} {rng.randint(0, 99)}"
        for _ in range(_size(rng, 8))
    ]


def _brackets(rng: random.Random, constants: tuple[int, ...]) -> str:
    found, opened = "", 0
    for _ in range(rng.randint(1, 14)):
        closes = rng.random() < (0.5 if opened else 0.1)
        opened += -1 if closes else 1
        found += ")" if closes else "("
    return found + ")" * rng.choice((0, max(opened, 0)))


def _coins(rng: random.Random, constants: tuple[int, ...]) -> tuple[list[int], int]:
    return sorted({rng.randint(1, 12) for _ in range(rng.randint(1, 4))}), rng.randint(0, 40)


def _two_lists(rng: random.Random, constants: tuple[int, ...]) -> tuple[list[int], list[int]]:
    draw = ints(-15, 15, 9)
    return draw(rng, constants), draw(rng, constants)


def _signals(rng: random.Random, constants: tuple[int, ...]) -> list[str]:
    return [rng.choice(("go", "stop", "turn")) for _ in range(_size(rng, 12))]


def _versions(rng: random.Random, constants: tuple[int, ...]) -> list[str]:
    return [".".join(str(rng.choice((0, 1, 1, 2, 9, 10, 12))) for _ in range(3)) for _ in range(_size(rng, 8))]


def _formula(rng: random.Random, constants: tuple[int, ...]) -> str:
    parts = [str(rng.randint(0, rng.choice((9, 9, 40))))]
    for _ in range(rng.randint(0, 6)):
        parts += [rng.choice("+-*"), str(rng.randint(0, rng.choice((9, 9, 40))))]
    return "".join(parts)


def _number_given(rng: random.Random, constants: tuple[int, ...]) -> int:
    return _number(rng, constants, 1, rng.choice((20, 100, 5000)))


DRAWS: dict[str, Draw] = {
    "ints": ints(-50, 50),
    "counts": ints(0, 99),
    "floats": _floats,
    "words": _words,
    "text": _text,
    "letters": _letters,
    "number": _number_given,
    "points": _pairs,
    "intervals": _intervals,
    "bits": _grid((0, 1)),
    "heights": _grid(tuple(range(10))),
    "graph": _graph,
    "accounts": _accounts,
    "times": _times,
    "dates": _dates,
    "moves": _moves,
    "listed": _listed,
    "settings": _settings,
    "log": _log,
    "brackets": _brackets,
    "coins": _coins,
    "two": _two_lists,
    "signals": _signals,
    "versions": _versions,
    "formula": _formula,
}
"""What comes back is the argument, or the tuple of the arguments where there are several."""
