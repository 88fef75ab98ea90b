"""Repair: the mended program passes, the buggy one and another buggy one do not, in every language."""

from collections.abc import AsyncIterator

import pytest

from evaluator.extraction import extract
from evaluator.judging import judge
from sandbox.local import open_sandbox
from sandbox.pool import Pool
from validator.problems.kinds import languages, make
from validator.problems.protocol import Kind, Made, Recipe
from validator.problems.synthesis import targets
from validator.problems.verifying import fault

SEEDS = range(201, 221)
QUICK = ("python", "javascript")
BY_COST = [pytest.param(language, marks=() if language in QUICK else pytest.mark.heavy) for language in targets()]
"""Compilers take long."""


def repair(seed: int, language: str = "python", variant: bytes = b"") -> Made:
    return make(Recipe(kind=Kind.REPAIR, seed=seed, depth=2 + seed % 5, language=language), variant)


@pytest.fixture(scope="module")
async def pool(engine: None) -> AsyncIterator[Pool]:
    async with open_sandbox(targets(), slots=1) as sandbox:
        yield sandbox


def test_there_is_one_for_each_language() -> None:
    assert languages(Kind.REPAIR) == tuple(("", language) for language in targets())


@pytest.mark.parametrize("language", targets())
def test_a_recipe_gives_the_same_bytes_each_time(language: str) -> None:
    assert repr(repair(201, language)) == repr(repair(201, language))
    assert repair(201, language).problem.shown != repair(201, language, b"a miner").problem.shown


@pytest.mark.parametrize("language", targets())
def test_what_is_shown_is_the_buggy_program_and_not_the_right_one(language: str) -> None:
    for seed in SEEDS[:5]:
        made = repair(seed, language)
        shown = made.problem.shown or ""
        assert made.wrong[0] in shown
        assert made.problem.canonical_solution not in shown
        assert made.right not in shown
        assert made.problem.entry_point in shown
        assert shown.count("```") == 2


def test_the_task_is_told_with_its_examples_and_without_hidden_cases() -> None:
    for seed in SEEDS:
        shown = repair(seed).problem.shown or ""
        assert "> Examples:" in shown
        assert "hidden" not in shown


def test_wrong_answers_differ_from_the_right_one_in_one_place() -> None:
    for seed in SEEDS:
        made = repair(seed)
        right = made.right.splitlines()
        for wrong in made.wrong:
            lines = wrong.splitlines()
            assert wrong != made.right
            assert abs(len(lines) - len(right)) <= 5
            assert len(set(right) ^ set(lines)) <= 6


def test_problems_differ_in_what_they_ask_for() -> None:
    assert len({repair(seed).behaviour for seed in SEEDS}) == len(SEEDS)


def test_the_answer_that_comes_first_in_prose_is_found() -> None:
    made = repair(203, "go")
    answer = f"The bug is an off-by-one.\n\n{made.right}\nI changed one line."
    assert extract(made.problem, answer) == extract(made.problem, made.right)


@pytest.mark.parametrize("language", BY_COST)
async def test_the_right_answer_passes_and_the_wrong_ones_do_not(language: str, pool: Pool) -> None:
    async with pool.lease() as lease:
        for seed in SEEDS[:2]:
            assert await fault(repair(seed, language), lease) == ""


@pytest.mark.heavy
async def test_the_right_answer_to_another_variant_does_not_pass(pool: Pool) -> None:
    copied = []
    async with pool.lease() as lease:
        for seed in SEEDS:
            ours, theirs = repair(seed, variant=b"us"), repair(seed, variant=b"them")
            answer = theirs.right.replace(theirs.problem.entry_point, ours.problem.entry_point)
            if (await judge(ours.problem, answer, lease)).verdict.passed:
                copied.append(seed)
    assert len(copied) <= 0.05 * len(SEEDS), copied
