"""Slips are real bugs: one place of the text, well typed, and another result for some input."""

import ast
import difflib
import random
from collections import Counter

import pytest

from validator.problems.mutation.rules import Bug
from validator.problems.synthesis import Synthesised, synthesise, targets
from validator.problems.synthesis.emitting.printer import emit
from validator.problems.synthesis.evaluating import Evaluator
from validator.problems.synthesis.slips.drawing import drawn, first, share, visible
from validator.problems.synthesis.slips.making import Slip, slips
from validator.problems.synthesis.slips.operators import BUGS, WORDS, Operator
from validator.problems.synthesis.slips.telling import lines, shown_by

SEEDS = range(1, 31)


@pytest.fixture(scope="module")
def problems() -> list[Synthesised]:
    return [synthesise(seed, 2 + seed % 7) for seed in SEEDS]


@pytest.fixture(scope="module")
def made(problems: list[Synthesised]) -> list[tuple[Synthesised, list[Slip]]]:
    return [(problem, list(slips(problem.program, random.Random(problem.seed)))) for problem in problems]


def test_every_operator_is_of_a_kind_that_is_described() -> None:
    assert set(BUGS) == set(Operator)
    assert {bug for bugs in BUGS.values() for bug in bugs} == set(WORDS) == set(Bug)


def test_most_operators_occur_and_show(problems: list[Synthesised]) -> None:
    found = Counter(slip.operator for problem in problems for slip in drawn(problem, "test"))
    assert len(found) >= 20, found
    assert max(found.values()) < found.total() / 3, found


def test_a_slip_changes_the_python_in_one_place_and_still_parses(made: list[tuple[Synthesised, list[Slip]]]) -> None:
    for problem, found in made[:10]:
        original = problem.reference("python").splitlines()
        for slip in found:
            text = emit(slip.program, "python")
            ast.parse(text)
            hunks = list(difflib.SequenceMatcher(None, original, text.splitlines(), autojunk=False).get_opcodes())
            assert sum(tag != "equal" for tag, *_ in hunks) == 1, (slip.operator, text)


def test_no_slip_comes_twice_and_none_is_the_original(made: list[tuple[Synthesised, list[Slip]]]) -> None:
    for problem, found in made:
        texts = [emit(slip.program, "python") for slip in found]
        assert len(set(texts)) == len(texts)
        assert problem.reference("python") not in texts


def test_the_cases_that_show_a_slip_are_those_that_it_answers_otherwise(problems: list[Synthesised]) -> None:
    for problem in problems[:8]:
        for slip in list(drawn(problem, "test"))[:10]:
            evaluate = Evaluator(slip.program)
            for number in shown_by(slip.program, problem.hidden, 5000):
                arguments, expected = problem.hidden[number]
                assert evaluate(*arguments) != expected


def test_the_reference_itself_is_shown_by_no_case(problems: list[Synthesised]) -> None:
    for problem in problems:
        assert list(shown_by(problem.program, problem.hidden, 50_000)) == []


@pytest.mark.heavy
def test_running_slips_leaves_the_cases_as_they_were(problems: list[Synthesised]) -> None:
    for problem in problems[:10]:
        before = repr(problem.hidden)
        for slip in slips(problem.program, random.Random(0)):
            list(shown_by(slip.program, problem.hidden, 2000))
        assert repr(problem.hidden) == before


def test_a_seed_and_a_purpose_decide_which_slip_comes_first(problems: list[Synthesised]) -> None:
    problem = problems[0]
    assert next(drawn(problem, "one")) == next(drawn(problem, "one"))
    assert len({next(drawn(problem, purpose)).program for purpose in "abcdef"}) > 1


@pytest.mark.parametrize("language", targets())
def test_a_visible_slip_stands_in_the_lines_that_it_is_said_to(language: str, problems: list[Synthesised]) -> None:
    for problem in problems[:6]:
        original = problem.reference(language).splitlines()
        for _, text, found in list(visible(problem, language, "test"))[:8]:
            changed = text.splitlines()
            assert 1 <= len(found) <= 3
            assert all(1 <= line <= len(changed) for line in found)
            first_line, last = found[0], found[-1]
            if len(original) <= len(changed):
                restored = [*changed[: first_line - 1], *changed[last:]]
                assert all(line in original for line in restored)
            else:
                assert changed[:first_line] == original[:first_line]


def test_lines_are_those_of_the_changed_text() -> None:
    assert lines("a\nb\nc\n", "a\nx\nc\n") == (2,)
    assert lines("a\nb\nc\n", "a\nc\n") == (1, 2)
    assert lines("a\nb\n", "a\n") == (1,)
    assert lines("a\nb\n", "a\nx\nb\n") == (2,)
    assert lines("a\na\nb\n", "a\nb\n") == (1, 2)


def test_two_places_are_no_place() -> None:
    assert lines("let mut a\nb\na = 1\n", "let a\nb\n") == ()
    assert lines("a\nb\nc\n", "x\nb\ny\n") == ()


def test_a_share_says_how_many_cases_show_a_slip(problems: list[Synthesised]) -> None:
    for problem in problems[:5]:
        ((slip, _, _),) = first(problem, "python", "test", 1)
        assert 0 < share(problem, slip) <= 1
