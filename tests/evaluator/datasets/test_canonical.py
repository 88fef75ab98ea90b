"""What each benchmark says is right passes, and what is wrong by little does not; exceptions have their reasons."""

import ast
import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from evaluator.batch import Unjudged, judge_all
from evaluator.datasets import load
from evaluator.judging import Judgement
from evaluator.protocol import Problem
from evaluator.suites import Arguments, Static
from sandbox.local import open_sandbox
from sandbox.pool import Pool

pytestmark = pytest.mark.heavy

DATA = Path(__file__).parents[4] / "shared" / "data"
SOURCES = {
    "humaneval": None,
    "humaneval+": "humanevalplus/HumanEvalPlus.jsonl.gz",
    "mbpp": "mbpp-sanitized/sanitized-mbpp.json",
    "quixbugs": "quixbugs/quixbugs_python.jsonl",
    "cruxeval": "cruxeval/cruxeval.jsonl",
    "humaneval-x": "humaneval-x",
}
WRONG = {
    "HumanEval+/32": "Newton's method without a bound: whether it ends near a zero is a matter of how sum() rounds, "
    "which Python 3.12 changed",
    "Go/95": "the solution looks at the first one or two keys only, in the random order of a Go map",
    "JavaScript/112": "the solution returns (text, false), which is JavaScript for false",
    "JavaScript/155": "the solution counts no digit in 0, its test one",
    "Rust/50": "the test calls gen_range(low, high), which rand has not had since version 0.8",
}
"""Tasks whose own solution fails its own tests, and why. Go/95 passes now and then."""

FOREIGN = {
    10: "the solution calls a function that only HumanEval-X's prompt defines",
    51: "its tests break a string in the middle of a line, which is no JavaScript",
    87: "the solution makes pairs as (a, b), which is JavaScript for b",
    92: "its tests have 3.0 for no whole number, which JavaScript cannot know",
    103: "a half is rounded to even by its tests, and up by HumanEval-X's",
    112: "the solution returns (text, false), which is JavaScript for false",
    155: "the solution counts no digit in 0, the tests one",
}
"""Why HumanEval-X's JavaScript does not solve MultiPL-E's problem of that number."""


@pytest_asyncio.fixture(scope="module")
async def pool(engine: None) -> AsyncIterator[Pool]:
    async with open_sandbox(["python", "java", "javascript", "go-test", "rust-test"]) as sandbox:
        yield sandbox


def problems(name: str) -> tuple[Problem, ...]:
    source = SOURCES[name]
    return load(name, DATA / source if source else None)


async def not_passed(jobs: Sequence[tuple[Problem, str]], pool: Pool) -> dict[str, str]:
    """Why each did not pass, by task_id."""
    found: dict[int, Judgement | Unjudged] = {}
    await judge_all(jobs, pool, found.__setitem__)
    why = {}
    for index, (problem, _) in enumerate(jobs):
        one = found[index]
        if isinstance(one, Unjudged) or not one.verdict.passed:
            why[problem.task_id] = (
                one.why if isinstance(one, Unjudged) else f"{one.verdict.status}: {one.verdict.detail}"
            )
    return why


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("humaneval", 164),
        ("humaneval+", 164),
        ("mbpp", 427),
        ("quixbugs", 40),
        ("cruxeval", 1600),
        ("humaneval-x", 984),
    ],
)
async def test_every_canonical_solution_passes(name: str, number: int, pool: Pool) -> None:
    asked = problems(name)
    assert len(asked) == number
    failed = await not_passed([(problem, problem.canonical_solution) for problem in asked], pool)
    known = {task.replace("HumanEval+/", "HumanEval/") for task in WRONG if name == "humaneval+" or "+" not in task}
    assert {task: why for task, why in failed.items() if task not in known} == {}
    expected = {"humaneval+": {"HumanEval/32"}, "humaneval-x": set(WRONG) - {"Go/95", "HumanEval+/32"}}
    assert expected.get(name, set()) <= set(failed)


def another(literal: str) -> str:
    """A literal like it, of another value."""
    value: Any = ast.literal_eval(literal)
    match value:
        case bool():
            return repr(not value)
        case int() | float():
            return repr(value + 1)
        case str():
            return repr(value + "x")
        case list():
            return repr([*value, 0])
        case tuple():
            return repr((*value, 0))
        case dict():
            return repr({**value, "another": 0})
        case _:
            return repr([value])


async def test_a_wrong_literal_fails_both_ways(pool: Pool) -> None:
    wrong_outputs, wrong_inputs = [], []
    for problem in problems("cruxeval"):
        match problem.tests:
            case Static(expected=expected):
                wrong_outputs.append((problem, another(expected)))
            case Arguments(expected=expected) as tests:
                asked = tests.model_copy(update={"expected": another(expected)})
                wrong_inputs.append((problem.model_copy(update={"tests": asked}), problem.canonical_solution))
    assert (len(wrong_outputs), len(wrong_inputs)) == (800, 800)
    assert len(await not_passed(wrong_outputs, pool)) == 800
    assert len(await not_passed(wrong_inputs, pool)) == 800


async def test_one_suites_solutions_solve_the_others_problems(pool: Pool) -> None:
    """MultiPL-E has no solutions of its own. HumanEval-X's JavaScript bodies fit its prompts."""
    bodies = {problem.task_id: problem for problem in load("humaneval-x", DATA / "humaneval-x/humaneval_js.jsonl.gz")}
    jobs = []
    for asked in load("multipl-e", DATA / "multipl-e/humaneval-js.jsonl.gz"):
        known = bodies[f"JavaScript/{asked.task_id.split('_')[1]}"]
        body = re.sub(rf"\b{re.escape(known.entry_point)}\b", asked.entry_point, known.canonical_solution)
        jobs.append((asked, body))
    failed = await not_passed(jobs, pool)
    assert {int(task_id.split("_")[1]) for task_id in failed} == set(FOREIGN), failed
