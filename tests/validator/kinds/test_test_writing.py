"""Suites to be written: those made from the hidden cases pass, lazy ones do not."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from evaluator.judging import judge
from evaluator.protocol import Verdict
from evaluator.suites import Implementations
from sandbox.lease import Lease
from sandbox.local import open_sandbox
from validator.errors import SynthesisError, UnknownTarget
from validator.problems.kinds import make
from validator.problems.kinds.test_writing import FEWEST, MOST
from validator.problems.protocol import Kind, Made, Recipe
from validator.problems.verifying import fault


def recipe(seed: int) -> Recipe:
    return Recipe(kind=Kind.TEST_WRITING, seed=seed, depth=2 + seed % 7)


@pytest.fixture(scope="module")
def made() -> list[Made]:
    found = []
    for seed in range(100, 124):
        try:
            found.append(make(recipe(seed)))
        except SynthesisError:
            continue
    return found


@pytest_asyncio.fixture(scope="module")
async def lease(engine: None) -> AsyncIterator[Lease]:
    async with open_sandbox(["python"], slots=1) as sandbox, sandbox.lease() as lease:
        yield lease


async def verdict(problem: Made, answer: str, lease: Lease) -> Verdict:
    return (await judge(problem.problem, answer, lease)).verdict


def versions(problem: Made) -> Implementations:
    assert isinstance(problem.problem.tests, Implementations)
    return problem.problem.tests


def test_nearly_every_seed_gives_a_problem_with_enough_mistakes(made: list[Made]) -> None:
    assert len(made) >= 20
    for one in made:
        assert FEWEST <= len(versions(one).mistaken) <= MOST
        assert len({*versions(one).right, *versions(one).mistaken}) == len(versions(one).right) + len(
            versions(one).mistaken
        )


def test_the_same_recipe_and_variant_give_the_same_problem_and_another_variant_another(made: list[Made]) -> None:
    for one in made[:8]:
        assert make(one.recipe) == one
        other = make(one.recipe, b"other")
        assert versions(other).order != versions(one).order
        assert versions(other).mistaken != versions(one).mistaken


def test_a_statement_holds_neither_the_implementations_nor_their_number(made: list[Made]) -> None:
    for one in made:
        shown = str(one.problem.shown)
        assert "    return" not in shown
        assert one.problem.entry_point in shown
        assert f" {len(versions(one).mistaken)} " not in shown.partition("---")[0]


async def test_suites_of_hidden_cases_find_all_and_lazy_ones_too_little(made: list[Made], lease: Lease) -> None:
    faults = {one.problem.task_id: await fault(one, lease) for one in made[:5]}
    assert not any(faults.values()), faults
    assert (await verdict(made[5], made[5].right, lease)).credit == 1.0


@pytest.mark.heavy
async def test_many_suites_find_all_and_those_of_other_variants_nothing(made: list[Made], lease: Lease) -> None:
    for one in made:
        assert not await fault(one, lease), one.problem.task_id
        assert (await verdict(one, make(one.recipe, b"other").right, lease)).worth == 0.0


async def test_the_suite_of_another_miners_variant_earns_nothing(made: list[Made], lease: Lease) -> None:
    for one in made[:2]:
        found = await verdict(one, make(one.recipe, b"other").right, lease)
        assert found.worth == 0.0


async def test_a_suite_that_compares_with_a_solution_of_its_own_is_a_good_one(made: list[Made], lease: Lease) -> None:
    one = made[0]
    name = one.problem.entry_point
    calls = [
        line.strip().split(" == ")[0].removeprefix("assert ") for line in one.right.splitlines() if "assert" in line
    ]
    own = versions(one).right[0].replace(f"def {name}(", "def own(")
    checks = "\n".join(f"assert {call} == {call.replace(name, 'own', 1)}" for call in calls)
    assert (await verdict(one, f"```python\n{own}\n{checks}\n```", lease)).credit == 1.0


async def test_the_statement_as_an_answer_earns_nothing(made: list[Made], lease: Lease) -> None:
    for one in made[:2]:
        assert (await verdict(one, str(one.problem.shown), lease)).worth == 0.0


def test_suites_are_asked_for_in_python_only() -> None:
    with pytest.raises(UnknownTarget):
        make(Recipe(kind=Kind.TEST_WRITING, seed=1, language="rust"))
