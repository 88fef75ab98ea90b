"""Problems that ask for a docstring: what they are made of, and that they are worth asking."""

from collections.abc import AsyncIterator
from functools import cache

import pytest
import pytest_asyncio

from evaluator.judging import judge
from evaluator.protocol import Executor
from evaluator.suites import Docstring
from sandbox.local import open_sandbox
from validator.errors import SynthesisError
from validator.problems.kinds import make
from validator.problems.protocol import Kind, Made, Recipe
from validator.problems.verifying import fault


@cache
def several(count: int, variant: bytes = b"v") -> tuple[Made, ...]:
    """Of the first seeds, those of which something can be made."""
    found = []
    for seed in range(count):
        try:
            found.append(make(Recipe(kind=Kind.DOCUMENTATION, seed=seed, depth=2 + seed % 7), variant))
        except SynthesisError:
            continue
    assert len(found) > 0.9 * count
    return tuple(found)


@pytest_asyncio.fixture(scope="module")
async def executor(engine: None) -> AsyncIterator[Executor]:
    async with open_sandbox(["python"], slots=1) as sandbox, sandbox.lease() as lease:
        yield lease


def test_the_same_recipe_gives_the_same_problem() -> None:
    for made in several(6):
        assert make(made.recipe, made.variant) == made
    assert [made.problem for made in several(6)] != [made.problem for made in several(6, b"w")]


@pytest.mark.parametrize("made", several(20), ids=lambda made: made.problem.task_id)
def test_the_statement_has_all_that_is_asked_and_nothing_of_the_tests(made: Made) -> None:
    tests, shown = made.problem.tests, made.problem.shown
    assert isinstance(tests, Docstring)
    assert shown is not None
    assert all(f"`{name}`" in shown for name, _ in tests.parameters)
    assert tests.source.strip() in shown
    assert "names the exception" in shown if tests.raises else "names the exception" not in shown
    assert not any(mutant.strip() in shown for mutant in tests.mutants if tests.raises == ())
    assert len(tests.mutants) >= 5
    assert len({tests.source, *tests.mutants}) == 1 + len(tests.mutants)


async def test_references_pass_and_what_is_wrong_does_not(executor: Executor) -> None:
    for made in several(30):
        assert await fault(made, executor) == "", made.problem.task_id
        assert (await judge(made.problem, made.right, executor)).verdict.credit == 1.0


@pytest.mark.heavy
async def test_the_answer_to_another_variant_does_not_pass(executor: Executor) -> None:
    pairs = zip(several(20), several(20, b"w"), strict=False)
    passed = [(await judge(mine.problem, other.right, executor)).verdict.passed for mine, other in pairs]
    assert sum(passed) <= 1
