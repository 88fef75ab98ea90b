"""Naming a bug: its place and kind by value; what a cheat would try earns nothing, or what a guess earns."""

import json
import random

import pytest

from evaluator.asking import ask
from evaluator.errors import Ungradable
from evaluator.graders import assemble, grader
from evaluator.graders.bug import LONGEST_OBJECT, MOST_NAMED, PLACE, grade
from evaluator.protocol import Grader, Problem, Status, Verdict
from evaluator.suites import Bug

KINDS = ("arithmetic", "boundary", "comparison", "missing")
TESTS = Bug(lines=(17,), bugs=("boundary", "comparison"), kinds=KINDS)
FIRST, LAST = 11, 50
RIGHT = '{"lines": [17], "bug": "boundary"}'


def problem(tests: Bug = TESTS) -> Problem:
    return Problem(task_id="b", prompt="", entry_point="f", tests=tests, canonical_solution="", shown="Where?")


def judged(answer: str, tests: Bug = TESTS) -> Verdict:
    return grade(problem(tests), tests, answer)


def named(lines: object, bug: object = "boundary") -> str:
    return json.dumps({"lines": lines, "bug": bug})


@pytest.mark.parametrize(
    "answer",
    [
        RIGHT,
        '{"bug":"comparison","lines":[17]}',
        f"Line 17 is wrong: it should be `<`, not `<=`.\n\n```json\n{RIGHT}\n```\nI hope that helps.",
        f"First I thought of {named([12])}, but it is\n{RIGHT}",
        '{\n  "lines": [\n    17\n  ],\n  "bug": "boundary"\n}',
        "The block {int x;} looks odd, and } too. " + RIGHT,
    ],
)
def test_the_right_place_and_kind_pass_in_any_prose(answer: str) -> None:
    verdict = judged(answer)
    assert (verdict.status, verdict.credit, verdict.grader) == (Status.PASSED, 1.0, Grader.BUG)


def test_the_place_without_the_kind_earns_a_part_and_does_not_pass() -> None:
    verdict = judged(named([17], "missing"))
    assert (verdict.passed, verdict.credit) == (False, PLACE)


def test_the_kind_without_the_place_earns_nothing() -> None:
    assert judged(named([18])).credit == 0.0


def test_each_line_around_a_gap_will_do() -> None:
    gap = TESTS.model_copy(update={"lines": (17, 18), "bugs": ("missing",)})
    assert all(judged(named(lines, "missing"), gap).credit == 1.0 for lines in ([17], [18], [18, 17]))


def test_naming_more_lines_is_worth_as_much_less() -> None:
    assert [judged(named([17, *range(30, 30 + n)])).credit for n in range(MOST_NAMED)] == [
        1 / (n + 1) for n in range(MOST_NAMED)
    ]
    assert not judged(named([17, 18])).passed


@pytest.mark.parametrize("count", range(1, MOST_NAMED + 1))
def test_lines_named_blindly_earn_their_share_of_the_program_however_many(count: int) -> None:
    rng = random.Random(count)
    guesses = [named(rng.sample(range(FIRST, LAST + 1), count)) for _ in range(4000)]
    mean = sum(judged(guess).credit or 0 for guess in guesses) / len(guesses)
    assert mean == pytest.approx(1 / (LAST - FIRST + 1), rel=0.35)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "Line 17, boundary.",
        "{}",
        "[17]",
        "true",
        named(list(range(FIRST, LAST + 1))),
        named([17] * 3),
        named([17, 17.0]),
        named([True]),
        named(["17"]),
        named([[17]]),
        named([]),
        named(17),
        named("17"),
        named({"17": 1}),
        named(None),
        named([1e400]),
        named([17], ["boundary", "missing"]),
        named([17], "boundary or missing"),
        named([17], "BOUNDARY"),
        named([17], ""),
        named([17], None),
        named([17], True),
        '{"lines": [17], "lines": [17], "bug": "boundary"}',
        '{"lines": [12], "bug": "missing", "bug": "boundary"}',
        '{"lines": [17], "bug": "boundary", "credit": 1}',
        '{"lines": [17], "bug": "boundary", "lines2": [18]}',
        '{"answers": [{"lines": [17], "bug": "boundary"}, {"lines": [18], "bug": "boundary"}]}',
        '{"lines": [0x11], "bug": "boundary"}',
        '{"lines": [17,], "bug": "boundary"}',
        "{'lines': [17], 'bug': 'boundary'}",
        '{"lines": range(1, 99), "bug": "boundary"}',
        '{"lines": [NaN], "bug": "boundary"}',
        '{"lines": [' + "1" * 900 + '], "bug": "boundary"}',
        '{"lines": [' + " " * LONGEST_OBJECT + '17], "bug": "boundary"}',
        '{"lines": ' + "[" * 900 + "17" + "]" * 900 + ', "bug": "boundary"}',
        '{"lines": [17], "bug": "bound\\u0000ary"}',
        '{"lines": [17], "bug": "boundаry"}',  # noqa: RUF001  a Cyrillic letter
    ],
)
def test_whatever_else_is_said_earns_nothing(answer: str) -> None:
    verdict = judged(answer)
    assert (verdict.status, verdict.credit) == (Status.FAILED, 0.0)
    assert len(verdict.detail) <= 400


def test_an_answer_for_every_line_counts_as_its_last_one() -> None:
    everything = "\n".join(named([line], kind) for line in range(FIRST, LAST + 1) for kind in KINDS)
    assert judged(everything).credit == 0.0
    assert judged(f"{RIGHT}\n{named([18])}").credit == 0.0


def test_an_answer_that_is_hidden_in_the_statement_repeated_is_not_found() -> None:
    assert judged('Answer with a JSON object such as\n\n    {"lines": [11], "bug": "arithmetic"}\n').credit == 0.0


@pytest.mark.parametrize("bomb", ["{" * 4_000_000, '{"lines": [17' * 300_000, "{}" * 2_000_000, '"' * 4_000_000])
def test_a_bomb_for_the_reader_earns_nothing(bomb: str) -> None:
    assert judged(bomb).credit == 0.0


def test_a_right_answer_behind_much_prose_is_found() -> None:
    assert judged("thinking " * 1_000_000 + RIGHT).passed


def test_nothing_is_run_and_nothing_is_put_around_the_question() -> None:
    assert grader(problem()) is Grader.BUG
    assert ask(problem()) == "Where?"
    with pytest.raises(Ungradable, match="its answers are not programs"):
        assemble(problem(), "")
