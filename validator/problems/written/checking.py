"""The proof that a model's problem can be used: all of it by running, none of it by asking.

Covered: references that fail, differ from run to run or from their own type; problems that a guess or a mutant solves;
statements from which others get something else. The model's code runs only in the sandbox. Not covered: reference and
all solutions wrong in the same way; a statement that is right and badly written.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from evaluator.errors import Ungradable
from evaluator.graders import calls, types
from evaluator.graders.types import Kind, Type
from evaluator.judging import judge
from evaluator.protocol import Executor, Problem
from evaluator.suites import CallCase, Calls, Tolerance
from sandbox.protocol import MEBIBYTE, Limits
from validator.errors import NotMutable
from validator.problems.mutation import Trial, distinct, killed, mutants
from validator.problems.synthesis.asking import plain
from validator.problems.written.protocol import LONGEST_VALUE, Reason, Refusal, Written

MUTANTS, FEWEST_KILLED, LEAST_SHARE = 24, 5, 0.7
"""How many mutants are tried, and how many, and what share of those that run, must fail. Some are equivalent."""
FEWEST_RESULTS, COMMONEST = 4, 0.6
LIMITS = Limits(cpu_seconds=2, wall_seconds=60, memory_bytes=256 * MEBIBYTE, output_bytes=4 * MEBIBYTE)
"""Of the reference, for all inputs together: far less than solutions have."""
COPIED_LINE = 16
"""Characters of a line of the reference that the statement must not have."""


async def asked(written: Written, executor: Executor) -> Problem | Refusal:
    """The problem, with what its reference gives as the expected results; or what is wrong with it."""
    if leaked := [line for line in _lines(written.reference) if line in written.statement]:
        return Refusal(Reason.LEAKING, f"the statement has a line of the reference: {leaked[0]!r}")
    blank = _problem(written, [_blank(types.parse(written.result))] * len(written.inputs))
    blank = blank.model_copy(update={"limits": LIMITS})
    assert isinstance(blank.tests, Calls)
    program = calls.assemble(blank, blank.tests, written.reference)
    found = calls.returned(blank, blank.tests, await executor.execute(program))
    if len(found) < len(written.inputs):
        why = f"call {len(found) + 1} gave no value of type {written.result}: {written.inputs[len(found)]!r}"
        return Refusal(Reason.REFERENCE_FAILS, why[:300])
    spelt = [plain(types.parse(written.result), value) for value in found]
    if not all(map(_keepable, spelt)):
        return Refusal(Reason.REFERENCE_FAILS, f"a result is not finite, or has more than {LONGEST_VALUE} characters")
    if why := _guessable(found):
        return Refusal(Reason.TRIVIAL, why)
    problem = _problem(written, spelt)
    verdict = (await judge(problem, fenced(written.reference), executor)).verdict
    if not verdict.passed:
        return Refusal(Reason.REFERENCE_FAILS, f"it does not do the same each time: {verdict.detail}")
    return problem


async def trials(problem: Problem, executor: Executor) -> tuple[Trial, ...] | Refusal:
    """Mutants of the reference, tried on its cases; refused if too few of them fail."""
    try:
        made = list(mutants("python", problem.canonical_solution, problem.entry_point, seed=0))[:MUTANTS]
        tried = await distinct(problem, made, [executor])
    except (NotMutable, Ungradable, RecursionError) as error:
        return Refusal(Reason.MUTANTS_SURVIVE, str(error)[:300])
    running = sum(trial.compiled for trial in tried)
    dead = len(killed(tried))
    if dead < FEWEST_KILLED or dead < LEAST_SHARE * running:
        return Refusal(Reason.MUTANTS_SURVIVE, f"{dead} of {running} mutants fail")
    return tried


async def disagreement(problem: Problem, solutions: Sequence[str], executor: Executor) -> Refusal | None:
    """Why one of the ``solutions``, which are models' answers, is not what the reference is."""
    for number, solution in enumerate(solutions, 1):
        verdict = (await judge(problem, solution, executor)).verdict
        if not verdict.passed:
            why = f"solution {number} of {len(solutions)}: {verdict.status}: {verdict.detail}"
            return Refusal(Reason.DISAGREED, why[:300])
    return None


def fenced(code: str) -> str:
    """Code as a model would show it."""
    return f"```python\n{code.rstrip()}\n```\n"


def _problem(written: Written, expected: Sequence[Any]) -> Problem:
    cases = tuple(CallCase(arguments=given, expected=one) for given, one in zip(written.inputs, expected, strict=True))
    floats = any(part.kind is Kind.FLOAT for part in types.parse(written.result).parts())
    tests = Calls(
        parameters=tuple(parameter.type for parameter in written.parameters),
        result=written.result,
        cases=cases,
        tolerance=Tolerance(relative=1e-6, absolute=1e-6) if floats else None,
    )
    digest = hashlib.sha256(written.model_dump_json().encode()).hexdigest()
    return Problem(
        task_id=f"written/{digest[:16]}",
        prompt="",
        entry_point=written.function,
        tests=tests,
        canonical_solution=written.reference,
        shown=_shown(written),
    )


def _shown(written: Written) -> str:
    lines = "\n".join(f"- `{parameter.name}`: {parameter.type}" for parameter in written.parameters)
    head = f"def {written.function}({', '.join(parameter.name for parameter in written.parameters)}):"
    return (
        f"{written.statement.rstrip()}\n\nIts arguments, with their types:\n{lines}\n\nThe result: {written.result}\n\n"
        f"Write it in Python, with this signature:\n\n```python\n{head}\n```\n"
    )


def _blank(kind: Type) -> Any:
    """Some value of a type, as problems spell it."""
    match kind.kind:
        case Kind.TUPLE:
            return [_blank(held) for held in kind.of]
        case Kind.LIST | Kind.MAP:
            return []
        case Kind.OPTIONAL:
            return None
        case Kind.STRING:
            return ""
        case Kind.BOOL:
            return False
    return 0


def _keepable(value: Any) -> bool:
    """Whether JSON has it, and a file should."""
    try:
        return len(json.dumps(value, allow_nan=False)) <= LONGEST_VALUE
    except ValueError:
        return False


def _lines(code: str) -> list[str]:
    return [line.strip() for line in code.splitlines() if len(line.strip()) >= COPIED_LINE]


def _guessable(found: Sequence[Any]) -> str:
    """Why a guess would be right too often; empty if not."""
    results = [repr(value) for value in found]
    commonest = max(results.count(result) for result in set(results)) / len(results)
    truth = isinstance(found[0], bool)
    if commonest > (0.8 if truth else COMMONEST) or len(set(results)) < (2 if truth else FEWEST_RESULTS):
        return f"{len(set(results))} different results, {commonest:.0%} of them the same"
    return ""
