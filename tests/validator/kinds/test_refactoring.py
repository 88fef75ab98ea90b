"""Problems that ask for a simpler program: what they are made of, and that they are worth asking."""

from collections.abc import AsyncIterator
from functools import cache

import pytest
import pytest_asyncio

from evaluator.graders.refactoring import gain
from evaluator.judging import judge
from evaluator.metrics import measure
from evaluator.protocol import Executor
from evaluator.suites import Refactoring
from sandbox.local import open_sandbox
from validator.errors import SynthesisError
from validator.problems.kinds import languages, make
from validator.problems.protocol import Kind, Made, Recipe
from validator.problems.verifying import fault

ALL = [language for _, language in languages(Kind.REFACTORING)]


@cache
def several(count: int, language: str = "python", variant: bytes = b"v") -> tuple[Made, ...]:
    """Of the first seeds, those of which something can be made."""
    found = []
    for seed in range(count):
        try:
            recipe = Recipe(kind=Kind.REFACTORING, seed=seed, depth=2 + seed % 7, language=language)
            found.append(make(recipe, variant))
        except SynthesisError:
            continue
    assert len(found) >= 0.9 * count
    return tuple(found)


@pytest_asyncio.fixture(scope="module")
async def executor(engine: None) -> AsyncIterator[Executor]:
    async with open_sandbox(ALL, slots=1) as sandbox, sandbox.lease() as lease:
        yield lease


def test_the_same_recipe_gives_the_same_problem() -> None:
    for made in several(6):
        assert make(made.recipe, made.variant) == made
    assert [made.problem for made in several(6)] != [made.problem for made in several(6, variant=b"w")]


@pytest.mark.parametrize("language", ALL)
def test_there_is_something_to_gain_and_wrong_answers_gain_nothing(language: str) -> None:
    for made in several(10, language):
        tests, shown = made.problem.tests, made.problem.shown
        assert isinstance(tests, Refactoring)
        assert tests.given.complexity >= 1.5 * tests.clean.complexity
        assert tests.given.tokens > tests.clean.tokens
        assert len(tests.calls.cases) >= 30
        assert shown is not None
        assert f"`{made.problem.entry_point}` keeps its name" in shown
        for wrong in made.wrong:
            code = wrong.partition("\n")[2].rpartition("```")[0]
            assert gain(tests.given, measure(language, code), tests.clean) == 0.0


def test_the_clean_program_is_not_shown() -> None:
    for made in several(20):
        assert made.problem.shown is not None
        assert made.problem.canonical_solution not in made.problem.shown


async def test_references_pass_and_what_is_wrong_does_not(executor: Executor) -> None:
    for made in several(20):
        assert await fault(made, executor) == "", made.problem.task_id


@pytest.mark.heavy
@pytest.mark.parametrize("language", [language for language in ALL if language != "python"])
async def test_so_it_is_in_every_language(language: str, executor: Executor) -> None:
    for made in several(2, language):
        assert await fault(made, executor) == "", made.problem.task_id


@pytest.mark.heavy
async def test_the_answer_to_another_variant_does_not_pass(executor: Executor) -> None:
    pairs = zip(several(20), several(20, variant=b"w"), strict=False)
    passed = [(await judge(mine.problem, other.right, executor)).verdict.passed for mine, other in pairs]
    assert sum(passed) <= 1
