"""The proof that a problem can be used: its reference passes, and what looks right and is not does not."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from evaluator.batch import Sandbox
from evaluator.errors import Ungradable
from evaluator.judging import judge
from evaluator.protocol import Executor
from sandbox.errors import ContainerLost
from validator.errors import ValidatorError
from validator.problems.choosing import Slot
from validator.problems.protocol import Made, Recipe
from validator.problems.workshop import Asked, Workshop

ATTEMPTS = 8
"""Of a slot to find a problem that can be used. Some seeds give none; hardly ever do two in a row."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of a recipe: what was made, if anything, and why it cannot be used, if it cannot."""

    recipe: Recipe
    made: Made | None
    fault: str

    @property
    def usable(self) -> bool:
        """Whether it may be put to a miner."""
        return not self.fault


async def fault(made: Made, executor: Executor) -> str:
    """Why ``made`` cannot be used, in words; empty if it can. Raises what ``judge`` raises."""
    reference = (await judge(made.problem, made.right, executor)).verdict
    if not reference.passed:
        return f"its reference does not pass: {reference.status}: {reference.detail}"
    for number, wrong in enumerate(made.wrong, 1):
        if (await judge(made.problem, wrong, executor)).verdict.passed:
            return f"wrong answer {number} passes"
    return ""


async def verified(asked: Iterable[Asked], workshop: Workshop, executor: Executor) -> AsyncGenerator[Finding, None]:
    """Make and prove each, in their order. Raises NoWorkshop, EngineUnavailable."""
    asked = list(asked)
    recipes = iter(asked)
    async with aclosing(workshop.all(asked)) as all_made:
        async for made in all_made:
            yield await _finding(next(recipes)[0], made, executor)


async def prove(
    asked: Sequence[Asked], workshop: Workshop, sandbox: Sandbox, told: Callable[[int, Finding], None]
) -> None:
    """Make and prove all of them, in every slot of the sandbox at once. Raises NoWorkshop, EngineUnavailable.

    ``told`` hears of each by its number, in whatever order.
    """
    async with aclosing(workshop.all(asked)) as all_made:
        numbered = enumerate(asked)
        turn = asyncio.Lock()

        async def work() -> None:
            async with sandbox.lease() as lease:
                while True:
                    async with turn:
                        if (made := await anext(all_made, None)) is None:
                            return
                        number, (recipe, _) = next(numbered)
                    told(number, await _finding(recipe, made, lease))

        async with asyncio.TaskGroup() as group:
            for _ in range(min(sandbox.slots, len(asked))):
                group.create_task(work())


async def _finding(recipe: Recipe, made: Made | ValidatorError, executor: Executor) -> Finding:
    if not isinstance(made, Made):
        return Finding(recipe, None, str(made))
    try:
        return Finding(recipe, made, await fault(made, executor))
    except (ContainerLost, Ungradable) as error:
        return Finding(recipe, made, f"it cannot be judged: {error}")


async def fill(
    slots: Sequence[Slot],
    workshop: Workshop,
    executor: Executor,
    watch: Callable[[str, int, int], None],
    note: Callable[[str], None],
) -> tuple[Recipe, ...]:
    """A recipe that can be used for each slot that there is one for; ``note`` hears of defects of ours.

    Raises NoWorkshop, EngineUnavailable.
    """
    found: dict[int, Recipe] = {}
    for attempt in range(ATTEMPTS):
        empty = iter([slot for slot in slots if slot.number not in found])
        asked = [(slot.recipe(attempt), b"") for slot in slots if slot.number not in found]
        async for finding in verified(asked, workshop, executor):
            slot = next(empty)
            if finding.usable:
                found[slot.number] = finding.recipe
            elif finding.made:
                note(f"{finding.recipe.name} is not used: {finding.fault}")
            watch("problems verified", len(found), len(slots))
    for slot in slots:
        if slot.number not in found:
            note(f"slot {slot.number} stays empty: no {slot.kind} problem could be used in {ATTEMPTS} attempts")
    return tuple({found[number].name: found[number] for number in sorted(found)}.values())
