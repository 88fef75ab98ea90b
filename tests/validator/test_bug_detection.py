"""Bug detection: the line and the kind of a bug that is really there; guesses and copies earn next to nothing."""

import json
import re

import pytest

from evaluator.graders.bug import MOST_NAMED, PLACE, grade
from evaluator.suites import Bug
from validator.problems.kinds import languages, make
from validator.problems.kinds.bug_detection import KINDS
from validator.problems.protocol import Kind, Made, Recipe
from validator.problems.synthesis import synthesise, targets

SEEDS = range(301, 361)
LINE = re.compile(r"^ *(\d+)(?:  (.*))?$")


def detection(seed: int, language: str = "python", variant: bytes = b"") -> Made:
    recipe = Recipe(kind=Kind.BUG_DETECTION, seed=seed, depth=2 + seed % 5, language=language)
    return make(recipe, variant)


@pytest.fixture(scope="module")
def problems() -> list[Made]:
    return [detection(seed, targets()[seed % 7], b"a miner") for seed in SEEDS]


def asked_of(made: Made) -> Bug:
    assert isinstance(made.problem.tests, Bug)
    return made.problem.tests


def shown_lines(made: Made) -> dict[int, str]:
    """The program, by the numbers that its lines are shown with."""
    program = (made.problem.shown or "").split("```")[1].strip("\n")
    found = [LINE.match(line) for line in program.split("\n")]
    return {int(line[1]): line[2] or "" for line in found if line}


def credit(made: Made, lines: list[int], bug: str) -> float:
    return grade(made.problem, asked_of(made), json.dumps({"lines": lines, "bug": bug})).credit or 0.0


def test_there_is_one_for_each_language() -> None:
    assert languages(Kind.BUG_DETECTION) == tuple(("", language) for language in targets())


def test_a_recipe_gives_the_same_bytes_each_time() -> None:
    assert repr(detection(301, "go", b"x")) == repr(detection(301, "go", b"x"))


def test_the_right_answer_passes_and_the_wrong_ones_do_not(problems: list[Made]) -> None:
    for made in problems:
        assert grade(made.problem, asked_of(made), made.right).credit == 1.0
        assert len(made.wrong) >= 2
        for wrong in made.wrong:
            verdict = grade(made.problem, asked_of(made), wrong)
            assert not verdict.passed
            assert (verdict.credit or 0) <= PLACE


def test_outside_the_lines_of_the_bug_the_program_is_the_reference() -> None:
    for seed in SEEDS:
        made = detection(seed, "python")
        reference = synthesise(seed, 2 + seed % 5).reference("python").splitlines()
        lines, named = shown_lines(made), asked_of(made).lines
        start = min(lines)
        assert set(named) <= set(lines)
        before = [lines[number] for number in range(start, min(named))]
        behind = [lines[number] for number in range(max(named) + 1, start + len(lines))]
        assert before == reference[: len(before)]
        assert behind == reference[len(reference) - len(behind) :]


def test_the_program_that_is_shown_is_not_the_reference() -> None:
    for seed in SEEDS:
        shown = list(shown_lines(detection(seed, "python")).values())
        assert shown != synthesise(seed, 2 + seed % 5).reference("python").splitlines()


def test_the_statement_says_all_that_an_answer_needs(problems: list[Made]) -> None:
    for made in problems:
        shown = made.problem.shown or ""
        assert all(f"- `{kind}`: " in shown for kind in KINDS)
        assert set(asked_of(made).bugs) <= set(KINDS) == set(asked_of(made).kinds)
        lines = sorted(shown_lines(made))
        assert f"from\n{lines[0]} to {lines[-1]};" in shown
        assert lines == list(range(lines[0], lines[-1] + 1))
        assert made.problem.canonical_solution == ""


def test_the_answer_given_as_an_example_is_worth_nothing(problems: list[Made]) -> None:
    worth = [grade(made.problem, asked_of(made), made.problem.shown or "").credit for made in problems]
    assert sum(map(bool, worth)) <= 2


@pytest.mark.heavy
def test_an_answer_to_another_variant_is_wrong() -> None:
    worth = []
    for seed in SEEDS:
        ours, theirs = detection(seed, variant=b"us"), detection(seed, variant=b"them")
        worth.append(grade(ours.problem, asked_of(ours), theirs.right).credit or 0)
    assert sum(worth) <= 0.05 * len(worth)


def test_no_blind_strategy_earns_a_fifth(problems: list[Made]) -> None:
    """The best that is known: a line with a certain word in it, drawn from all such lines, and the commonest kind."""
    words = ("", "return", "=", " - ", " + ", "<", "if", "for", "range", "max", "while", "%", "[")
    best = {}
    for word in words:
        for kind in KINDS:
            worth = []
            for made in problems:
                lines = [number for number, line in shown_lines(made).items() if word in line]
                worth.append(sum(credit(made, [line], kind) for line in lines) / max(1, len(lines)))
            best[word, kind] = sum(worth) / len(worth)
    assert max(best.values()) < 0.2, sorted(best.items(), key=lambda item: -item[1])[:3]


def test_naming_more_lines_never_pays(problems: list[Made]) -> None:
    for made in problems:
        lines = sorted(shown_lines(made))
        one = sum(credit(made, [line], "boundary") for line in lines) / len(lines)
        many = [lines[start : start + MOST_NAMED] for start in range(0, len(lines), MOST_NAMED)]
        whole = [group for group in many if len(group) == MOST_NAMED]
        best = max(credit(made, group, "boundary") for group in whole)
        assert best <= max(credit(made, [line], "boundary") for line in lines)
        assert sum(credit(made, group, "boundary") for group in whole) / len(many) <= one * 1.0001 + 1e-9


def test_kinds_and_places_are_spread(problems: list[Made]) -> None:
    kinds = [asked_of(made).bugs[0] for made in problems]
    assert len(set(kinds)) >= 7
    assert max(kinds.count(kind) for kind in kinds) <= 0.4 * len(kinds)
