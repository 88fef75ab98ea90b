"""One program in seven languages, and typed cases that its Python form has the answers to."""

import random
import tomllib
from collections.abc import AsyncIterator, Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from evaluator.protocol import Problem
from evaluator.suites import CallCase, Calls
from sandbox.local import open_sandbox
from sandbox.pool import Pool
from validator.problems.mutation import dialects

CORPUS = Path(__file__).parents[2] / "corpus/mutation"
NAMES = ("abc", "XYZ", "Ab", "zzz", "ab", "xYz")


@pytest.fixture(scope="module")
async def pool(engine: None) -> AsyncIterator[Pool]:
    async with open_sandbox(list(dialects()), slots=1) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def sample() -> Callable[[str, int], Problem]:
    """The corpus's program of a language as a problem, with so many cases."""

    def make(language: str, count: int) -> Problem:
        tests = Calls(parameters=("list[int]", "int", "string"), result="int", cases=cases()[:count])
        source = tomllib.loads((CORPUS / f"{language}.toml").read_text(encoding="utf-8"))["source"]
        return Problem(
            task_id=f"sample/{language}",
            prompt=source,
            entry_point="sample",
            tests=tests,
            canonical_solution="",
            language=language,
        )

    return make


@cache
def cases() -> tuple[CallCase, ...]:
    """Sixty: the first is empty; in none is the limit among the items, which C and Go are not asked about."""
    chance, names = random.Random(5), dict[str, Any]()
    exec(tomllib.loads((CORPUS / "python.toml").read_text(encoding="utf-8"))["source"], names)
    drawn: list[tuple[list[int], int, str]] = [([], 3, "abc")]
    while len(drawn) < 60:
        items = [chance.randint(-5, 30) for _ in range(chance.randint(1, 9))]
        drawn.append((items, chance.choice([n for n in range(1, 15) if n not in items]), chance.choice(NAMES)))
    return tuple(CallCase(arguments=case, expected=names["sample"](*case)) for case in drawn)
