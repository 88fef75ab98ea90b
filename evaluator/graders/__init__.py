"""A problem's tests say which grader judges it: what to run, and what the facts of it come to."""

from typing import assert_never

from evaluator import programs
from evaluator.errors import Ungradable
from evaluator.graders import arguments, calls, docstring, refactoring, split, stdio, test_writing, trusting
from evaluator.graders.facts import verdict
from evaluator.protocol import Grader, Problem, Status, Verdict
from evaluator.suites import Arguments, Bug, Calls, Docstring, Implementations, Refactoring, Static, Stdio, Trusting
from sandbox.protocol import Execution, Program


def grader(problem: Problem) -> Grader:
    """Which grader judges ``problem``."""
    return Grader.SPLIT if isinstance(problem.tests, str) else Grader(problem.tests.kind)


def load() -> None:
    """Read now what is else read when first needed: whoever gives root up may not reach it any more."""
    programs.load()
    calls.load()
    test_writing.load()
    docstring.load()


def assemble(problem: Problem, code: str) -> Program:
    """The program whose execution ``grade`` judges. Raises Ungradable if the problem's tests make no sense."""
    match problem.tests:
        case str():
            return programs.assemble(problem, code)
        case Stdio() as tests:
            return stdio.assemble(problem, tests, code)
        case Calls() as tests:
            return calls.assemble(problem, tests, code)
        case Refactoring() as tests:
            return refactoring.assemble(problem, tests, code)
        case Arguments() as tests:
            return arguments.assemble(problem, tests, code)
        case Implementations() as tests:
            return test_writing.assemble(problem, tests, code)
        case Trusting() as tests:
            return trusting.assemble(problem, tests, code)
        case Static() | Bug() | Docstring():
            raise Ungradable(f"{problem.task_id}: its answers are not programs")
        case _:
            assert_never(problem.tests)


def grade(problem: Problem, execution: Execution) -> Verdict:
    """Judge the execution of ``assemble(problem, code)``; where a checker or measures decide, all but their part.

    Raises Ungradable if the facts are not of such a program, or if the problem's own tests cannot be run.
    """
    match problem.tests:
        case str():
            return split.grade(problem, execution)
        case Stdio() as tests:
            return stdio.grade(problem, tests, execution)
        case Calls() as tests:
            return calls.grade(problem, tests, execution)
        case Refactoring() as tests:
            return refactoring.grade(problem, tests, execution)
        case Arguments() as tests:
            return arguments.grade(problem, tests, execution)
        case Implementations() as tests:
            return test_writing.grade(problem, tests, execution)
        case Trusting() as tests:
            return trusting.grade(problem, tests, execution)
        case Static() | Bug() | Docstring():
            raise Ungradable(f"{problem.task_id}: its answers are not programs")
        case _:
            assert_never(problem.tests)


def no_program(problem: Problem, why: str = "the answer defines no such function") -> Verdict:
    """The verdict on an answer that holds nothing to run."""
    return verdict(grader(problem), Status.NO_PROGRAM, why, ())
