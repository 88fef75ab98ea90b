"""Which problems a round puts: recipes that follow from the round's seed, as many of each kind as its share says.

Of each kind, problems of those families (language and depth) are drawn that tell miners apart most, by what earlier
rounds have shown: see ``validator.problems.difficulty``.
"""

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from validator.errors import UnknownTarget
from validator.problems import difficulty, kinds
from validator.problems.difficulty import Fit, History
from validator.problems.protocol import Kind, Recipe
from validator.problems.shares import Shares
from validator.problems.synthesis.trying import seeded

DEEPEST = 6
"""What rounds ask for. Deeper ones can be made; their statements are long."""
CAP = 0.15
"""No family gets more of the problems of its kind, as far as there are families enough: half as much again as if all
were drawn alike."""
WEIGHT_OF_A_BLOCK = 2.0
"""On average: what a problem of so many blocks weighs, before it is made."""
NOTHING = History()


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a round for one problem of a family; attempt after attempt says which, until one can be used."""

    seed: int
    number: int
    kind: Kind
    language: str
    depths: tuple[int, ...]

    def recipe(self, attempt: int) -> Recipe:
        """The same one for the same round, slot and attempt."""
        draw = seeded(f"slot/{self.seed}/{self.number}/{attempt}")
        given, language = draw.choice(_pairs(self.kind, {self.language}))
        return Recipe(
            kind=self.kind,
            seed=draw.getrandbits(40),
            depth=draw.choice(self.depths),
            language=language,
            given=given,
        )


def slots(
    seed: int, count: int, shares: Shares, languages: Collection[str], history: History = NOTHING
) -> tuple[Slot, ...]:
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
    found = difficulty.fit(history.responses, {name: _expected(name) for name in _families(order, languages)})
    drawn = {kind: _drawn(kind, places.count(kind), languages, history, found, seed) for kind in set(places)}
    return tuple(Slot(seed, number, kind, *next(drawn[kind])) for number, kind in enumerate(places))


def _drawn(
    kind: Kind, count: int, languages: Collection[str], history: History, found: Fit, seed: int
) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Language and depths of each problem of a kind."""
    names = _families([kind], languages)
    cap = max(CAP, 1.5 / len(names))
    own = seeded(f"families/{seed}/{kind}").getrandbits(64)
    for name in difficulty.draw(names, found, count, own, cap, shown=history.shown):
        yield name.split("/")[1], tuple(depth for depth in difficulty.depths(name) if depth <= DEEPEST)


def _families(asked: Collection[Kind], languages: Collection[str]) -> tuple[str, ...]:
    return tuple(
        name
        for kind in asked
        for name in difficulty.families([kind], sorted({language for _, language in _pairs(kind, languages)}))
    )


def _expected(name: str) -> float:
    """A family's difficulty before any result: that of a problem of which no more is known than its family."""
    kind, language, _ = name.split("/")
    depth = difficulty.depths(name)[0]
    recipe = Recipe(kind=Kind(kind), seed=0, depth=depth, language=language)
    return difficulty.prior().difficulty(difficulty.traits(recipe, {"weight": WEIGHT_OF_A_BLOCK * depth}))


def _pairs(kind: Kind, languages: Collection[str]) -> list[tuple[str, str]]:
    return [pair for pair in kinds.languages(kind) if pair[1] in languages]
