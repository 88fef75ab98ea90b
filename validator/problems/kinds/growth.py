"""Functions whose loops take more and more turns as n grows, each faster than the one before: seen by running them.

``growth.toml`` has them, with how fast each is meant to grow. What is believed is what the evaluator counts for growing
n: of two functions that follow one another, the second must take clearly more turns, and ever more clearly.
"""

import random
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from pydantic import Field

from evaluator.suites import Message
from validator.errors import SynthesisError
from validator.problems.synthesis.catalogue import options
from validator.problems.synthesis.evaluating import Evaluator
from validator.problems.synthesis.reading import read
from validator.problems.synthesis.tree import INT, Function, Program

TABLE = Path(__file__).with_name("growth.toml")
ORDERS = ("log n", "sqrt n", "n", "n log n", "n sqrt n", "n * n", "n * n * n")
COMPARED = 5
"""How many functions are put in order: a blind guess is right once in 120."""
SMALLEST, DOUBLINGS, MOST_STEPS = 8, 13, 6_000
"""The n that we begin with, how often it is doubled, and after how many steps we stop."""
APART, DRIFT = 1.5, 1.15
"""By what factor a function must be ahead at the last n, and by what factor that must be more than halfway there."""
ATTEMPTS = 40
NAMES = (
    "amber", "basil", "cedar", "delta", "ember", "fjord", "grove", "hazel", "indigo", "jade", "kelp", "lotus", "maple",
    "nectar", "olive", "pearl", "quartz", "raven", "saffron", "tulip", "umber", "velvet", "willow", "xenon", "yarrow",
)  # fmt: skip


class Loops(Message):
    """One entry of the table."""

    name: str
    grows: str
    weight: int
    draws: dict[str, str] = Field(min_length=1)
    code: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """Functions, the one whose loops take the fewest turns for large n first."""

    functions: tuple[Function, ...]
    weights: tuple[int, ...]
    turns: tuple[tuple[int, ...], ...]
    """Of each, for n = SMALLEST and its doubles."""


@cache
def table() -> tuple[Loops, ...]:
    """All of them, as they stand in the file."""
    read_in = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return tuple(Loops.model_validate({"name": name, **entry}) for name, entry in read_in.items())


def rank(skeleton: random.Random, variant: random.Random, depth: int) -> Ranked:
    """Functions that can be put in order: ``skeleton`` decides which, ``variant`` their constants and their names.

    Raises SynthesisError if no attempt gave functions that are clearly apart.
    """
    hardness = {1, 2} if depth < 4 else {1, 2, 3} if depth < 6 else {2, 3}
    for _ in range(ATTEMPTS):
        places = sorted(skeleton.sample(range(len(ORDERS)), COMPARED))
        chosen = [_one(skeleton, ORDERS[place], hardness) for place in places]
        names = variant.sample(NAMES, COMPARED)
        functions = tuple(_made(loops, name, variant) for loops, name in zip(chosen, names, strict=True))
        turns = tuple(counted(function) for function in functions)
        if all(is_apart(fewer, more) for fewer, more in pairwise(turns)):
            return Ranked(functions, tuple(loops.weight for loops in chosen), turns)
    raise SynthesisError(f"no functions that are clearly apart in {ATTEMPTS} attempts")


def counted(function: Function) -> tuple[int, ...]:
    """How many steps it takes, for n = SMALLEST and its doubles, as far as we go."""
    evaluator = Evaluator(Program((function,)), 10 * MOST_STEPS)
    found: list[int] = []
    for doubling in range(DOUBLINGS):
        evaluator(SMALLEST << doubling)
        found.append(evaluator.steps)
        if evaluator.steps > MOST_STEPS:
            break
    return tuple(found)


def is_apart(fewer: Sequence[int], more: Sequence[int]) -> bool:
    """Whether the second grows faster, as far as both were run."""
    ratios = [other / one for one, other in zip(fewer, more, strict=False)]
    halfway, last = ratios[len(ratios) // 2 - 1], ratios[-1]
    return last >= APART and last >= DRIFT * halfway


def _one(rng: random.Random, grows: str, hardness: set[int]) -> Loops:
    of_order = [loops for loops in table() if loops.grows == grows]
    return rng.choice([loops for loops in of_order if loops.weight in hardness] or of_order)


def _made(loops: Loops, name: str, rng: random.Random) -> Function:
    constants: Mapping[str, int] = {one: int(rng.choice(options(draw))) for one, draw in loops.draws.items()}
    return read(name, (("n", INT),), INT, loops.code, constants, {})
