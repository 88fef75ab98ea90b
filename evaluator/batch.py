"""Many completions judged side by side, one lease for each slot of the sandbox."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from evaluator.judging import Judgement, judge
from evaluator.programs import prepare
from evaluator.protocol import Executor, Problem
from sandbox.errors import ContainerLost


class Sandbox(Protocol):
    """What a batch needs of ``sandbox.local.open_sandbox``."""

    slots: int

    def lease(self) -> AbstractAsyncContextManager[Executor]:
        """An executor of one tenant's programs, one at a time."""


async def judge_all(
    jobs: Sequence[tuple[Problem, str]], sandbox: Sandbox, judged: Callable[[int, Judgement | None], None]
) -> None:
    """Judge every (problem, completion) and tell ``judged`` its index and what came of it, as they are done.

    None stands for no verdict: the sandbox lost every container that tried. Whatever else fails ends the batch and is
    raised: Ungradable, SandboxError.
    """
    waiting = iter(range(len(jobs)))
    repeated = [problem for problem, times in Counter(problem for problem, _ in jobs).items() if times > 1]

    async def work() -> None:
        async with sandbox.lease() as lease:
            await _prepared(repeated, lease)
            for index in waiting:
                judged(index, await _judgement(*jobs[index], lease))

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(sandbox.slots, len(jobs))):
                group.create_task(work())
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from failures


async def _prepared(problems: list[Problem], executor: Executor) -> None:
    with contextlib.suppress(ContainerLost):  # it only saves time
        await prepare(problems, executor)


async def _judgement(problem: Problem, completion: str, executor: Executor) -> Judgement | None:
    try:
        return await judge(problem, completion, executor)
    except ContainerLost:
        return None
