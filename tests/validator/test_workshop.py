"""Problems made in other processes are those that are made here; what goes wrong there is told here."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from validator.errors import BadRange, NoWorkshop, UnknownTarget, ValidatorError
from validator.problems.kinds import make
from validator.problems.protocol import Kind, Made, Recipe
from validator.problems.workshop import Workshop, open_workshop

RECIPE = Recipe(kind=Kind.GENERATION, seed=7)


@pytest_asyncio.fixture
async def workshop() -> AsyncIterator[Workshop]:
    async with open_workshop(2) as opened:
        yield opened


def children() -> set[int]:
    """The processes that make problems for us."""
    listed = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    return {int(pid) for pid in listed if b"problems.bench" in Path(f"/proc/{pid}/cmdline").read_bytes()}


async def test_it_is_the_same_problem(workshop: Workshop) -> None:
    for variant in (b"", b"one", b"two"):
        assert await workshop.make(RECIPE, variant) == make(RECIPE, variant)


async def test_all_come_in_their_order_and_failures_among_them(workshop: Workshop) -> None:
    asked = [(RECIPE.model_copy(update={"seed": seed}), b"x") for seed in range(20)]
    asked[3] = (RECIPE.model_copy(update={"depth": 9}), b"")
    found = [made async for made in workshop.all(asked)]
    assert isinstance(found[3], BadRange)
    assert all(one == made.recipe for (one, _), made in zip(asked, found, strict=True) if isinstance(made, Made))
    assert sum(isinstance(made, ValidatorError) for made in found) == 1


async def test_what_cannot_be_made_says_why(workshop: Workshop) -> None:
    with pytest.raises(UnknownTarget, match="cobol"):
        await workshop.make(RECIPE.model_copy(update={"language": "cobol"}))
    with pytest.raises(BadRange, match="the recipe is of version 99"):
        await workshop.make(RECIPE.model_copy(update={"version": 99}))


async def test_no_process_is_left(engine: None) -> None:
    before = children()
    async with open_workshop(2) as workshop:
        await asyncio.gather(*(workshop.make(RECIPE, bytes([number])) for number in range(6)))
        assert len(children() - before) == 2
    assert children() == before


async def test_a_process_that_dies_is_told_of_and_replaced(workshop: Workshop) -> None:
    before = children()
    await workshop.make(RECIPE)
    (bench,) = children() - before
    os.kill(bench, signal.SIGKILL)
    with pytest.raises(NoWorkshop, match="generation/7-4/python"):
        await workshop.make(RECIPE, b"another")
    assert (await workshop.make(RECIPE, b"another")).variant == b"another"


async def test_whoever_is_cancelled_leaves_no_answer_for_the_next(workshop: Workshop) -> None:
    await workshop.make(RECIPE)
    given_up = asyncio.create_task(workshop.make(RECIPE, b"given up"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    made = await asyncio.gather(*(workshop.make(RECIPE, bytes([number])) for number in range(4)))
    assert [one.variant for one in made] == [bytes([number]) for number in range(4)]
