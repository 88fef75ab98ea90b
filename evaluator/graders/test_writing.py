"""Test writing: a suite of tests meets many implementations, each in a run of its own, and is worth what it rejects.

Covered: the suite is hostile, and shares neither process nor uid nor directory with an implementation; it sees what its
calls come to, and decides from that alone. Right ones are met twice, mistaken ones once, in an order that it cannot
know, and nothing of a run is left for the next, so that deciding by chance, by turn, or by what is no result
rejects a right one sooner or later. What it says needs no trust: it is its decision. Not covered: a suite that holds a
solution of its own and compares; that is a good suite.
"""

import random
from functools import cache

from pydantic import BaseModel, ValidationError

from evaluator.bundle import driver_source
from evaluator.drivers.python_subject import BROKEN
from evaluator.errors import Ungradable
from evaluator.graders.facts import broken_limit, last_line, verdict
from evaluator.protocol import Grader, Problem, Status, Verdict
from evaluator.suites import Implementations
from sandbox.protocol import MEBIBYTE, Companion, Ended, Execution, Limits, Program, Run, Step

LIMITS = Limits(
    cpu_seconds=1, wall_seconds=15, memory_bytes=256 * MEBIBYTE, output_bytes=64 * 1024, processes=32
)  # fmt: skip
"""For each run, the implementation and the suite together. A suite of 30 calls needs a hundredth of it."""
SUITE = ("python_plain", "python_suite")
SUBJECT = ("python_plain", "python_subject")
TURNS = 2
"""How often a right implementation is met."""
ROUND_BYTES = 16 * 1024
"""Sources are filled up to a multiple of this: how much memory a process takes, anybody may see."""


class Report(BaseModel, frozen=True, extra="forbid", strict=True):
    """The one line that the implementation's process writes."""

    said: str
    calls: int


def load() -> None:
    """Read the drivers."""
    _driver(SUITE)
    _driver(SUBJECT)


def assemble(problem: Problem, tests: Implementations, code: str) -> Program:
    """The suite ``code``, with an implementation beside it in each run."""
    main = f"{_driver(SUITE)}\nexamine({code!r}, {problem.entry_point!r})\n"
    sources = [*TURNS * tests.right, *tests.mistaken]
    runs = tuple(Run(companion=_companion(problem, sources[place])) for place in _order(tests))
    source = main.encode("utf-8", "surrogatepass")
    return Program(language="python", source=source, runs=runs, limits=problem.limits or LIMITS)


def grade(problem: Problem, tests: Implementations, execution: Execution) -> Verdict:
    """Judge the execution of ``assemble(problem, tests, code)``.

    The credit is the share of mistaken implementations that were rejected; 0 if any meeting with a right one was not
    accepted. Raises Ungradable if an implementation is broken, or if the facts are not of such a program.
    """
    order = _order(tests)
    if len(execution.runs) != len(order):
        raise Ungradable(f"{problem.task_id}: expected {len(order)} runs, got {len(execution.runs)}")
    limits, count = problem.limits or LIMITS, TURNS * len(tests.right)
    steps = dict(zip(order, execution.runs, strict=True))
    reports = {place: _report(problem, step, limits) for place, step in steps.items()}
    calls = sum(report.calls for report in reports.values() if report)
    accepted = {place for place, report in reports.items() if report and report.said == "accepted"}
    for place in range(count):
        if place not in accepted:
            status, detail = broken_limit(_endings(steps[place]), limits) or (Status.FAILED, "a test failed")
            why = f"it does not accept a right implementation: {detail}"
            return verdict(Grader.TEST_WRITING, status, why, execution.runs, calls=calls, credit=0.0)
    credit = 1 - (len(accepted) - count) / len(tests.mistaken)
    status, detail = (Status.PASSED, "") if credit >= tests.enough else (Status.FAILED, f"it finds {credit:.0%}")
    return verdict(Grader.TEST_WRITING, status, detail, execution.runs, calls=calls, credit=credit)


def _order(tests: Implementations) -> list[int]:
    """The places of the implementations, right ones first and in turns, in the order in which they are met."""
    places = list(range(TURNS * len(tests.right) + len(tests.mistaken)))
    random.Random(tests.order).shuffle(places)  # noqa: S311  the order's seed is the secret
    return places


def _companion(problem: Problem, source: str) -> Companion:
    main = f"{_driver(SUBJECT)}\nserve({source!r}, {problem.entry_point!r})\n".encode()
    return Companion(language="python", source=main + b"\n" * (-len(main) % ROUND_BYTES))


def _report(problem: Problem, step: Step, limits: Limits) -> Report | None:
    """What the implementation's process said of the suite; None where a limit was broken, or it could not say."""
    subject = step.companion
    if subject is not None and subject.exit_code == BROKEN:
        raise Ungradable(f"{problem.task_id}: {last_line(subject.stderr)}")
    if broken_limit(_endings(step), limits):
        return None
    if subject is None:
        raise Ungradable(f"{problem.task_id}: expected a run with a companion, got one without")
    try:
        return Report.model_validate_json(subject.stdout) if subject.succeeded else None
    except ValidationError:
        return None


def _endings(step: Step) -> set[Ended]:
    return {step.ended, step.companion.ended} if step.companion else {step.ended}


@cache
def _driver(names: tuple[str, ...]) -> str:
    return driver_source(names)[1]
