"""Trusting: a third party's tests in one process with the completion."""

from evaluator.errors import Ungradable
from evaluator.protocol import Problem, Verdict
from evaluator.suites import Trusting
from sandbox.protocol import Execution, Program


def assemble(problem: Problem, tests: Trusting, code: str) -> Program:
    """Raises Ungradable."""
    raise Ungradable(f"{problem.task_id}: tests in {problem.language} that trust the completion cannot be run yet")


def grade(problem: Problem, tests: Trusting, execution: Execution) -> Verdict:
    """Raises Ungradable."""
    raise Ungradable(f"{problem.task_id}: tests in {problem.language} that trust the completion cannot be run yet")
