"""What programs mean, and where they go outside what all languages agree on."""

from dataclasses import replace
from typing import Any

import pytest

from evaluator.graders.types import Type, parse
from validator.errors import BadIdiom, Fault
from validator.problems.synthesis.evaluating import Evaluator
from validator.problems.synthesis.reading import read
from validator.problems.synthesis.tree import Call, Function, Name, Program, Return, pruned, renamed

INT = parse("int")


def function(code: str, gives: str = "int", **parameters: str) -> Function:
    kinds: list[tuple[str, Type]] = [(name, parse(kind)) for name, kind in parameters.items()]
    return read("solve", kinds, parse(gives), code, {"k": 3}, {})


def evaluate(code: str, *given: Any, gives: str = "int", **parameters: str) -> Any:
    return Evaluator(Program((function(code, gives, **parameters),)), 1000)(*given)


@pytest.mark.parametrize(("given", "quotient", "rest"), [(7, 2, 1), (-7, -3, 2), (0, 0, 0), (-9, -3, 0)])
def test_division_is_floored(given: int, quotient: int, rest: int) -> None:
    assert evaluate("return x // k", given, x="int") == quotient
    assert evaluate("return x % k", given, x="int") == rest


FAULTS = {
    "a divisor of 0": "return 1 // x",
    "a divisor of -1": "return 1 % (x - 1)",
    "beyond 2\\*\\*53": "return (x + 94906267) * 94906267",
    "index 0 of 0": "found: list[int] = []\nreturn found[x]",
    "index -1 of 1": "found = [1]\nfound[x - 1] = 2\nreturn 0",
    "nothing to pop": "found: list[int] = []\nfound.pop()\nreturn 0",
    "no number": 'return int("1x")',
    "a slice from 2 to 1": 'return len("ab"[2:1])',
    "no key": "found: map[int, int] = {}\nreturn found[x]",
    "more than 1000 steps": "while x == 0:\n    x = 0\nreturn x",
    "without a result": "if x == 1:\n    return 1",
}


@pytest.mark.parametrize("why", FAULTS)
def test_what_languages_disagree_about_is_a_fault(why: str) -> None:
    with pytest.raises(Fault, match=why):
        evaluate(FAULTS[why], 0, x="int")


def test_splitting_nothing_gives_no_parts() -> None:
    assert evaluate('return split(s, ",")', "", gives="list[string]", s="string") == []
    assert evaluate('return split(s, ",")', "a,,b", gives="list[string]", s="string") == ["a", "", "b"]


def test_loops_can_be_left_and_gone_on_with() -> None:
    loop = "for x in xs:\n    if x < 0:\n        break\n    if x == 2:\n        continue\n    total += x\n"
    code = f"total = 0\n{loop}return total"
    assert evaluate(code, [1, 2, 3, -1, 5], xs="list[int]") == 4


def test_counting_down_goes_from_before_the_end_to_the_start() -> None:
    code = "found: list[int] = []\nfor i in range(3, 0, -1):\n    found.append(i)\nreturn found"
    assert evaluate(code, gives="list[int]") == [2, 1, 0]


NONSENSE = {
    "expected int, got string": 'return "a"',
    "no add of int, string": 'return 1 + "a"',
    "not known": "return y",
    "no such statement": "with x:\n    pass",
    "total is int, and gets bool": "total = 0\ntotal = True\nreturn total",
    "no shout of int": "return shout(x)",
}


@pytest.mark.parametrize("why", NONSENSE)
def test_nonsense_is_told_with_the_block_and_the_words(why: str) -> None:
    with pytest.raises(BadIdiom, match=f"solve: .*{why}"):
        evaluate(NONSENSE[why], 0, x="int")


def test_a_function_of_one_expression_is_written_out_where_it_is_called() -> None:
    double = read("double", [("n", INT)], INT, "return n * 2", {}, {})
    code = "return f(x) + f(3)"
    whole = read("solve", [("x", INT)], INT, code, {}, {"f": double})
    assert Evaluator(Program((whole,)))(5) == 16


def test_what_changes_nothing_is_left_out() -> None:
    for code in ("return x * 1", "return x + 0", "return x - 0"):
        (left,) = function(code, x="int").body
        assert left == Return(Name(INT, "x"))
    assert evaluate("return x + -4", 10, x="int") == evaluate("return x - 4", 10, x="int") == 6


def test_functions_that_nothing_calls_are_left_out() -> None:
    used, unused = function("return 1"), replace(function("return 2"), name="unused")
    entry = Function("entry", (), INT, (Return(Call(INT, "solve", ())),))
    assert pruned(Program((unused, used, entry))).functions == (used, entry)


def test_renaming_reaches_calls_inside_blocks() -> None:
    helper = read("double", [("n", INT)], INT, "m = n\nreturn m * 2", {}, {})
    code = "for i in range(3):\n    if i == x:\n        return f(i) + f(f(1))\nreturn 0"
    whole = read("solve", [("x", INT)], INT, code, {}, {"f": helper})
    both = Program((renamed(helper, "_9"), renamed(whole, "_9")))
    assert both.entry.name == "solve_9"
    assert Evaluator(both)(2) == 8
