"""One completion from its text to its verdict."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from evaluator.errors import Ungradable
from evaluator.extraction.apart import reader
from evaluator.extraction.markdown import fenced_blocks
from evaluator.graders import arguments, assemble, bug, checker, docstring, grade, no_program, refactoring, static
from evaluator.graders.examples import NoExamples
from evaluator.programs import prepare
from evaluator.protocol import Executor, Problem, Verdict
from evaluator.suites import Arguments, Bug, Checker, Docstring, Implementations, Refactoring, Static, Stdio
from sandbox.protocol import Execution

LONGEST_COMPLETION = 16 * 1024 * 1024
"""Characters; nobody means a longer one as an answer, and nothing of it is looked at."""

LONGEST_READ_AHEAD = 64 * 1024
"""Characters. What takes long to read does not keep others waiting."""

READ_ELSEWHERE = (Arguments, Bug, Docstring, Implementations, Static, Stdio)
"""Suites whose answers are no programs with an entry point."""

Leases = Callable[[], AbstractAsyncContextManager[Executor]]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, and what it was reached from: no code and no execution where the answer held no program."""

    code: str | None
    execution: Execution | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Reading:
    """What an answer holds, where somebody has looked already."""

    code: str | None


def read_all(jobs: Sequence[tuple[Problem, str]]) -> list[Reading | None]:
    """What answers hold, ahead of their turns; None where ``judge`` should find out, and tell what is wrong."""
    places = [place for place, (problem, answer) in enumerate(jobs) if _is_easily_read(problem, answer)]
    found = reader.extract_all([jobs[place] for place in places]) if places else {}
    readings = {places[number]: Reading(code) for number, code in found.items()}
    return [readings.get(place) for place in range(len(jobs))]


def _is_easily_read(problem: Problem, answer: str) -> bool:
    return len(answer) <= LONGEST_READ_AHEAD and not isinstance(problem.tests, READ_ELSEWHERE)


async def judge(
    problem: Problem,
    completion: str,
    executor: Executor,
    leases: Leases | None = None,
    reading: Reading | None = None,
) -> Judgement:
    """Cut the code out of ``completion``, run it as ``problem``'s tests want it, and grade what happened.

    ``leases`` gives a checker a container of its own, ``reading`` is what ``read_all`` found. Raises Ungradable, and
    whatever executors raise for failures that are not the program's.
    """
    if len(completion) > LONGEST_COMPLETION:
        why = f"an answer of {len(completion)} characters; at most {LONGEST_COMPLETION} are read"
        return Judgement(code=None, execution=None, verdict=no_program(problem, why))
    if isinstance(problem.tests, Static):
        return Judgement(code=None, execution=None, verdict=static.grade(problem, problem.tests, completion))
    if isinstance(problem.tests, Bug):
        return Judgement(code=None, execution=None, verdict=bug.grade(problem, problem.tests, completion))
    if isinstance(problem.tests, Docstring):
        return await _documented(problem, problem.tests, completion, executor)
    if has_checker(problem) and leases is None:
        raise Ungradable(f"{problem.task_id}: a checker decides on it, and there is no container for that")
    code = reading.code if reading else await asyncio.to_thread(_code, problem, completion)
    if code is None:
        return Judgement(code=None, execution=None, verdict=no_program(problem))
    if isinstance(problem.tests, str):
        await prepare((), executor)
    execution = await executor.execute(assemble(problem, code))
    verdict = grade(problem, execution)
    if verdict.passed and isinstance(problem.tests, Refactoring):
        verdict = await asyncio.to_thread(refactoring.weigh, problem, problem.tests, code, verdict)
    if verdict.passed and leases is not None and has_checker(problem) and isinstance(problem.tests, Stdio):
        async with leases() as lease:
            verdict = await checker.check(problem, problem.tests, execution, lease)
    return Judgement(code=code, execution=execution, verdict=verdict)


async def _documented(problem: Problem, tests: Docstring, completion: str, executor: Executor) -> Judgement:
    """A docstring is judged with what its examples say, of which the execution knows nothing."""
    try:
        text, asked = docstring.read(problem, tests, completion)
    except NoExamples as error:
        return Judgement(code=None, execution=None, verdict=docstring.refused(str(error)))
    execution = await executor.execute(docstring.assemble(problem, tests, asked))
    return Judgement(code=text, execution=execution, verdict=docstring.grade(problem, tests, asked, execution))


def has_checker(problem: Problem) -> bool:
    """Whether a program of the problem's own decides."""
    return isinstance(problem.tests, Stdio) and isinstance(problem.tests.comparison, Checker)


def _code(problem: Problem, completion: str) -> str | None:
    """The code in ``completion``: what defines the entry point; of a whole file the last fenced block, or all."""
    if isinstance(problem.tests, Arguments):
        return arguments.expression(problem, problem.tests, completion)
    if not isinstance(problem.tests, Stdio | Implementations):
        return reader.extract(problem, completion)
    blocks = fenced_blocks(completion)
    code = blocks[-1].code if blocks else completion
    return code if code.strip() else None
