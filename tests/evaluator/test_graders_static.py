"""Answers compared by value, without running anything."""

import pytest

from evaluator.errors import Ungradable
from evaluator.graders import static
from evaluator.protocol import Problem, Status
from evaluator.suites import Static, Tolerance

PROBLEM = Problem(task_id="Static/0", prompt="", entry_point="", tests="", canonical_solution="")


def passes(answer: str, expected: str, kind: str = "value", tolerance: Tolerance | None = None) -> bool:
    tests = Static.model_validate({"answer": kind, "expected": expected, "tolerance": tolerance})
    return static.grade(PROBLEM, tests, answer).passed


SAME = [
    ("'a'", '"a"'),
    (" [1,2 , 3]\n", "[1, 2, 3]"),
    ("0x10", "16"),
    ("1_000", "1000"),
    ("1e3", "1000.0"),
    ("{2, 1}", "{1, 2}"),
    ("{'b': 2, 'a': 1}", "{'a': 1, 'b': 2}"),
    ("set()", "set()"),
    ("-1", "-1"),
    ("float('nan')", "nan"),
    ("-inf", "float('-inf')"),
    ("b'\\x00'", 'b"\\0"'),
    ("('a', None, True)", "('a',None,True)"),
    ("assert f(3) == [1]", "[1]"),
    ("f(3) == 'x'", "'x'"),
    ("It returns this.\n```python\n[1]\n```\n", "[1]"),
    ("thinking [2] ...\n[ANSWER]\n[1]\n[/ANSWER]\nsure", "[1]"),
    ("'a' 'b'", "'ab'"),
    ("1+2j", "1+2j"),
    ("0.0", "-0.0"),
]
OTHER = [
    ("1 or True", "1"),
    ("1", "1.0"),
    ("True", "1"),
    ("[1, 2]", "(1, 2)"),
    ("[1]", "[1, 2]"),
    ("{1: 'a'}", "{1.0: 'a'}"),
    ("{1}", "{True}"),
    ("'1'", "1"),
    ("f(3)", "3"),
    ("__import__('os')", "0"),
    ("", "''"),
    ("[" * 5000 + "]" * 5000, "[]"),
    ("-" * 50_000 + "1", "1"),
    ("9" * 60_000, "9"),
    ("9**9**9", "9"),
    ("{[]: 1}", "{}"),
    ("[*'ab']", "['a', 'b']"),
    ("\0", "0"),
    ("\ud800", "0"),
    ("-True", "-1"),
    ("{**{}}", "{}"),
    ("1\n2", "2"),
    ("lambda: 1", "1"),
    ("f'{1}'", "'1'"),
]


@pytest.mark.parametrize(("answer", "expected"), SAME)
def test_the_same_value_in_other_words_passes(answer: str, expected: str) -> None:
    assert passes(answer, expected)


@pytest.mark.parametrize(("answer", "expected"), OTHER, ids=range(len(OTHER)))
def test_anything_else_fails(answer: str, expected: str) -> None:
    assert not passes(answer, expected)


def test_floats_may_be_apart_where_the_problem_says_so() -> None:
    assert not passes("[0.30000000000000004]", "[0.3]")
    assert passes("[0.30000000000000004]", "[0.3]", tolerance=Tolerance(relative=1e-9))


@pytest.mark.parametrize("answer", ["3", "line 3", "[3]", "{3}", "Lines 3", "L3.", "3-3"])
def test_a_place_is_the_numbers_of_its_lines(answer: str) -> None:
    assert passes(answer, "3", "lines")
    assert not passes(answer, "4", "lines")


def test_several_lines_are_a_set() -> None:
    assert passes("lines 5 to 7", "7, 5, 6", "lines")
    assert passes("5-7", "5,6,7", "lines")
    assert not passes("1-100", "5", "lines")
    assert not passes("the bug is obvious", "5", "lines")
    assert not passes("0-999999999", "5", "lines")


def test_a_failure_says_what_was_got_and_expected() -> None:
    verdict = static.grade(PROBLEM, Static(answer="value", expected="[1]"), "[2]")
    assert verdict.status is Status.FAILED
    assert verdict.detail == "answered [2], expected [1]"
    assert verdict.failure is not None


def test_an_expected_answer_that_is_none_is_no_verdict() -> None:
    with pytest.raises(Ungradable, match="Static/0"):
        static.grade(PROBLEM, Static(answer="value", expected="f("), "1")
