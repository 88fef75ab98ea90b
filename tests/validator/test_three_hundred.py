"""Three hundred problems of all kinds and languages: right answers pass, wrong ones and other miners' fail."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from itertools import islice

import pytest
import pytest_asyncio

from evaluator.judging import judge
from sandbox.local import open_sandbox
from sandbox.pool import Pool
from validator.problems.kinds import languages
from validator.problems.protocol import Kind, Made, Recipe
from validator.problems.report.asking import recipes
from validator.problems.synthesis import synthesise, targets
from validator.problems.synthesis.evaluating import Evaluator
from validator.problems.synthesis.trying import MOST_STEPS
from validator.problems.verifying import Finding, prove
from validator.problems.workshop import Workshop, open_workshop

COUNT, SEED = 300, 20_000
pytestmark = pytest.mark.heavy


@pytest_asyncio.fixture(scope="module")
async def workshop() -> AsyncIterator[Workshop]:
    async with open_workshop() as opened:
        yield opened


@pytest_asyncio.fixture(scope="module")
async def sandbox(engine: None) -> AsyncIterator[Pool]:
    async with open_sandbox(targets()) as pool:
        yield pool


@pytest_asyncio.fixture(scope="module")
async def found(workshop: Workshop, sandbox: Pool) -> Mapping[int, Finding]:
    """What came of each: every kind in turn, in each of its languages or pairs in turn."""
    findings: dict[int, Finding] = {}
    asked = [(recipe, b"one") for recipe in islice(recipes(SEED), COUNT)]
    await prove(asked, workshop, sandbox, findings.__setitem__)
    return findings


def proven(found: Mapping[int, Finding]) -> list[Made]:
    return [one.made for _, one in sorted(found.items()) if one.made and one.usable]


async def test_every_problem_that_is_made_is_proven(found: Mapping[int, Finding]) -> None:
    assert len(found) == COUNT
    assert {one.recipe.name: one.fault for one in found.values() if one.made and one.fault} == {}
    unmade = Counter(one.fault for one in found.values() if not one.made)
    assert unmade.total() <= COUNT * 0.1, unmade
    assert all(made.wrong for made in proven(found))


async def test_all_kinds_and_languages_are_there(found: Mapping[int, Finding]) -> None:
    pairs = {(made.recipe.kind, made.recipe.given, made.recipe.language) for made in proven(found)}
    for kind in Kind:
        here = {(given, language) for one, given, language in pairs if one is kind}
        asked = [one.recipe for one in found.values() if one.recipe.kind is kind]
        assert len(here) >= 0.8 * min(len(languages(kind)), len(asked)), (kind, here)
    assert {language for _, _, language in pairs} == set(targets())


async def test_no_two_of_a_kind_behave_alike(found: Mapping[int, Finding]) -> None:
    behaviours = Counter((made.recipe.kind, made.behaviour) for made in proven(found))
    assert {key: times for key, times in behaviours.items() if times > 1} == {}


async def test_another_miners_right_answer_fails(
    found: Mapping[int, Finding], workshop: Workshop, sandbox: Pool
) -> None:
    own = proven(found)
    others = [made async for made in workshop.all([(made.recipe, b"two") for made in own])]
    pairs = [(one, other.right) for one, other in zip(own, others, strict=True) if isinstance(other, Made)]
    assert len(pairs) >= len(own) * 0.95
    passed = await passing(pairs, sandbox)
    assert len(passed) <= len(pairs) * 0.05, passed


async def passing(pairs: Sequence[tuple[Made, str]], sandbox: Pool) -> list[str]:
    """The names of the problems that the answers beside them solve."""
    waiting, passed = iter(pairs), []

    async def work(pairs: Iterator[tuple[Made, str]]) -> None:
        async with sandbox.lease() as lease:
            for made, answer in pairs:
                if (await judge(made.problem, answer, lease)).verdict.passed:
                    passed.append(made.recipe.name)

    async with asyncio.TaskGroup() as group:
        for _ in range(sandbox.slots):
            group.create_task(work(waiting))
    return passed


async def test_examples_agree_with_hidden_tests_and_with_the_program(found: Mapping[int, Finding]) -> None:
    for recipe in {(made.recipe.seed, made.recipe.depth): made.recipe for made in proven(found)}.values():
        agree(recipe)


def agree(recipe: Recipe) -> None:
    made = synthesise(recipe.seed, recipe.depth, b"one")
    evaluate = Evaluator(made.program, MOST_STEPS)
    told: dict[str, str] = {}
    for arguments, result in (*made.examples, *made.hidden):
        assert evaluate(*arguments) == result, (recipe.name, arguments)
        assert told.setdefault(repr(arguments), repr(result)) == repr(result), (recipe.name, arguments)
    assert made.statement.count(" -> ") >= len(made.examples), recipe.name
