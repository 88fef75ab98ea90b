"""Which problems a round draws, and which it can use."""

from collections.abc import AsyncIterator

import pytest_asyncio

from evaluator.protocol import Executor, Problem
from sandbox.local import open_sandbox
from validator.problems import EMPTY, choose, fenced, verify


@pytest_asyncio.fixture(scope="module")
async def executor(engine: None) -> AsyncIterator[Executor]:
    async with open_sandbox(["python"], slots=1) as sandbox, sandbox.lease() as lease:
        yield lease


def test_the_same_seed_draws_the_same_problems() -> None:
    assert choose(5, 20) == choose(5, 20)
    assert choose(5, 20) != choose(6, 20)


def test_no_problem_is_drawn_twice(problems: tuple[Problem, ...]) -> None:
    assert len({problem.task_id for problem in choose(5, 100)}) == 100
    everything = choose(5, 10_000)
    assert sorted(p.task_id for p in everything) == sorted(p.task_id for p in problems)


def test_a_fenced_answer_is_the_whole_function(problems: tuple[Problem, ...]) -> None:
    assert fenced(problems[0], EMPTY) == f"```python\n{problems[0].prompt}    return None\n\n```\n"


async def test_a_sound_problem_is_used(problems: tuple[Problem, ...], executor: Executor) -> None:
    assert await verify(problems[0], executor)


async def test_a_problem_whose_reference_fails_is_not(problems: tuple[Problem, ...], executor: Executor) -> None:
    broken = problems[0].model_copy(update={"canonical_solution": "    return 1 / 0\n"})
    assert not await verify(broken, executor)


async def test_a_problem_that_an_empty_function_solves_is_not(
    problems: tuple[Problem, ...], executor: Executor
) -> None:
    lenient = problems[0].model_copy(update={"tests": "def check(candidate):\n    candidate([1.0], 0.5)\n"})
    assert not await verify(lenient, executor)
