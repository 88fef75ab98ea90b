"""Two ways to verdicts, and the same verdicts."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from evaluator.daemon.local import open_evaluations
from evaluator.daemon.settings import Settings
from evaluator.judging import Judgement
from evaluator.protocol import Problem
from evaluator.suites import Static
from sandbox.local import open_sandbox
from sandbox.pool import Pool
from validator.errors import BadRange
from validator.judging import Found, by_daemon, in_sandbox
from validator.protocol import Stored


@pytest.fixture(scope="module")
async def pool(engine: None) -> AsyncIterator[Pool]:
    async with open_sandbox(["python"], slots=2, warm=1) as sandbox:
        yield sandbox


def told(found: Found) -> tuple[int, str, bool]:
    completion, what = found
    if isinstance(what, Judgement):
        return completion.id, str(what.verdict.status), what.execution is not None
    return completion.id, "unjudged", False


async def test_a_daemon_and_the_sandbox_say_the_same(pool: Pool, problems: tuple[Problem, ...], tmp_path: Path) -> None:
    first = problems[0]
    broken = Problem(task_id="broken", prompt="", entry_point="", tests=Static(answer="value", expected="f("),
                     canonical_solution="")  # fmt: skip
    made = {first.task_id: first, broken.task_id: broken}

    async def known(task_id: str) -> Problem:
        return made[task_id]

    texts = [(first, first.canonical_solution), (first, "    return 1\n"), (first, "no"), (broken, "1")]
    awaiting = [Stored(number, problem.task_id, text) for number, (problem, text) in enumerate(texts, 1)]
    here = [told(found) async for found in in_sandbox(pool, awaiting, known)]
    assert here == [(1, "passed", True), (2, "failed", True), (3, "no_program", False), (4, "unjudged", False)]

    settings = Settings(database=SecretStr(f"sqlite:///{tmp_path}/queue.db"), slots=1)
    async with open_evaluations(settings, pool) as evaluations, asyncio.timeout(60):
        there = [told(found) async for found in by_daemon(evaluations, "b", "miner", awaiting, known)]
        assert sorted(there) == here
        rest = [told(found) async for found in by_daemon(evaluations, "b", "miner", awaiting[2:], known)]
        assert sorted(rest) == here[2:], "a round that goes on hears of what it has not recorded"


async def test_a_problem_that_cannot_be_made_again_is_no_verdict(pool: Pool, problems: tuple[Problem, ...]) -> None:
    async def known(task_id: str) -> Problem:
        if task_id == "old":
            raise BadRange("this generator is version 2; the recipe is of version 1")
        return problems[0]

    awaiting = [Stored(1, "old", "x"), Stored(2, "new", problems[0].canonical_solution)]
    (_, why), (_, judgement) = [found async for found in in_sandbox(pool, awaiting, known)]
    assert why == "this generator is version 2; the recipe is of version 1"
    assert isinstance(judgement, Judgement)
    assert judgement.verdict.passed
