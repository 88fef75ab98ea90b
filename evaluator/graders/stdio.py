"""Stdio: a whole program, one run a case, and what it wrote compared on the host with what it should have written.

Covered: the container gets inputs alone; an output counts only if the program then ended with exit code 0. What a
checker is asked instead is in ``checker.py``.
"""

import math
from collections import Counter
from itertools import zip_longest
from typing import assert_never

from evaluator.errors import Ungradable
from evaluator.graders.compare import same_float
from evaluator.graders.facts import COMPILE_LIMITS, broken_limit, ending, last_line, not_compiled, one_line, verdict
from evaluator.protocol import Failure, Grader, Problem, Status, Verdict
from evaluator.suites import Checker, Comparison, Stdio, StdioCase, Tolerance
from sandbox.protocol import MEBIBYTE, Execution, Limits, Program, Run, Step

LIMITS = Limits(cpu_seconds=10, wall_seconds=60, memory_bytes=512 * MEBIBYTE, output_bytes=16 * MEBIBYTE)
"""For each case, unless the problem has its own."""
LONGEST_SHOWN = 400


def assemble(problem: Problem, tests: Stdio, code: str) -> Program:
    """The completion as it is, to be run once a case."""
    runs = tuple(Run(stdin=case.stdin) for case in tests.cases)
    source = code.encode("utf-8", "replace")
    limits = problem.limits or LIMITS
    return Program(language=problem.language, source=source, runs=runs, limits=limits, compile_limits=COMPILE_LIMITS)


def grade(problem: Problem, tests: Stdio, execution: Execution) -> Verdict:
    """Judge the execution of ``assemble(problem, tests, code)``; where a checker is to decide, all but its part.

    Raises Ungradable if it is of something else.
    """
    if unfit := not_compiled(Grader.STDIO, execution):
        return unfit
    if len(execution.runs) != len(tests.cases):
        raise Ungradable(f"{problem.task_id}: expected {len(tests.cases)} runs, got {len(execution.runs)}")
    for number, (case, step) in enumerate(zip(tests.cases, execution.runs, strict=True)):
        fault = _fault(problem, step)
        if fault is None and not isinstance(tests.comparison, Checker):
            accepted = same_output(step.stdout, case.expected, tests.comparison, tests.tolerance)
            fault = None if accepted else (Status.FAILED, "wrote something else than expected")
        if fault:
            return failed(fault[0], fault[1], number, case, execution)
    return verdict(Grader.STDIO, Status.PASSED, "", execution.runs, calls=len(execution.runs))


def failed(status: Status, why: str, number: int, case: StdioCase, execution: Execution) -> Verdict:
    """The verdict on a program that failed ``case``, for the reason ``why``."""
    step = execution.runs[number]
    failure = Failure(case=number, sent=_shown(case.stdin), got=_shown(step.stdout), expected=_shown(case.expected))
    calls = len(execution.runs)
    return verdict(Grader.STDIO, status, f"case {number}: {why}", execution.runs, calls=calls, failure=failure)


def _fault(problem: Problem, step: Step) -> tuple[Status, str] | None:
    """What is wrong with a run, whatever it wrote."""
    if broken := broken_limit([step.ended], problem.limits or LIMITS):
        return broken
    if not step.succeeded:
        return Status.CRASHED, "; ".join(filter(None, [f"ended {ending(step)}", last_line(step.stderr)]))
    if step.stdout_dropped:
        return Status.CRASHED, f"wrote more than {len(step.stdout)} bytes"
    return None


def same_output(got: bytes, expected: bytes, comparison: Comparison, tolerance: Tolerance) -> bool:
    """Whether ``got`` is ``expected`` in the sense of ``comparison``."""
    match comparison:
        case Comparison.EXACT:
            return got == expected
        case Comparison.TOKENS:
            return got.split() == expected.split()
        case Comparison.FLOATS:
            pairs = zip_longest(got.split(), expected.split())
            return all(one == other or _close(one, other, tolerance) for one, other in pairs)
        case Comparison.UNORDERED_LINES:
            return _lines(got) == _lines(expected)
        case _:
            assert_never(comparison)


def _close(got: bytes | None, expected: bytes | None, tolerance: Tolerance) -> bool:
    number, wanted = _number(got), _number(expected)
    if number is None or wanted is None:
        return False
    return same_float(number, wanted, tolerance)


def _number(word: bytes | None) -> float | None:
    """The number that a word of an output spells: no underscores, none of more than 400 digits."""
    if word is None or len(word) > 400 or b"_" in word:
        return None
    try:
        return float(word)
    except ValueError:
        return math.nan if word.lower() in (b"-nan", b"+nan") else None


def _lines(text: bytes) -> Counter[bytes]:
    return Counter(line.rstrip() for line in text.rstrip().split(b"\n"))


def _shown(data: bytes) -> str:
    return one_line(data[: 4 * LONGEST_SHOWN].decode(errors="replace"))
