"""A Problem and the code of an answer, put together as a Program for the sandbox: the split form.

The solution's process runs the code and knows no test; its companion runs the tests and judges what comes back. Both
are assembled from the sources in ``drivers/``; what varies goes in as string literals, never as code.
"""

from functools import cache
from pathlib import Path

from evaluator.errors import Ungradable
from evaluator.protocol import Problem
from sandbox.protocol import MEBIBYTE, Companion, Limits, Program, Run

DRIVERS = Path(__file__).parent / "drivers"
WIRE_IMPORT = "from evaluator.drivers.python_wire import "

LIMITS = Limits(cpu_seconds=5, wall_seconds=20, memory_bytes=256 * MEBIBYTE, output_bytes=64 * 1024)
"""For the completion and the tests together. HumanEval's canonical solutions need less than a tenth."""


def assemble(problem: Problem, code: str) -> Program:
    """Return the program that runs ``code`` and, beside it, ``problem``'s tests. ``grade`` reads its execution."""
    if not isinstance(problem.tests, str):
        raise Ungradable(f"{problem.task_id}: expected tests in Python source, got {problem.tests.kind}")
    solution = _call("python_solution", "solve", code, problem.entry_point)
    tests = _call("python_tests", "examine", problem.prompt, problem.tests, problem.entry_point)
    companion = Companion(language="python", source=tests)
    return Program(language="python", source=solution, runs=(Run(companion=companion),), limits=LIMITS)


def _call(driver: str, function: str, *arguments: str) -> bytes:
    literals = ", ".join(map(repr, arguments))
    return f"{_source(driver)}\n\n{function}({literals})\n".encode()


@cache
def _source(driver: str) -> str:
    """The driver's text with the wire's in front, in place of the line that imports it."""
    wire = (DRIVERS / "python_wire.py").read_text(encoding="utf-8")
    lines = (DRIVERS / f"{driver}.py").read_text(encoding="utf-8").splitlines()
    return wire + "\n".join(line for line in lines if not line.startswith(WIRE_IMPORT))
