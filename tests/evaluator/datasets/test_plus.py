"""HumanEval+ and MBPP+: their inputs, their oracles, and what their harness would otherwise know."""

import json
from pathlib import Path
from typing import Any

import pytest

from evaluator.datasets import load
from evaluator.datasets.plus import answered
from evaluator.errors import BadBenchmark
from evaluator.graders import assemble, grade
from evaluator.protocol import Executor, Problem

SIMILAR: dict[str, Any] = {
    "task_id": "Mbpp/2", "prompt": '"""\nThe shared elements.\n"""\n', "entry_point": "similar_elements", "atol": 0,
    "canonical_solution": "\ndef similar_elements(a, b):\n    return tuple(set(a) & set(b))\n", "contract": "",
    "base_input": [[[3, 4, 5, 6], [5, 7, 4, 10]]], "plus_input": [[[], [1]]],
}  # fmt: skip
SHAPES = {
    "Mbpp/63": ([[[1, 2], [3, 4]]], "[(1, 2), (3, 4)]"),
    "Mbpp/75": ([[[1, 2]], 3], "[(1, 2)], 3"),
    "Mbpp/106": ([[1], [2]], "[1], (2,)"),
    "Mbpp/115": ([[[1, 2], []]], "[{1, 2}, {}]"),
    "Mbpp/124": (["1", "2j"], "1.0, 2j"),
    "Mbpp/250": ([[1], 2], "(1,), 2"),
    "Mbpp/252": (["1+2j"], "(1+2j)"),
    "Mbpp/259": ([[[1], [2]], [[3]]], "((1,), (2,)), ((3,),)"),
    "Mbpp/278": ([[1, [2, 3]]], "(1, (2, 3))"),
    "Mbpp/307": ([[1], 2, 3], "(1,), 2, 3"),
    "Mbpp/580": ([[1, [2, [3]]]], "(1, (2, (3,)))"),
    "Mbpp/722": ([{"a": [1]}, 2], "{'a': (1,)}, 2"),
    "Mbpp/11": ([[1], "x"], "[1], 'x'"),
}


def problem(path: Path, task: dict[str, Any], benchmark: str = "mbpp+") -> Problem:
    path.write_text(json.dumps(task) + "\n")
    (found,) = load(benchmark, path)
    return found


async def passes(asked: Problem, code: str, executor: Executor) -> bool:
    return grade(asked, await executor.execute(assemble(asked, code))).passed


async def test_what_evalplus_compares_as_sets_is(executor: Executor, tmp_path: Path) -> None:
    asked = problem(tmp_path / "p.jsonl", SIMILAR)
    solution = SIMILAR["canonical_solution"]
    assert await passes(asked, solution, executor)
    assert await passes(asked, solution.replace("tuple(set(a) & set(b))", "sorted(set(a) & set(b))[::-1]"), executor)
    assert not await passes(asked, solution.replace("&", "|"), executor)
    assert not await passes(asked, solution.replace("set(b)", "set(b) - {4}"), executor)


@pytest.mark.parametrize(("task_id", "case"), SHAPES.items(), ids=SHAPES)
async def test_inputs_have_the_types_that_the_harness_gives_them(
    task_id: str, case: tuple[list[Any], str], executor: Executor, tmp_path: Path
) -> None:
    """The reference accepts nothing else, and tells by raising."""
    given, meant = case
    reference = f"def f(*got):\n    wanted = ({meant},)\n    assert repr(got) == repr(wanted), got\n    return 1\n"
    task = {**SIMILAR, "task_id": task_id, "entry_point": "f", "canonical_solution": reference, "base_input": [given]}
    asked = problem(tmp_path / "p.jsonl", {**task, "plus_input": []})
    assert await passes(asked, reference, executor)


async def test_a_solution_may_be_called_check(executor: Executor, tmp_path: Path) -> None:
    """Mbpp/56's is, which is what the tests are called where they are a function."""
    task = {**SIMILAR, "entry_point": "check", "canonical_solution": "def check(a, b):\n    return len(a) - len(b)\n"}
    asked = problem(tmp_path / "p.jsonl", task)
    assert await passes(asked, task["canonical_solution"], executor)
    assert not await passes(asked, "def check(a, b):\n    return len(a) + len(b)\n", executor)


async def test_floats_may_differ_by_what_evalplus_enforces(executor: Executor, tmp_path: Path) -> None:
    task = {**SIMILAR, "entry_point": "f", "canonical_solution": "def f(x):\n    return [x / 3, 1]\n"}
    asked = problem(tmp_path / "p.jsonl", {**task, "base_input": [[1.0]], "plus_input": "[[2.0]]"}, "humaneval+")
    assert await passes(asked, "def f(x):\n    return [x / 3 + 1e-7, 1]\n", executor)
    assert not await passes(asked, "def f(x):\n    return [x / 3 + 1e-5, 1]\n", executor)
    assert not await passes(asked, "def f(x):\n    return [x / 3, 2]\n", executor)
    assert not await passes(asked, "def f(x):\n    return [x / 3 + 1e-5 * (x == 2.0), 1]\n", executor)


async def test_a_zero_is_right_as_near_as_a_double_can_be(executor: Executor, tmp_path: Path) -> None:
    solution = "def find_zero(xs):\n    return -xs[0] / xs[1]\n"
    task = {**SIMILAR, "entry_point": "find_zero", "atol": 1e-4, "canonical_solution": solution, "plus_input": []}
    asked = problem(tmp_path / "p.jsonl", {**task, "base_input": [[[1, 3]], [[1e15, 3.7]]]}, "humaneval+")
    assert await passes(asked, solution, executor)
    assert not await passes(asked, solution.replace("xs[1]", "xs[1] + 1e-3"), executor)


def test_inputs_that_are_none_are_refused(tmp_path: Path) -> None:
    for broken, said in (("{", "not JSON"), (3, "expected a list of inputs, got int")):
        with pytest.raises(BadBenchmark, match=f"line 1: .*{said}"):
            problem(tmp_path / "p.jsonl", {**SIMILAR, "plus_input": broken})


async def test_a_known_answer_needs_no_reference_and_any_other_is_judged_as_before(
    executor: Executor, tmp_path: Path
) -> None:
    """The reference of the answered problem is made wrong: only its digests can pass what was right."""
    (asked,) = await answered([problem(tmp_path / "p.jsonl", SIMILAR)], executor)
    solution = SIMILAR["canonical_solution"]
    assert isinstance(asked.tests, str)
    spoilt = asked.model_copy(update={"tests": asked.tests.replace("set(a) & set(b)", "set(a) - set(b)")})
    assert spoilt != asked
    assert await passes(spoilt, solution, executor)
    assert not await passes(spoilt, solution.replace("tuple(set(a) & set(b))", "sorted(set(a) & set(b))"), executor)
    assert await passes(asked, solution.replace("tuple(set(a) & set(b))", "sorted(set(a) & set(b))[::-1]"), executor)
    assert not await passes(asked, solution.replace("&", "|"), executor)


async def test_a_problem_whose_solution_does_not_end_well_is_left_as_it_is(executor: Executor, tmp_path: Path) -> None:
    asked = problem(
        tmp_path / "p.jsonl", {**SIMILAR, "canonical_solution": "\ndef similar_elements(a, b): return 1 / 0\n"}
    )
    assert await answered([asked], executor) == (asked,)
