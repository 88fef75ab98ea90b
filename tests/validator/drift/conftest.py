"""A served model, simulated: programs written choice by choice, each canary's with habits of its own."""

import random
from collections.abc import Callable

import pytest

OPERATORS = ["+", "-", "*", "//", "%", "<", ">", "=="]
NAMES = ["total", "count", "best", "left", "right", "found", "seen"]
CHOICES = 40
Answer = Callable[[str, random.Random, float], str]
"""To a canary, by its name; the last argument says how far the model has drifted, from 0 to 1."""


@pytest.fixture
def answer() -> Answer:
    """The words around a program, its comments and its names are new each time, as wrappers make them."""

    def answered(canary: str, rng: random.Random, drift: float) -> str:
        habits = random.Random(canary)
        one, two = rng.sample(NAMES, 2)
        lines = [f"def solve({one}, {two}):"]
        for place in range(CHOICES):
            before, after = habits.betavariate(0.5, 0.5), habits.betavariate(0.5, 0.5)
            first = rng.random() < before + drift * (after - before)
            sign = OPERATORS[(place + first) % len(OPERATORS)]
            lines.append(f"    {one} = {two} {sign} {place}" if first else f"    {two} = {one} {sign} ({place}, {one})")
        program = "\n".join([*lines, f"    return {one}  # {rng.random()}"])
        return f"{rng.choice(['Sure!', 'Here it is:', 'Of course.'])}\n```python\n{program}\n```\n"

    return answered
