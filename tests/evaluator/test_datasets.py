"""Benchmarks by name."""

import pytest

from evaluator.datasets import load
from evaluator.errors import UnknownBenchmark


def test_humaneval_has_164_problems_with_their_tests() -> None:
    problems = load("humaneval")
    assert [problem.task_id for problem in problems] == [f"HumanEval/{number}" for number in range(164)]
    assert all(f"def {problem.entry_point}(" in problem.prompt for problem in problems)
    assert all("def check(candidate)" in problem.tests for problem in problems)


def test_an_unknown_benchmark_is_answered_with_those_there_are() -> None:
    with pytest.raises(UnknownBenchmark, match=r"'humanevil'; there are: humaneval, .*quixbugs"):
        load("humanevil")
