"""Translation: the program in the other language passes, a slip in it does not, for all pairs of languages."""

from collections.abc import AsyncIterator

import pytest

from evaluator.judging import judge
from sandbox.local import open_sandbox
from sandbox.pool import Pool
from validator.errors import UnknownTarget
from validator.problems.kinds import languages, make
from validator.problems.protocol import Kind, Made, Recipe
from validator.problems.synthesis import synthesise, targets
from validator.problems.verifying import fault

PAIRS = languages(Kind.TRANSLATION)
QUICK = ("python", "javascript")
BY_COST = [pytest.param(language, marks=() if language in QUICK else pytest.mark.heavy) for language in targets()]
"""Compilers take long."""


def translation(seed: int, given: str, language: str, variant: bytes = b"") -> Made:
    recipe = Recipe(kind=Kind.TRANSLATION, seed=seed, depth=2 + seed % 4, given=given, language=language)
    return make(recipe, variant)


@pytest.fixture(scope="module")
async def pool(engine: None) -> AsyncIterator[Pool]:
    async with open_sandbox(targets(), slots=1) as sandbox:
        yield sandbox


def test_there_are_42_pairs() -> None:
    assert len(set(PAIRS)) == 42
    assert all(given != language for given, language in PAIRS)


@pytest.mark.parametrize(("given", "language"), [("", "go"), ("go", "go"), ("cobol", "go"), ("go", "cobol")])
def test_another_pair_is_refused(given: str, language: str) -> None:
    with pytest.raises(UnknownTarget, match="translation has no"):
        translation(1, given, language)


@pytest.mark.parametrize(("given", "language"), PAIRS)
def test_the_program_is_shown_and_its_translation_is_not(given: str, language: str) -> None:
    made = translation(31, given, language)
    source = synthesise(31, 2 + 31 % 4)
    shown = made.problem.shown or ""
    assert f"```{given}\n{source.reference(given).rstrip()}\n```" in shown
    assert source.reference(language) not in shown
    assert made.right == f"```{language}\n{source.reference(language).rstrip()}\n```\n"
    assert made.problem.entry_point in shown
    assert repr(translation(31, given, language)) == repr(made)


def test_the_task_is_not_told_in_words() -> None:
    for seed in range(31, 41):
        shown = translation(seed, "python", "rust").problem.shown or ""
        assert "Examples" not in shown
        assert "1. " not in shown


@pytest.mark.parametrize("language", BY_COST)
async def test_the_right_answer_passes_and_the_wrong_one_does_not(language: str, pool: Pool) -> None:
    given = next(given for given, other in PAIRS if other == language)
    async with pool.lease() as lease:
        for seed in (31, 32):
            assert await fault(translation(seed, given, language), lease) == ""


@pytest.mark.parametrize(("given", "language"), [("rust", "python"), ("java", "javascript"), ("javascript", "python")])
async def test_the_program_that_is_shown_is_no_answer(given: str, language: str, pool: Pool) -> None:
    made = translation(33, given, language)
    source = synthesise(33, 2 + 33 % 4).reference(given)
    async with pool.lease() as lease:
        for fence in (given, language):
            assert not (await judge(made.problem, f"```{fence}\n{source}```\n", lease)).verdict.passed


@pytest.mark.heavy
@pytest.mark.parametrize(("given", "language"), PAIRS)
async def test_every_pair_has_a_sound_problem(given: str, language: str, pool: Pool) -> None:
    made = translation(40 + PAIRS.index((given, language)), given, language)
    async with pool.lease() as lease:
        assert await fault(made, lease) == ""
