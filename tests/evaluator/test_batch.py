"""Many completions at once."""

import contextlib
from collections.abc import AsyncIterator

from evaluator.batch import Unjudged, judge_all
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
    found: list[tuple[int, Judgement | Unjudged]] = []
    sandbox = Slots(executor)
    await judge_all([(addition, answer) for answer in answers], sandbox, lambda *told: found.append(told))
    assert sandbox.leases == 3
    judged = dict(found)
    assert sorted(judged) == list(range(8))
    statuses = [one.why if isinstance(one, Unjudged) else one.verdict.status.value for _, one in sorted(judged.items())]
    assert statuses == ["passed", "failed", "no_program", "three containers in a row"] * 2


async def test_tests_that_cannot_be_run_are_no_verdict_and_the_others_are_judged(
    addition: Problem, executor: Executor
) -> None:
    broken = addition.model_copy(update={"tests": "def chek(candidate): pass"})
    found: dict[int, Judgement | Unjudged] = {}
    jobs = [(problem, addition.canonical_solution) for problem in (broken, addition)]
    await judge_all(jobs, Slots(executor), found.__setitem__)
    assert isinstance(found[1], Judgement)
    assert found[1].verdict.passed
    assert isinstance(found[0], Unjudged)
    assert "neither define check" in found[0].why


class Leases(Slots):
    """Three slots that note how many completions each of them ran, and whether two ever ran at once."""

    def __init__(self, executor: Executor) -> None:
        super().__init__(executor)
        self.ran: list[int] = []
        self.most_at_once = 0

    @contextlib.asynccontextmanager
    async def lease(self) -> AsyncIterator[Executor]:
        self.ran.append(0)
        yield Noted(self, len(self.ran) - 1)


class Noted:
    """One of them."""

    def __init__(self, leases: Leases, number: int) -> None:
        self.leases = leases
        self.number = number
        self.running = 0

    async def execute(self, program: Program) -> Execution:
        self.running += 1
        self.leases.most_at_once = max(self.leases.most_at_once, self.running)
        execution = await self.leases.execute(program)
        self.running -= 1
        self.leases.ran[self.number] += program.runs[0].companion is not None
        return execution


async def test_as_few_completions_as_slots_have_a_lease_each(addition: Problem, executor: Executor) -> None:
    leases = Leases(executor)
    await judge_all([(addition, f"    return a + b + {n}\n") for n in range(3)], leases, lambda *told: None)
    assert leases.ran == [1, 1, 1]


async def test_a_lease_runs_one_program_at_a_time(addition: Problem, executor: Executor) -> None:
    leases = Leases(executor)
    await judge_all([(addition, "    return a + b\n")] * 12, leases, lambda *told: None)
    assert sum(leases.ran) == 12
    assert leases.most_at_once == 1
