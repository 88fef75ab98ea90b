"""Miners, verdicts and problems of known kinds."""

from collections.abc import Callable

import pytest

from evaluator.datasets import load
from evaluator.protocol import Problem, Status, Verdict
from validator.problems.protocol import Kind, Recipe
from validator.protocol import Miner


@pytest.fixture(scope="session")
def problems() -> tuple[Problem, ...]:
    """HumanEval, in its own order."""
    return load("humaneval")


@pytest.fixture(scope="session")
def recipes() -> tuple[Recipe, ...]:
    """Of two kinds."""
    return (
        Recipe(kind=Kind.GENERATION, seed=1),
        Recipe(kind=Kind.TRANSLATION, seed=2, given="java"),
        Recipe(kind=Kind.GENERATION, seed=3, depth=5),
    )


@pytest.fixture(scope="session")
def miner() -> Callable[[int], Miner]:
    """The miner of a uid."""
    return lambda uid: Miner(uid, f"hotkey-{uid}", f"http://127.0.0.1:{8000 + uid}")


@pytest.fixture(scope="session")
def verdict() -> Callable[[bool], Verdict]:
    """A verdict that is passed or failed."""

    def make(passed: bool) -> Verdict:
        status = Status.PASSED if passed else Status.FAILED
        return Verdict(status=status, detail="", calls=1, cpu_seconds=0.1, wall_seconds=0.1, peak_memory_bytes=1)

    return make
