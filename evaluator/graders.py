"""Facts to verdict, on the host. Pure.

Covered: the verdict is what the tests' process said on its own standard output, read strictly, and only when no limit
was broken; nothing that the completion's process wrote or returned can raise it. Not covered: a completion that knows
the tests and answers them by heart; only fresh problems help against that.
"""

from typing import Literal

from pydantic import BaseModel, Field, ValidationError

from evaluator.drivers.python_tests import BAD_TESTS
from evaluator.errors import Ungradable
from evaluator.programs import LIMITS
from evaluator.protocol import Problem, Status, Verdict
from sandbox.protocol import MEBIBYTE, Ended, Execution, Limits, Outcome, Step

LONGEST_DETAIL = 400
LONGEST_REPORT = 16 * 1024


class Report(BaseModel, frozen=True, extra="forbid", strict=True):
    """The one line that the tests' process writes."""

    status: Literal["passed", "failed", "raised", "ended"]
    calls: int = Field(ge=0)
    detail: str


def grade(problem: Problem, execution: Execution) -> Verdict:
    """Judge the execution of ``assemble(problem, code)``.

    Raises Ungradable if the facts are not of such a program, or if the problem's own tests cannot be run.
    """
    if len(execution.runs) != 1 or execution.runs[0].companion is None:
        raise Ungradable(f"{problem.task_id}: expected one run with a companion, got {len(execution.runs)} run(s)")
    step, tests = execution.runs[0], execution.runs[0].companion
    if tests.exit_code == BAD_TESTS:
        raise Ungradable(f"{problem.task_id}: {last_line(tests.stderr)}")
    report = _report(tests)
    status, detail = _judge(step, tests, report)
    return Verdict(
        status=status,
        detail=one_line(detail),
        calls=report.calls if report else 0,
        cpu_seconds=step.cpu_seconds,
        wall_seconds=step.wall_seconds,
        peak_memory_bytes=step.peak_memory_bytes,
    )


def no_program() -> Verdict:
    """The verdict on an answer that holds nothing to run."""
    return Verdict(
        status=Status.NO_PROGRAM,
        detail="the answer defines no such function",
        calls=0,
        cpu_seconds=0.0,
        wall_seconds=0.0,
        peak_memory_bytes=0,
    )


def _judge(step: Step, tests: Outcome, report: Report | None) -> tuple[Status, str]:
    ended = {step.ended, tests.ended}
    if verdict := limit_verdict(ended, LIMITS):
        return verdict
    if report is None:
        return Status.CRASHED, f"the tests ended without a verdict, {ending(tests)}"
    match report.status:
        case "passed" if report.calls == 0:
            return Status.FAILED, "the tests never called it"
        case "passed":
            return Status.PASSED, ""
        case "failed":
            return Status.FAILED, report.detail
        case "raised":
            return Status.CRASHED, report.detail
        case "ended":
            return Status.CRASHED, "; ".join(filter(None, [report.detail, ending(step), last_line(step.stderr)]))


def limit_verdict(ended: set[Ended], limits: Limits) -> tuple[Status, str] | None:
    """What a broken limit means, whatever else was seen; None if none was."""
    if Ended.MEMORY_LIMIT in ended:
        return Status.OUT_OF_MEMORY, f"needed more than {limits.memory_bytes // MEBIBYTE} MiB"
    if Ended.CPU_LIMIT in ended:
        return Status.TIMED_OUT, f"needed more than {limits.cpu_seconds:g} s of processor time"
    if Ended.WALL_LIMIT in ended:
        return Status.TIMED_OUT, f"was not done after {limits.wall_seconds:g} s"
    return None


def _report(tests: Outcome) -> Report | None:
    """The tests' report, if they ended well and wrote exactly that."""
    line = tests.stdout
    if not tests.succeeded or tests.stdout_dropped or len(line) > LONGEST_REPORT or line.count(b"\n") != 1:
        return None
    try:
        return Report.model_validate_json(line)
    except ValidationError:
        return None


def ending(outcome: Outcome) -> str:
    """How it ended, as the end of a sentence."""
    if outcome.exit_code is not None:
        return f"with exit code {outcome.exit_code}"
    return f"by {outcome.signal or outcome.ended.value}"


def last_line(stream: bytes) -> str:
    """The last line that says something; "" if none does."""
    lines = stream.decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def one_line(text: str) -> str:
    """The beginning of ``text``, fit for a terminal."""
    printable = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(printable.split())[:LONGEST_DETAIL]
