"""Which problems a round puts: recipes that follow from the round's seed, as many of each kind as its share says."""

import math
from collections.abc import Collection
from dataclasses import dataclass

from validator.errors import UnknownTarget
from validator.problems import kinds
from validator.problems.protocol import Kind, Recipe
from validator.problems.shares import Shares
from validator.problems.synthesis.trying import seeded

DEPTHS = (2, 3, 4, 5, 6)
"""What rounds ask for. Deeper ones can be made; their statements are long."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a round for one problem of a kind; attempt after attempt says which, until one can be used."""

    seed: int
    number: int
    kind: Kind
    languages: frozenset[str]

    def recipe(self, attempt: int) -> Recipe:
        """The same one for the same round, slot and attempt."""
        draw = seeded(f"slot/{self.seed}/{self.number}/{attempt}")
        given, language = draw.choice(_pairs(self.kind, self.languages))
        return Recipe(
            kind=self.kind,
            seed=draw.getrandbits(40),
            depth=draw.choice(DEPTHS),
            language=language,
            given=given,
        )


def slots(seed: int, count: int, shares: Shares, languages: Collection[str]) -> tuple[Slot, ...]:
    """``count`` slots, a kind's as many as its share says, give or take one. Raises UnknownTarget.

    Answers are in one of ``languages``, which the sandbox must have. Which kinds get the places that are left over, the
    seed decides.
    """
    for kind in shares:
        if not _pairs(kind, languages):
            has = sorted({language for _, language in kinds.languages(kind)})
            raise UnknownTarget(f"{kind} is not asked in {', '.join(sorted(languages))}, but in {', '.join(has)}")
    draw = seeded(f"slots/{seed}")
    order = draw.sample(sorted(shares), len(shares))
    offset = draw.random()
    places: list[Kind] = []
    passed = 0.0
    for kind in order:
        # Systematic sampling: a kind has every whole number between the sums of shares before and after it.
        before, passed = passed, passed + shares[kind] * count
        places += [kind] * (math.floor(passed + offset) - math.floor(before + offset))
    places = (places + order[-1:])[:count]  # the last sum may be a rounding error below the count
    return tuple(Slot(seed, number, kind, frozenset(languages)) for number, kind in enumerate(places))


def _pairs(kind: Kind, languages: Collection[str]) -> list[tuple[str, str]]:
    return [pair for pair in kinds.languages(kind) if pair[1] in languages]
