"""Many completions at once."""

import contextlib
from collections.abc import AsyncIterator

import pytest

from evaluator.batch import judge_all
from evaluator.judging import Judgement
from evaluator.protocol import Executor, Problem
from sandbox.errors import ContainerLost
from sandbox.protocol import Execution, Program


class Slots:
    """A sandbox with three slots; it loses every container that is given a program with ``lost`` in it."""

    slots = 3

    def __init__(self, executor: Executor) -> None:
        self.executor = executor
        self.leases = 0

    @contextlib.asynccontextmanager
    async def lease(self) -> AsyncIterator[Executor]:
        self.leases += 1
        yield self

    async def execute(self, program: Program) -> Execution:
        if b"lost" in program.source:
            raise ContainerLost("three containers in a row")
        return await self.executor.execute(program)


async def test_every_completion_is_judged_once_and_told_by_its_index(addition: Problem, executor: Executor) -> None:
    answers = ["    return a + b\n", "    return a - b\n", "no code", "    lost = 1\n    return a + b\n"] * 2
    found: list[tuple[int, Judgement | None]] = []
    sandbox = Slots(executor)
    await judge_all([(addition, answer) for answer in answers], sandbox, lambda *told: found.append(told))
    assert sandbox.leases == 3
    judged = dict(found)
    assert sorted(judged) == list(range(8))
    statuses = [judgement and judgement.verdict.status.value for _, judgement in sorted(judged.items())]
    assert statuses == ["passed", "failed", "no_program", None] * 2


async def test_tests_that_cannot_be_run_are_no_verdict_and_the_others_are_judged(
    addition: Problem, executor: Executor, caplog: pytest.LogCaptureFixture
) -> None:
    broken = addition.model_copy(update={"tests": "def chek(candidate): pass"})
    found: dict[int, Judgement | None] = {}
    jobs = [(problem, addition.canonical_solution) for problem in (broken, addition)]
    await judge_all(jobs, Slots(executor), found.__setitem__)
    assert found[0] is None
    assert found[1] is not None
    assert found[1].verdict.passed
    assert "neither define check" in caplog.text
