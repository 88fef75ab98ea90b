"""HumanEval+: HumanEval's problems with some 760 inputs each (Liu et al. 2023, arXiv 2305.01210).

The expected answers are those of the canonical solution, which runs beside the tests, in their process.
"""

import gzip
import json
from pathlib import Path
from typing import Any

from evaluator.errors import BadBenchmark
from evaluator.protocol import Problem

TESTS = """
import copy, json

CASES = json.loads({inputs!r})
REFERENCE = {{"__name__": "tests"}}
exec({canonical!r}, REFERENCE)

def same(got, expected):
    if isinstance(expected, float) and type(got) in (int, float):
        return got == expected or abs(got - expected) <= {tolerance!r} + 1e-7 * abs(expected) or got != got != expected
    if type(expected) in (list, tuple) and type(got) in (list, tuple):
        return len(got) == len(expected) and all(map(same, got, expected))
    return got == expected

def check(candidate):
    for arguments in CASES:
        expected = REFERENCE[{entry_point!r}](*copy.deepcopy(arguments))
        got = candidate(*arguments)
        assert same(got, expected)
"""


def humanevalplus(path: Path, inputs: int | None = None) -> tuple[Problem, ...]:
    """The 164 problems in ``path`` (version 0.1.10), each with its first ``inputs`` inputs. Raises BadBenchmark."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            return tuple(_problem(json.loads(line), inputs) for line in file)
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise BadBenchmark(f"{path}: not HumanEval+ 0.1.10: {error!r}") from error


def _problem(task: dict[str, Any], inputs: int | None) -> Problem:
    cases = [*_inputs(task["base_input"]), *_inputs(task["plus_input"])]
    return Problem(
        task_id=task["task_id"],
        prompt=task["prompt"],
        entry_point=task["entry_point"],
        tests=TESTS.format(
            inputs=json.dumps(cases[:inputs]),
            canonical=task["prompt"] + task["canonical_solution"],
            tolerance=float(task["atol"]),
            entry_point=task["entry_point"],
        ),
        canonical_solution=task["canonical_solution"],
    )


def _inputs(field: Any) -> list[Any]:
    """A list, or a list that is spelled as JSON: the file has both."""
    inputs: list[Any] = json.loads(field) if isinstance(field, str) else field
    return inputs
