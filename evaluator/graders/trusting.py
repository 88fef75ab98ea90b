"""Trusting: a third party's tests in one process with the completion, as HumanEval-X and MultiPL-E have it.

Not covered: that code can forge its verdict, by ending the process well or by changing what the tests call. The verdict
says so and pays nobody. Covered: assertions that fail do fail, in every language.
"""

import re

from evaluator.errors import Ungradable
from evaluator.graders.facts import COMPILE_LIMITS, broken_limit, ending, last_line, not_compiled, verdict
from evaluator.protocol import Grader, Problem, Status, Verdict
from evaluator.suites import Trusting
from sandbox.protocol import MEBIBYTE, Ended, Execution, Limits, Program, Step

LIMITS = Limits(cpu_seconds=15, wall_seconds=60, memory_bytes=512 * MEBIBYTE, output_bytes=256 * 1024)
"""Some of HumanEval-X's tests search for seconds, and a JVM needs its room."""
COMPLAINT = re.compile(r"error|assert|panicked|exception", re.IGNORECASE)
ASSERTS = frozenset({"SIGABRT", "SIGTRAP"})
"""What a failed assertion of C ends by."""


def assemble(problem: Problem, tests: Trusting, code: str) -> Program:
    """The one file of ``code`` and the tests.

    What code and tests both define (``main``, an example's test), the tests define. Between them stands what makes
    failed assertions fail, where the language or its answers would let them pass: JavaScript's ``console.assert``
    only prints, and C's ``assert`` does nothing behind a ``#define NDEBUG``. Raises UnknownLanguage.
    """
    from evaluator.extraction.grammar import grammar_of
    from evaluator.extraction.joining import join

    grammar = grammar_of(problem.language)
    source = join(grammar, [tests.setup, code, grammar.before_tests, tests.source])
    limits = problem.limits or LIMITS
    encoded = source.encode("utf-8", "surrogatepass")
    return Program(language=tests.runs_as, source=encoded, limits=limits, compile_limits=COMPILE_LIMITS)


def grade(problem: Problem, tests: Trusting, execution: Execution) -> Verdict:
    """Judge the execution of ``assemble``'s program. Raises Ungradable if the facts are of another."""
    if found := not_compiled(Grader.TRUSTING, execution):
        return found
    if len(execution.runs) != 1:
        raise Ungradable(f"{problem.task_id}: expected one run, got {len(execution.runs)}")
    step = execution.runs[0]
    status, detail = _judge(step, problem.limits or LIMITS)
    return verdict(Grader.TRUSTING, status, detail, [step])


def _judge(step: Step, limits: Limits) -> tuple[Status, str]:
    if broken := broken_limit({step.ended}, limits):
        return broken
    if step.succeeded:
        return Status.PASSED, ""
    words = "; ".join(filter(None, [ending(step), _complaint(step.stderr) or _complaint(step.stdout)]))
    is_failure = step.ended is Ended.EXITED or step.signal in ASSERTS
    return (Status.FAILED if is_failure else Status.CRASHED), f"the tests ended {words}"


def _complaint(stream: bytes) -> str:
    """The first line that complains, else the last."""
    lines = stream.decode(errors="replace").split("\n")
    return next((line.strip() for line in lines if COMPLAINT.search(line)), "") or last_line(stream)
