"""HumanEval+ and MBPP+: the problems of both with hundreds of inputs each (Liu et al. 2023, arXiv 2305.01210).

The expected answers are those of the canonical solution, which runs beside the tests, in their process. ``answered``
has it run once for all, and not again for the answers that are exactly its own. Unlike evalplus, any answer to Mbpp/164
is not right.
"""

import json
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from evaluator.datasets import rows
from evaluator.errors import BadBenchmark
from evaluator.protocol import Executor, Problem
from sandbox.protocol import MEBIBYTE, Limits, Program, Run

LIMITS = Limits(cpu_seconds=60, wall_seconds=300, memory_bytes=1024 * MEBIBYTE, output_bytes=64 * 1024)
"""Some canonical solutions need seconds for their inputs, and run twice: once as the reference."""

TESTS = """
import copy, json, marshal, math
from _blake2 import blake2b  # hashlib's own, without the import of OpenSSL

SHAPES = {shapes!r}

def shaped(value, shape):
    outer, _, inner = shape.rstrip("]").partition("[")
    if outer == "any":
        return value
    if outer == "deep":
        return tuple(shaped(item, shape) for item in value) if isinstance(value, list) else value
    if outer == "dict":
        return {{key: shaped(item, inner) for key, item in value.items()}}
    if outer == "set":
        return set(value) if isinstance(value, list) and value else {{}}
    if outer in ("float", "complex"):
        return (float if outer == "float" else complex)(value)
    if not isinstance(value, list):
        return value
    items = [shaped(item, inner) for item in value] if inner else value
    return tuple(items) if outer == "tuple" else items

CASES = json.loads({inputs!r})
if SHAPES:
    CASES = [[shaped(v, SHAPES[min(i, len(SHAPES) - 1)]) for i, v in enumerate(case)] for case in CASES]
REFERENCE = {{"__name__": "tests"}}
exec({canonical!r}, REFERENCE)
tolerance = {tolerance!r}

def same(got, expected):
    if isinstance(expected, float) and type(got) in (int, float):
        return got == expected or abs(got - expected) <= tolerance + 1e-7 * abs(expected) or got != got != expected
    if type(expected) in (list, tuple) and type(got) in (list, tuple):
        return len(got) == len(expected) and all(map(same, got, expected))
    return got == expected

def found(value):
    return value if isinstance(value, bool) else value is not None

def right(got, expected, arguments):
    return {oracle}

def reference(arguments):
    return REFERENCE[{entry_point!r}](*copy.deepcopy(arguments))

def digest(value):
    try:
        return blake2b(marshal.dumps(value, 2), digest_size=16).hexdigest()
    except ValueError:
        return ""

KNOWN = []

def known(number, got):
    return bool(KNOWN) and digest(got) == KNOWN[number] != ""

{head}
    for number, arguments in enumerate(CASES):
        got = candidate(*copy.deepcopy(arguments))
        assert known(number, got) or right(got, reference(arguments), arguments)
"""

UNKNOWN = "\nKNOWN = []\n"
DIGESTS = "\nimport sys\nsys.stdout.write('\\n' + json.dumps(list(map(digest, map(reference, CASES)))))\n"


class _Task(rows.Row, frozen=True):
    task_id: str
    prompt: str
    entry_point: str
    canonical_solution: str
    base_input: Any
    plus_input: Any
    atol: float = 0.0


def humanevalplus(path: Path, inputs: int | None = None) -> tuple[Problem, ...]:
    """HumanEval+ (version 0.1.10), each problem with its first ``inputs`` inputs, or all. Raises BadBenchmark."""
    return tuple(_problem(where, task, (), inputs) for where, task in rows.read(path, _Task))


def mbppplus(path: Path, inputs: int | None = None) -> tuple[Problem, ...]:
    """MBPP+ (version 0.2.0), as HumanEval+. Raises BadBenchmark."""
    tasks = rows.read(path, _Task)
    return tuple(_problem(where, task, _shapes().get(task.task_id, ()), inputs) for where, task in tasks)


async def answered(problems: Iterable[Problem], executor: Executor) -> tuple[Problem, ...]:
    """The problems with a digest of each answer of their canonical solutions, found by ``executor``.

    An answer that has it, bytes, types and order, needs no canonical solution run beside it; any other is judged as
    before. A problem whose canonical solution does not end well comes back as it was.
    """
    return tuple([await _answered(problem, executor) for problem in problems])


def is_unanswered(problem: Problem) -> bool:
    """Whether its canonical solution runs beside every completion."""
    return isinstance(problem.tests, str) and UNKNOWN in problem.tests


async def _answered(problem: Problem, executor: Executor) -> Problem:
    program = Program(language="python", source=f"{problem.tests}{DIGESTS}".encode(), runs=(Run(),), limits=LIMITS)
    (step,) = (await executor.execute(program)).runs
    if not step.succeeded:
        return problem
    digests: list[str] = json.loads(step.stdout.rpartition(b"\n")[2])
    known = str(problem.tests).replace(UNKNOWN, f"\nKNOWN = {digests!r}\n")
    return problem.model_copy(update={"tests": known})


def _problem(where: str, task: _Task, shapes: tuple[str, ...], inputs: int | None) -> Problem:
    cases = [*_inputs(where, task.base_input), *_inputs(where, task.plus_input)]
    return Problem(
        task_id=task.task_id,
        prompt=task.prompt,
        entry_point=task.entry_point,
        tests=TESTS.format(
            shapes=shapes,
            inputs=json.dumps(cases[:inputs]),
            canonical=task.prompt + task.canonical_solution,
            tolerance=task.atol or 1e-6,  # evalplus enforces that much for floats
            oracle=_table()["oracles"].get(task.entry_point, "same(got, expected)"),
            entry_point=task.entry_point,
            head="for candidate in [check]:" if task.entry_point == "check" else "def check(candidate):",
        ),
        canonical_solution=task.canonical_solution,
        limits=LIMITS,
    )


def _inputs(where: str, field: Any) -> list[Any]:
    """A list, or a list that is spelled as JSON: the files have both."""
    try:
        found = json.loads(field) if isinstance(field, str) else field
    except ValueError as error:
        raise BadBenchmark(f"{where}: inputs that are not JSON: {error}") from error
    if not isinstance(found, list):
        raise BadBenchmark(f"{where}: expected a list of inputs, got {type(found).__name__}")
    return found


def _shapes() -> dict[str, tuple[str, ...]]:
    table: dict[str, list[int]] = _table()["shapes"]
    return {f"Mbpp/{number}": tuple(shape.split(", ")) for shape, tasks in table.items() for number in tasks}


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("plus.toml").read_text())
