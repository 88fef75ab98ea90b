"""Docstrings: their examples must hold on the function, and are worth the share of its mistaken copies that they tell.

Covered: the answer is never run; its examples are read as data (see ``examples``), and the function and its copies,
which are the problem's, are called with their arguments. What an example is said to come to stays on the host. Not
covered: words that name the parameters without saying anything cannot be told from good ones.
"""

import ast
import json
import marshal
import re
from functools import cache
from pathlib import Path

from evaluator.errors import Ungradable
from evaluator.graders import types, values
from evaluator.graders.compare import same
from evaluator.graders.examples import NOT_LITERAL, Example, NoExamples, docstring, examples, fit, prose
from evaluator.graders.facts import broken_limit, ending, last_line, one_line, verdict
from evaluator.protocol import Failure, Grader, Problem, Status, Verdict
from evaluator.suites import Docstring, Tolerance
from sandbox.protocol import MEBIBYTE, Execution, Limits, Program, Run

LIMITS = Limits(cpu_seconds=20, wall_seconds=120, memory_bytes=512 * MEBIBYTE, output_bytes=4 * MEBIBYTE)
DRIVER = Path(__file__).parents[1] / "drivers" / "python_examples.py"
RESULT = "result"
CLOSE = Tolerance(relative=1e-9, absolute=1e-9)
RETURNS = re.compile(r"\breturn(?:s|ed|ing)?\b|\bresults?\b|\bgives?\b", re.IGNORECASE)


def load() -> None:
    """Read the driver."""
    _driver()


def read(problem: Problem, tests: Docstring, completion: str) -> tuple[str, tuple[Example, ...]]:
    """The docstring in an answer, and its examples. Raises NoExamples if it lacks what every docstring must have."""
    text = docstring(problem.entry_point, completion)
    if lacks := _lacks(tests, prose(text)):
        raise NoExamples(f"its words, apart from examples, do not mention {', '.join(lacks)}")
    return text, examples(problem.entry_point, tests, text)


def assemble(problem: Problem, tests: Docstring, asked: tuple[Example, ...]) -> Program:
    """The program that calls the function and its copies as ``asked`` says."""
    sources = [tests.source, *tests.mutants]
    calls = [marshal.dumps(example.arguments, 2) for example in asked]
    source = f"{_driver()}\n\nexamine({sources!r}, {problem.entry_point!r}, {calls!r})\n"
    runs = (Run(collect=(RESULT,)),)
    return Program(language="python", source=source.encode(), runs=runs, limits=problem.limits or LIMITS)


def grade(problem: Problem, tests: Docstring, asked: tuple[Example, ...], execution: Execution) -> Verdict:
    """Judge the execution of ``assemble(problem, tests, asked)``. Raises Ungradable if it is of something else.

    The credit is the share of the mutants that some example tells from the function, and 0 if an example does not hold.
    """
    if len(execution.runs) != 1:
        raise Ungradable(f"{problem.task_id}: expected one run, got {len(execution.runs)}")
    (step,) = execution.runs
    if broken := broken_limit([step.ended], problem.limits or LIMITS):
        return verdict(Grader.DOCSTRING, *broken, [step], credit=0.0)
    if not step.succeeded:
        raise Ungradable(f"{problem.task_id}: its examples ended {ending(step)}: {last_line(step.stderr)}")
    found = json.loads(step.files[RESULT])
    result = types.parse(tests.result)
    for number, (example, outcome) in enumerate(zip(asked, found["outcomes"], strict=True)):
        if not _holds(result, example, outcome):
            failure = _failure(number, example, outcome)
            detail = f"example {number + 1}: {failure.sent} {failure.got}, and not {failure.expected}"
            calls = len(asked)
            return verdict(Grader.DOCSTRING, Status.FAILED, detail, [step], calls=calls, failure=failure, credit=0.0)
    told = sum(first is not None for first in found["told"])
    credit = told / len(tests.mutants)
    status = Status.PASSED if credit >= tests.enough else Status.FAILED
    detail = f"its examples tell {told} of {len(tests.mutants)} copies with a mistake from the function"
    return verdict(Grader.DOCSTRING, status, detail, [step], calls=len(asked), credit=credit)


def refused(why: str) -> Verdict:
    """The verdict on an answer whose examples cannot be run."""
    return verdict(Grader.DOCSTRING, Status.FAILED, why, (), credit=0.0)


def _lacks(tests: Docstring, words: str) -> list[str]:
    """What a docstring has to mention, and does not."""
    names = [*(name for name, _ in tests.parameters), *tests.raises]
    lacks = [name for name in names if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words)]
    return lacks if RETURNS.search(words) else [*lacks, "what it returns"]


def _holds(result: types.Type, example: Example, outcome: list[str]) -> bool:
    kind, *told = outcome
    if kind != "returned" or example.returned is None:
        return kind == "raised" and example.raised is not None and tuple(told) == example.raised
    try:
        got, said = (fit(result, ast.literal_eval(text)) for text in (told[0], example.returned))
    except (*NOT_LITERAL, values.Misfit):
        return False
    return same(result, got, said, CLOSE)


def _failure(number: int, example: Example, outcome: list[str]) -> Failure:
    kind, *told = outcome
    said = example.returned if example.raised is None else ": ".join(filter(None, example.raised))
    got = f"{kind} {': '.join(filter(None, told))}"
    return Failure(case=number, sent=one_line(example.written), got=one_line(got), expected=one_line(said or ""))


@cache
def _driver() -> str:
    return DRIVER.read_text(encoding="utf-8")
