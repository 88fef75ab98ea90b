"""Which mutants a problem's typed cases tell from its reference, and by which cases: through the real grader.

Covered: a mutant is killed only by a case that it was seen to answer otherwise, to crash in, or to need too long for.
Not covered: one that ends the calls early is asked again for what it was not asked, but not after a time-out; so a
case may kill more mutants than is known, and never fewer.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from evaluator.errors import Ungradable
from evaluator.graders import calls
from evaluator.protocol import Executor, Problem, Status, Verdict
from evaluator.suites import Calls
from sandbox.protocol import MEBIBYTE, Execution, Limits
from validator.problems.mutation.mutants import Mutant

LIMITS = Limits(cpu_seconds=2, wall_seconds=60, memory_bytes=512 * MEBIBYTE, output_bytes=4 * MEBIBYTE)
"""For all cases together, unless the problem has its own: endless loops are common among mutants."""
MOST_RUNS = 16
"""Of one mutant, for the cases that come after its first crash."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A mutant, the verdict on it, and the cases that tell it from the reference."""

    mutant: Mutant
    verdict: Verdict
    kills: frozenset[int]

    @property
    def compiled(self) -> bool:
        """Whether it is a program at all; if not, it counts neither as killed nor as a survivor."""
        return self.verdict.status is not Status.NOT_COMPILED

    @property
    def killed(self) -> bool:
        """Whether a case tells it from the reference: no other mutant counts."""
        return bool(self.kills)


def killed(trials: Iterable[Trial]) -> tuple[Trial, ...]:
    """Those that some case tells from the reference."""
    return tuple(trial for trial in trials if trial.killed)


def survivors(trials: Iterable[Trial]) -> tuple[Trial, ...]:
    """Those that run and that no case tells from the reference: equivalent, or the cases are too few."""
    return tuple(trial for trial in trials if trial.compiled and not trial.killed)


async def distinct(problem: Problem, mutants: Iterable[Mutant], executors: Sequence[Executor]) -> tuple[Trial, ...]:
    """Try each of ``mutants`` on the cases of ``problem``, in the order given; the executors share the work.

    A mutant is compiled once, and once more if it crashes before its last case. Raises Ungradable if the problem has no
    typed cases or if its reference (``prompt`` and ``canonical_solution``) does not pass them.
    """
    problem = problem.model_copy(update={"limits": problem.limits or LIMITS})
    tests = _cases(problem)
    reference = await _verdict(problem, problem.prompt + problem.canonical_solution, executors[0])
    if not reference.passed:
        raise Ungradable(f"{problem.task_id}: its reference does not pass: {reference.status}: {reference.detail}")
    waiting = enumerate(mutants)
    trials: dict[int, Trial] = {}
    async with asyncio.TaskGroup() as group:
        for executor in executors:
            group.create_task(_work(problem, tests, waiting, trials, executor))
    return tuple(trials[number] for number in sorted(trials))


def _cases(problem: Problem) -> Calls:
    if not isinstance(problem.tests, Calls):
        raise Ungradable(f"{problem.task_id}: mutants are told apart by typed cases, and it has none")
    return problem.tests


async def _verdict(problem: Problem, code: str, executor: Executor) -> Verdict:
    tests = _cases(problem)
    return calls.grade(problem, tests, await executor.execute(calls.assemble(problem, tests, code)))


async def _work(
    problem: Problem, tests: Calls, waiting: Iterator[tuple[int, Mutant]], trials: dict[int, Trial], executor: Executor
) -> None:
    for number, mutant in waiting:
        trials[number] = await _trial(problem, tests, mutant, executor)


async def _trial(problem: Problem, tests: Calls, mutant: Mutant, executor: Executor) -> Trial:
    execution = await executor.execute(calls.assemble(problem, tests, mutant.source))
    verdict = calls.grade(problem, tests, execution)
    found = dict(enumerate(calls.answered(problem, tests, execution)))
    left = [case for case, right in found.items() if right is None]
    endless = verdict.status is Status.TIMED_OUT and False in found.values()
    if left and verdict.status is not Status.NOT_COMPILED and not endless:
        found |= await _asked_again(problem, tests, mutant, left, executor)
    return Trial(mutant, verdict, frozenset(case for case, right in found.items() if right is False))


async def _asked_again(
    problem: Problem, tests: Calls, mutant: Mutant, left: list[int], executor: Executor
) -> dict[int, bool | None]:
    """What it answers to the cases ``left``, a few in each run: one program, a crash in which ends one run only."""
    shares = [left[start::MOST_RUNS] for start in range(min(MOST_RUNS, len(left)))]
    parts = [tests.model_copy(update={"cases": tuple(tests.cases[case] for case in share)}) for share in shares]
    programs = [calls.assemble(problem, part, mutant.source) for part in parts]
    program = programs[0].model_copy(update={"runs": tuple(one.runs[0] for one in programs)})
    execution = await executor.execute(program)
    return {
        case: right
        for share, part, one in zip(shares, parts, _apart(execution), strict=True)
        for case, right in zip(share, calls.answered(problem, part, one), strict=True)
    }


def _apart(execution: Execution) -> Iterator[Execution]:
    for step in execution.runs:
        yield execution.model_copy(update={"runs": (step,)})
