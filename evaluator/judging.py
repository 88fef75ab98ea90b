"""One completion from its text to its verdict."""

import asyncio
from dataclasses import dataclass

from evaluator.extraction.apart import reader
from evaluator.graders import grade, no_program
from evaluator.programs import assemble
from evaluator.protocol import Executor, Problem, Verdict
from sandbox.protocol import Execution


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, and what it was reached from: no code and no execution where the answer held no program."""

    code: str | None
    execution: Execution | None
    verdict: Verdict


async def judge(problem: Problem, completion: str, executor: Executor) -> Judgement:
    """Cut the code out of ``completion``, run it beside ``problem``'s tests, and grade what happened.

    Raises Ungradable, and whatever ``executor`` raises for failures that are not the program's.
    """
    code = await asyncio.to_thread(reader.extract, problem, completion)
    if code is None:
        return Judgement(code=None, execution=None, verdict=no_program())
    execution = await executor.execute(assemble(problem, code))
    return Judgement(code=code, execution=execution, verdict=grade(problem, execution))
