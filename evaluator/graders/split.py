"""Split grading: what the tests' process reported, to a verdict, on the host. Pure.

Covered: the verdict is what the tests' process said on its own standard output, read strictly, and only when no limit
was broken; nothing that the completion's process wrote or returned can raise it. Not covered: a completion that knows
the tests and answers them by heart; only fresh problems help against that.
"""

from typing import Literal

from pydantic import BaseModel, Field, ValidationError

from evaluator.drivers.python_proxy import BAD_TESTS
from evaluator.errors import Ungradable
from evaluator.graders.facts import broken_limit, ending, last_line, verdict
from evaluator.programs import LIMITS
from evaluator.protocol import Grader, Problem, Status, Verdict
from sandbox.protocol import Execution, Limits, Outcome, Step

LONGEST_REPORT = 16 * 1024


class Report(BaseModel, frozen=True, extra="forbid", strict=True):
    """The one line that the tests' process writes."""

    status: Literal["passed", "failed", "raised", "ended"]
    calls: int = Field(ge=0)
    assertions: int = Field(ge=0)
    detail: str


def grade(problem: Problem, execution: Execution) -> Verdict:
    """Judge the execution of ``assemble(problem, code)``.

    Raises Ungradable if the facts are not of such a program, or if the problem's own tests cannot be run.
    """
    if len(execution.runs) != 1:
        raise Ungradable(f"{problem.task_id}: expected one run with a companion, got {len(execution.runs)} run(s)")
    step, tests = execution.runs[0], execution.runs[0].companion
    if tests is None:
        if broken := broken_limit({step.ended}, problem.limits or LIMITS):  # the container went with the completion
            return verdict(Grader.SPLIT, *broken, [step])
        raise Ungradable(f"{problem.task_id}: expected a run with a companion, got one without")
    if tests.exit_code == BAD_TESTS:
        raise Ungradable(f"{problem.task_id}: {last_line(tests.stderr or tests.stdout)}")
    report = _report(tests)
    status, detail = _judge(step, tests, report, problem.limits or LIMITS)
    return verdict(Grader.SPLIT, status, detail, [step], calls=report.calls if report else 0)


def _judge(step: Step, tests: Outcome, report: Report | None, limits: Limits) -> tuple[Status, str]:
    if broken := broken_limit({step.ended, tests.ended}, limits):
        return broken
    if report is None:
        return Status.CRASHED, f"the tests ended without a verdict, {ending(tests)}"
    match report.status:
        case "passed" if report.calls == 0:
            return Status.FAILED, "the tests never called it"
        case "passed" if report.assertions == 0:
            return Status.FAILED, "the tests asserted nothing"
        case "passed":
            return Status.PASSED, ""
        case "failed":
            return Status.FAILED, report.detail
        case "raised":
            return Status.CRASHED, report.detail
        case "ended":
            return Status.CRASHED, "; ".join(filter(None, [report.detail, ending(step), last_line(step.stderr)]))


def _report(tests: Outcome) -> Report | None:
    """The tests' report, if they ended well and wrote exactly that."""
    line = tests.stdout
    if not tests.succeeded or tests.stdout_dropped or len(line) > LONGEST_REPORT or line.count(b"\n") != 1:
        return None
    try:
        return Report.model_validate_json(line)
    except ValidationError:
        return None
