"""Many completions judged side by side, one lease for each slot of the sandbox."""

import asyncio
import contextlib
import logging
from collections import Counter, deque
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from evaluator.errors import Ungradable, UnknownLanguage
from evaluator.judging import Judgement, Leases, has_checker, judge
from evaluator.programs import prepare
from evaluator.protocol import Executor, Problem
from sandbox.errors import ContainerLost
from sandbox.protocol import Execution, Program

Jobs = Sequence[tuple[Problem, str]]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Unjudged:
    """There is no verdict, through no fault of the completion; and why."""

    why: str


Told = Callable[[int, Judgement | Unjudged], None]


class Sandbox(Protocol):
    """What a batch needs of ``sandbox.local.open_sandbox``."""

    slots: int

    def lease(self) -> AbstractAsyncContextManager[Executor]:
        """An executor of one tenant's programs, one at a time."""


async def judge_all(jobs: Jobs, sandbox: Sandbox, judged: Told) -> None:
    """Judge every (problem, completion) and tell ``judged`` its index and what came of it, as they are done.

    Where the sandbox lost every container that tried, or the problem is Ungradable, it is told Unjudged, which is also
    logged. The others are judged all the same. Whatever else fails ends the batch and is raised: SandboxError.
    """
    checked = [index for index, (problem, _) in enumerate(jobs) if has_checker(problem)]
    plain = deque(sorted(set(range(len(jobs))).difference(checked)))
    times = Counter(problem for problem, _ in jobs if isinstance(problem.tests, str))
    repeated = [problem for problem, number in times.items() if number > 1]
    workers = min(sandbox.slots, len(jobs) - len(checked))
    await _side_by_side(workers, lambda: _work(jobs, plain, repeated, sandbox, judged))
    waiting = iter(checked)
    await _side_by_side(min(sandbox.slots, len(checked)), lambda: _work_checked(jobs, waiting, sandbox, judged))


@dataclass(frozen=True, slots=True)
class _Turns:
    """An executor for two at once: while the program of one runs, the other's is read out of its answer, or graded."""

    lease: Executor
    taken: asyncio.Lock

    async def execute(self, program: Program) -> Execution:
        async with self.taken:
            return await self.lease.execute(program)


@dataclass(frozen=True, slots=True)
class _LeaseEach:
    """An executor that holds no slot between programs, for a checker may need the only one."""

    leases: Leases

    async def execute(self, program: Program) -> Execution:
        async with self.leases() as lease:
            return await lease.execute(program)


async def _work(jobs: Jobs, waiting: deque[int], repeated: list[Problem], sandbox: Sandbox, judged: Told) -> None:
    async with sandbox.lease() as lease:
        await _prepared(repeated, lease)
        turns = _Turns(lease, asyncio.Lock())

        async def go_on(spared: int) -> None:
            while len(waiting) > spared:
                index = waiting.popleft()
                judged(index, await _judgement(*jobs[index], turns))

        async with asyncio.TaskGroup() as group:
            group.create_task(go_on(0))
            group.create_task(go_on(sandbox.slots))  # the last ones are for leases that stand idle


async def _work_checked(jobs: Jobs, waiting: Iterator[int], sandbox: Sandbox, judged: Told) -> None:
    for index in waiting:
        judged(index, await _judgement(*jobs[index], _LeaseEach(sandbox.lease), sandbox.lease))


async def _side_by_side(workers: int, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(workers):
                group.create_task(work())
    except ExceptionGroup as failures:
        first: Exception = failures
        while isinstance(first, ExceptionGroup):
            first = first.exceptions[0]
        raise first from failures


async def _prepared(problems: list[Problem], executor: Executor) -> None:
    with contextlib.suppress(ContainerLost):  # it only saves time
        await prepare(problems, executor)


async def _judgement(
    problem: Problem, completion: str, executor: Executor, leases: Leases | None = None
) -> Judgement | Unjudged:
    try:
        return await judge(problem, completion, executor, leases)
    except (ContainerLost, Ungradable, UnknownLanguage) as error:
        log.info("no verdict: %s", error)
        return Unjudged(str(error))
