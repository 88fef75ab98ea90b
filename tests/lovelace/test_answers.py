"""What scripted miners know: right answers to their own variants, wrong ones that fail, and what a copier has."""

from collections.abc import AsyncIterator

import pytest_asyncio

from evaluator.judging import judge
from lovelace.rehearsal.answers import ROUND, Author, secret
from miner.engines.scripted import AnswerBook
from sandbox.local import open_sandbox
from sandbox.pool import Pool
from validator.problems.choosing import slots
from validator.problems.protocol import Recipe
from validator.problems.shares import shares
from validator.problems.variants import variant
from validator.problems.verifying import fill
from validator.problems.workshop import Workshop, open_workshop

SEED, PROBLEMS = 9, 16


@pytest_asyncio.fixture(scope="module")
async def sandbox(engine: None) -> AsyncIterator[Pool]:
    async with open_sandbox(["python"]) as pool:
        yield pool


@pytest_asyncio.fixture(scope="module")
async def workshop() -> AsyncIterator[Workshop]:
    async with open_workshop() as opened:
        yield opened


@pytest_asyncio.fixture(scope="module")
async def author(sandbox: Pool, workshop: Workshop) -> Author:
    async with sandbox.lease() as lease:
        places = slots(SEED, PROBLEMS, shares(), ["python"])
        recipes = await fill(places, workshop, lease, lambda *_: None, lambda _: None)
    return Author(workshop, secret(SEED), recipes)


async def passed(author: Author, sandbox: Pool, hotkey: str, book: AnswerBook) -> list[tuple[bool, bool]]:
    """Of each entry, whether its right and its wrong answer pass for ``hotkey``."""
    recipes: dict[str, Recipe] = {recipe.name: recipe for recipe in author.recipes}
    found = []
    async with sandbox.lease() as lease:
        for entry in book.entries:
            recipe = recipes[entry.task_id]
            made = await author.workshop.make(recipe, variant(author.secret, ROUND, hotkey, recipe))
            right, wrong = [await judge(made.problem, answer, lease) for answer in (entry.right, entry.wrong)]
            found.append((right.verdict.passed, wrong.verdict.passed))
    return found


async def test_right_answers_pass_and_wrong_ones_fail(author: Author, sandbox: Pool) -> None:
    book = await author.write("a")
    assert len(book.entries) == PROBLEMS
    assert await passed(author, sandbox, "a", book) == [(True, False)] * PROBLEMS


async def test_what_is_right_for_another_is_wrong(author: Author, sandbox: Pool) -> None:
    book = await author.write("a", copied_from="b")
    assert [right for right, _ in await passed(author, sandbox, "a", book)] == [False] * PROBLEMS


async def test_each_is_asked_in_words_of_its_own(author: Author) -> None:
    own, other = await author.write("a"), await author.write("b")
    assert [entry.task_id for entry in own.entries] == [entry.task_id for entry in other.entries]
    assert not {entry.prompt for entry in own.entries} & {entry.prompt for entry in other.entries}


async def test_the_same_secret_gives_the_same_book(author: Author) -> None:
    async with open_workshop() as another:
        again = await Author(another, secret(SEED), author.recipes).write("a")
    assert again == await author.write("a")
