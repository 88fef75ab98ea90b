"""A Problem and the code of an answer, put together as a Program for the sandbox.

Split, the solution's process runs the code and knows no test; its companion runs the tests and judges what comes back.
Both are assembled from the sources in ``drivers/``; what varies goes in as string literals, never as code. Trusting,
code and tests are one file in the problem's language.
"""

from functools import cache
from pathlib import Path

from evaluator.protocol import Problem, TrustingProblem
from sandbox.protocol import MEBIBYTE, Companion, Limits, Program, Run

DRIVERS = Path(__file__).parent / "drivers"
WIRE_IMPORT = "from evaluator.drivers.python_wire import "

LIMITS = Limits(cpu_seconds=5, wall_seconds=20, memory_bytes=256 * MEBIBYTE, output_bytes=64 * 1024)
"""For the completion and the tests together. HumanEval's canonical solutions need less than a tenth."""

TRUSTING_LIMITS = Limits(cpu_seconds=15, wall_seconds=60, memory_bytes=512 * MEBIBYTE, output_bytes=256 * 1024)
"""Some of HumanEval-X's tests search for seconds, and a JVM needs its room."""


def assemble(problem: Problem, code: str) -> Program:
    """Return the program that runs ``code`` and, beside it, ``problem``'s tests. ``grade`` reads its execution."""
    solution = _call("python_solution", "solve", code, problem.entry_point)
    tests = _call("python_tests", "examine", problem.prompt, problem.tests, problem.entry_point)
    companion = Companion(language="python", source=tests)
    return Program(language="python", source=solution, runs=(Run(companion=companion),), limits=LIMITS)


def assemble_trusting(problem: TrustingProblem, code: str) -> Program:
    """Return the one file of ``code`` and ``problem``'s tests. ``grade_trusting`` reads its execution.

    What code and tests both define (``main``, an example's test), the tests define. Between them stands what makes
    failed assertions fail, where the language or its answers would let them pass: JavaScript's ``console.assert``
    only prints, and C's ``assert`` does nothing behind a ``#define NDEBUG``. Raises UnknownLanguage.
    """
    from evaluator.extraction.grammar import grammar_of
    from evaluator.extraction.joining import join

    grammar = grammar_of(problem.language)
    source = join(grammar, [problem.setup, code, grammar.before_tests, problem.tests])
    return Program(language=problem.runs_as, source=source.encode("utf-8", "surrogatepass"), limits=TRUSTING_LIMITS)


def _call(driver: str, function: str, *arguments: str) -> bytes:
    literals = ", ".join(map(repr, arguments))
    return f"{_source(driver)}\n\n{function}({literals})\n".encode()


@cache
def _source(driver: str) -> str:
    """The driver's text with the wire's in front, in place of the line that imports it."""
    wire = (DRIVERS / "python_wire.py").read_text(encoding="utf-8")
    lines = (DRIVERS / f"{driver}.py").read_text(encoding="utf-8").splitlines()
    return wire + "\n".join(line for line in lines if not line.startswith(WIRE_IMPORT))
