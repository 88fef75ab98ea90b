"""Make and prove problems until there are enough that can be used; whatever is known is on disk before the next."""

import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from sandbox.local import open_sandbox
from validator.problems.protocol import Kind, Recipe
from validator.problems.report.asking import recipes
from validator.problems.report.killing import Killed, killed
from validator.problems.report.records import Record, load, record, usable
from validator.problems.synthesis import synthesise, targets
from validator.problems.verifying import Finding, prove
from validator.problems.workshop import open_workshop

BATCH = 400
"""So many are begun before we look how many are still missing."""


async def gather(path: Path, seed: int, count: int, watch: Callable[[str, int, int], None]) -> dict[int, Record]:
    """Records of the first recipes of ``seed``, as many as it takes for ``count`` usable ones.

    Raises StateProblem, NoWorkshop, EngineUnavailable, ImageMissing.
    """
    known = load(path)
    _mend(path)
    session = time.time()
    begun = time.monotonic()
    with path.open("a", encoding="utf-8") as lines:
        async with open_sandbox(targets()) as sandbox, open_workshop() as workshop:
            while missing := count - len(usable(known)):
                numbers, asked = _next(known, seed, min(BATCH, missing))

                def told(place: int, finding: Finding, numbers: list[int] = numbers) -> None:
                    one = record(numbers[place], finding, session, time.monotonic() - begun)
                    known[one.number] = one
                    lines.write(one.model_dump_json() + "\n")
                    lines.flush()
                    watch("problems proven", sum(not other.why for other in known.values()), count)

                await prove([(recipe, b"") for recipe in asked], workshop, sandbox, told)
    return known


def _next(known: dict[int, Record], seed: int, wanted: int) -> tuple[list[int], list[Recipe]]:
    """The next that nothing is known of."""
    unknown = ((number, recipe) for number, recipe in enumerate(recipes(seed)) if number not in known)
    chosen = list(islice(unknown, wanted))
    return [number for number, _ in chosen], [recipe for _, recipe in chosen]


def _mend(path: Path) -> None:
    """Cut off a line that was not finished."""
    if path.exists():
        text = path.read_bytes()
        path.write_bytes(text[: text.rfind(b"\n") + 1])


async def mutation(known: dict[int, Record], count: int) -> Killed:
    """What the hidden cases of the first ``count`` used problems of generation kill of their mutants."""
    recipes_ = [one.recipe for _, one in sorted(usable(known).items()) if one.recipe.kind is Kind.GENERATION]
    async with open_sandbox(["python"], slots=1) as sandbox, sandbox.lease() as lease:
        return await killed((synthesise(recipe.seed, recipe.depth) for recipe in recipes_[:count]), lease)


async def rate(seed: int, count: int) -> float:
    """Problems made in a minute, without proving them: the next ``count`` of another seed."""
    begun = time.monotonic()
    asked = [(recipe, b"") for recipe in islice(recipes(seed), count)]
    async with open_workshop() as workshop:
        async for _ in workshop.all(asked):
            pass
    return count / (time.monotonic() - begun) * 60
