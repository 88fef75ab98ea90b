"""Completions of one lease, whose tests run in one process: what one does changes no verdict on another."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from evaluator import cheats
from evaluator.cheats import PROBLEM
from evaluator.graders import grade
from evaluator.programs import assemble, prepare
from evaluator.protocol import Problem, Verdict
from sandbox.lease import Lease
from sandbox.local import open_sandbox

CHEATS = [cheat for language, cheat in cheats.cheats() if language == "python"]
NEXT = "HumanEval/0"


@pytest_asyncio.fixture(scope="module")
async def lease(engine: None) -> AsyncIterator[Lease]:
    async with open_sandbox(["python"], slots=1) as sandbox, sandbox.lease() as lease:
        yield lease


async def verdict_on(problem: Problem, code: str, lease: Lease) -> Verdict:
    return grade(problem, await lease.execute(assemble(problem, code)))


@pytest.mark.heavy
@pytest.mark.parametrize("cheat", CHEATS, ids=[cheat.name for cheat in CHEATS])
async def test_after_a_cheat_right_is_right_and_wrong_is_wrong(
    cheat: cheats.Cheat, lease: Lease, problems: dict[str, Problem]
) -> None:
    problem, following = problems[PROBLEM], problems[NEXT]
    assert not (await verdict_on(problem, cheat.code, lease)).passed
    wrong = await verdict_on(following, f"def {following.entry_point}(*arguments): return True", lease)
    assert (wrong.status, wrong.passed) == ("failed", False), wrong
    assert (await verdict_on(following, following.prompt + following.canonical_solution, lease)).passed
    assert (await verdict_on(problem, problem.prompt + problem.canonical_solution, lease)).passed


async def test_orderly_completions_are_all_judged_by_one_process(lease: Lease, problems: dict[str, Problem]) -> None:
    await prepare(problems.values(), lease)
    right = [(problem, problem.prompt + problem.canonical_solution) for problem in list(problems.values())[:20]]
    for problem, code in right:
        assert (await verdict_on(problem, code, lease)).passed
        wrong = await verdict_on(problem, f"def {problem.entry_point}(*arguments): raise ValueError", lease)
        assert not wrong.passed
    container = lease._container
    assert container is not None
    assert container._resident is not None
    assert container._resident_seconds > 0
