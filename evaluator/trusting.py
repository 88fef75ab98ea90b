"""Verdicts on code that ran in one process with its tests: HumanEval-X, MultiPL-E.

Not covered: that code can forge its verdict, by ending the process well or by changing what the tests call. The verdict
says so and pays nobody. Covered: assertions that fail do fail, in every language.
"""

import asyncio
import re

from evaluator.errors import Ungradable
from evaluator.extraction.apart import reader
from evaluator.graders import ending, last_line, limit_verdict, no_program, one_line
from evaluator.judging import Judgement
from evaluator.programs import TRUSTING_LIMITS, assemble_trusting
from evaluator.protocol import Executor, Status, TrustingProblem, Verdict
from sandbox.protocol import COMPILE_LIMITS, Ended, Execution, Step

COMPLAINT = re.compile(r"error|assert|panicked|exception", re.IGNORECASE)
ASSERTS = frozenset({"SIGABRT", "SIGTRAP"})
"""What a failed assertion of C ends by."""


async def judge_trusting(problem: TrustingProblem, completion: str, executor: Executor) -> Judgement:
    """Cut the code out of ``completion``, run it in one file with ``problem``'s tests, and say how that ended.

    Raises Ungradable, UnknownLanguage, and whatever ``executor`` raises for failures that are not the program's.
    """
    code = await asyncio.to_thread(reader.extract, problem, completion)
    if code is None:
        return Judgement(code=None, execution=None, verdict=no_program().model_copy(update={"trusting": True}))
    execution = await executor.execute(assemble_trusting(problem, code))
    return Judgement(code=code, execution=execution, verdict=grade_trusting(problem, execution))


def grade_trusting(problem: TrustingProblem, execution: Execution) -> Verdict:
    """Judge the execution of ``assemble_trusting(problem, code)``. Raises Ungradable if the facts are of another."""
    if execution.compile is not None and not execution.compile.succeeded:
        step, (status, detail) = execution.compile, _uncompiled(execution.compile)
    elif len(execution.runs) == 1:
        step, (status, detail) = execution.runs[0], _judge(execution.runs[0])
    else:
        raise Ungradable(f"{problem.task_id}: expected one run, got {len(execution.runs)}")
    return Verdict(
        status=status,
        detail=one_line(detail),
        calls=0,
        cpu_seconds=step.cpu_seconds,
        wall_seconds=step.wall_seconds,
        peak_memory_bytes=step.peak_memory_bytes,
        trusting=True,
    )


def _uncompiled(step: Step) -> tuple[Status, str]:
    if verdict := limit_verdict({step.ended}, COMPILE_LIMITS):
        return verdict[0], f"while compiling: {verdict[1]}"
    return Status.CRASHED, f"does not compile: {_first_error(step)}"


def _judge(step: Step) -> tuple[Status, str]:
    if verdict := limit_verdict({step.ended}, TRUSTING_LIMITS):
        return verdict
    if step.succeeded:
        return Status.PASSED, ""
    words = "; ".join(filter(None, [ending(step), _complaint(step.stderr) or _complaint(step.stdout)]))
    is_failure = step.ended is Ended.EXITED or step.signal in ASSERTS
    return (Status.FAILED if is_failure else Status.CRASHED), f"the tests ended {words}"


def _first_error(step: Step) -> str:
    return _complaint(step.stderr) or _complaint(step.stdout)


def _complaint(stream: bytes) -> str:
    """The first line that complains, else the last."""
    lines = stream.decode(errors="replace").split("\n")
    return next((line.strip() for line in lines if COMPLAINT.search(line)), "") or last_line(stream)
