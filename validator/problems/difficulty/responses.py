"""What miners' results say about difficulty: outcomes of single problems, and the families that problems belong to."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from validator.problems.difficulty.prediction import Belief, traits
from validator.problems.protocol import Kind, Recipe

DEPTHS = ((2, 3), (4, 5), (6, 8))
"""Each problem is put once to each miner: what is learnt from it must be of use for its like."""


@dataclass(frozen=True, slots=True)
class Response:
    """What became of one problem at one miner; what was not judged is absent, not wrong."""

    miner: str
    family: str
    right: float
    """How many samples were right; partial credit counts in part."""
    asked: int
    """How many samples were judged."""


@dataclass(frozen=True, slots=True)
class History:
    """What earlier rounds have shown."""

    responses: tuple[Response, ...] = ()
    shown: Mapping[str, int] = field(default_factory=dict)
    """How many problems of each family."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A miner's verdicts on one problem."""

    miner: str
    recipe: Recipe
    features: Mapping[str, float]
    worths: tuple[float, ...]
    """``Verdict.worth`` of every sample that was judged."""

    @property
    def response(self) -> Response:
        """The same, for ``fit``."""
        return Response(self.miner, family(self.recipe), sum(self.worths), len(self.worths))


def family(recipe: Recipe) -> str:
    """The problems that are about as hard for the same reasons: kind, language of the answer, depth."""
    for low, high in DEPTHS:
        if low <= recipe.depth <= high:
            return _named(recipe.kind, recipe.language, low, high)
    raise ValueError(f"no family has problems of depth {recipe.depth}")


def families(kinds: Iterable[Kind], languages: Sequence[str]) -> tuple[str, ...]:
    """All families of those kinds and languages, in a fixed order."""
    return tuple(
        _named(kind, language, *depths)
        for kind in Kind
        if kind in set(kinds)
        for language in languages
        for depths in DEPTHS
    )


def expectations(belief: Belief, outcomes: Iterable[Outcome]) -> dict[str, float]:
    """What is believed of each family's difficulty: the mean over its problems, as they were put to miners."""
    found: dict[str, list[float]] = {}
    for one in outcomes:
        found.setdefault(family(one.recipe), []).append(belief.difficulty(traits(one.recipe, one.features)))
    return {name: math.fsum(values) / len(values) for name, values in sorted(found.items())}


def depths(name: str) -> tuple[int, ...]:
    """Those of a family's problems."""
    low, _, high = name.rpartition("/")[2].partition("-")
    return tuple(range(int(low), int(high) + 1))


def _named(kind: Kind, language: str, low: int, high: int) -> str:
    return f"{kind}/{language}/{low}-{high}"
