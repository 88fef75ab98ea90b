"""What the scripted miners of a rehearsal know: of each problem, as each of them gets it, a right and a wrong answer.

A rehearsal plays with a secret that it knows, so it makes the same problems as the validator, by the same functions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from miner.engines.scripted import AnswerBook, Entry
from miner.engines.skill import toughness
from validator.problems.protocol import Made, Recipe
from validator.problems.variants import variant
from validator.problems.workshop import Workshop

ROUND = 1
"""The id of a new database's first round."""


def secret(seed: int) -> bytes:
    """The validator's secret in a rehearsal."""
    return sha256(f"rehearsal/{seed}/secret".encode()).digest()


@dataclass(frozen=True, slots=True)
class Author:
    """Writes answer books for the first round of a validator with this secret."""

    workshop: Workshop
    secret: bytes
    recipes: Sequence[Recipe]

    async def write(self, hotkey: str, copied_from: str = "") -> AnswerBook:
        """What a miner needs; one that copies has the right answers of another. Raises NoWorkshop."""
        own = await self._made(hotkey)
        right = await self._made(copied_from) if copied_from else own
        names = [recipe.name for recipe in self.recipes if recipe.name in own and recipe.name in right]
        return AnswerBook(entries=tuple(_entry(own[name], right[name].right) for name in names))

    async def _made(self, hotkey: str) -> dict[str, Made]:
        """By name; without those that there is no variant of for this miner, which are not put to it either."""
        asked = [(recipe, variant(self.secret, ROUND, hotkey, recipe)) for recipe in self.recipes]
        return {made.recipe.name: made async for made in self.workshop.all(asked) if isinstance(made, Made)}


def _entry(made: Made, right: str) -> Entry:
    wrong = made.wrong[made.variant[-1] % len(made.wrong)]
    assert made.problem.shown is not None
    return Entry(
        task_id=made.recipe.name,
        prompt=made.problem.shown,
        right=right,
        wrong=wrong,
        toughness=toughness(made.features, made.recipe.name),
        whole=True,
    )
