"""Refactoring: the same behaviour, seen by calls, and a program that is less tangled, seen by measures.

Covered: behaviour is judged as by the calls grader, blind; the program is parsed in a process of its own, and counts by
what it is made of (see ``evaluator.metrics``), so that other names, fewer lines and code in texts gain nothing. Not
covered: a program can be tidy by all four measures, and still be hard to read.
"""

from evaluator.extraction.apart import reader
from evaluator.graders import calls
from evaluator.metrics import Unmeasurable
from evaluator.metrics.syntax import syntax_of
from evaluator.protocol import Grader, Problem, Status, Verdict
from evaluator.suites import Measures, Refactoring
from sandbox.protocol import Execution, Program

WEIGHTS = {"complexity": 0.4, "tokens": 0.3, "depth": 0.15, "repeated": 0.15}
"""What each measure counts; those that even the clean program does not better are left out."""


def assemble(problem: Problem, tests: Refactoring, code: str) -> Program:
    """The program that answers the calls of ``tests``. Raises Ungradable if the problem makes no sense."""
    return calls.assemble(problem, tests.calls, syntax_of(problem.language).prelude + code)


def grade(problem: Problem, tests: Refactoring, execution: Execution) -> Verdict:
    """Judge whether the program still does the same. Raises Ungradable, as the calls grader does."""
    found = calls.grade(problem, tests.calls, execution)
    return found.model_copy(update={"grader": Grader.REFACTORING, "credit": None if found.passed else 0.0})


def weigh(problem: Problem, tests: Refactoring, code: str, behaves: Verdict) -> Verdict:
    """The verdict on ``code``, which does the same: its credit is the share of the possible gain that it reached.

    Raises NoReader.
    """
    try:
        measures = reader.measure(problem.language, code)
    except Unmeasurable as why:
        return _with(behaves, Status.FAILED, f"it cannot be measured: {why}", 0.0)
    if measures is None:
        return _with(behaves, Status.FAILED, "it cannot be measured: it takes too long to be read", 0.0)
    credit = gain(tests.given, measures, tests.clean)
    status = Status.PASSED if credit >= tests.enough else Status.FAILED
    numbers = ", ".join(f"{name} {getattr(tests.given, name)} -> {getattr(measures, name)}" for name in WEIGHTS)
    return _with(behaves, status, f"{credit:.0%} of the possible gain: {numbers}", credit)


def gain(given: Measures, got: Measures, clean: Measures) -> float:
    """The share of what can be gained that ``got`` has gained, from 0 to 1: the weighted mean over the measures.

    A measure's share is ``(given - got) / (given - clean)``, at most 1, and at least -1: what gets worse is taken off.
    A program of more tokens than the given one gains nothing.
    """
    if got.tokens > given.tokens:
        return 0.0
    total, reached = 0.0, 0.0
    for name, weight in WEIGHTS.items():
        before, after, best = (getattr(one, name) for one in (given, got, clean))
        if before > best:
            total += weight
            reached += weight * max(-1.0, min(1.0, (before - after) / (before - best)))
        elif after > before:
            reached -= weight * min(1.0, (after - before) / max(1, before))
    return max(0.0, reached / total) if total else 0.0


def _with(behaves: Verdict, status: Status, detail: str, credit: float) -> Verdict:
    return behaves.model_copy(update={"status": status, "detail": detail, "credit": credit})
