"""The two-parameter response model: a sample is right with probability sigmoid(slope * (ability - difficulty))."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

from validator.problems.difficulty.prediction import sigmoid
from validator.protocol import Interval

Z = NormalDist().inv_cdf(0.975)
NODES = ((-math.sqrt(3.0), 1 / 6), (0.0, 2 / 3), (math.sqrt(3.0), 1 / 6))
"""Gauss-Hermite with three points: places in standard deviations, and weights."""


@dataclass(frozen=True, slots=True)
class Ability:
    """A miner's, in standard deviations of the field around its mean: a posterior's mean and standard deviation."""

    mean: float
    sd: float

    @property
    def interval(self) -> Interval:
        """It holds the ability with probability 95 %."""
        return Interval(self.mean, self.mean - Z * self.sd, self.mean + Z * self.sd)


@dataclass(frozen=True, slots=True)
class Family:
    """What the problems of one family have in common."""

    slope: float
    """How sharply they tell the able from the less able; positive."""
    difficulty: float
    """The ability at which odds are even."""
    asked: float = 0.0
    """Samples that it is known from."""

    def chance(self, ability: float) -> float:
        """That a sample is right."""
        return sigmoid(self.slope * (ability - self.difficulty))

    def information(self, ability: Ability) -> float:
        """Fisher's, of one sample about that ability, expected over what it may be (Lord 1980)."""
        found = 0.0
        for place, weight in NODES:
            chance = self.chance(ability.mean + place * ability.sd)
            found += weight * self.slope**2 * chance * (1 - chance)
        return found


UNKNOWN = Ability(0.0, 1.0)
"""Of a miner that has answered nothing."""


@dataclass(frozen=True, slots=True)
class Fit:
    """What results say about miners and families."""

    abilities: Mapping[str, Ability]
    families: Mapping[str, Family]
    expected: Mapping[str, float]
    """Difficulties of families that nobody has answered yet."""
    clustering: float
    """How much samples of one problem resemble each other, beyond their family: 0 not at all, 1 entirely."""

    def ability(self, miner: str) -> Ability:
        """What is known of it; that of the field, if nothing."""
        return self.abilities.get(miner, UNKNOWN)

    def family(self, name: str) -> Family:
        """What is known of it; what was expected, if nothing."""
        return self.families.get(name) or Family(1.0, self.expected.get(name, 0.0))

    def rate(self, miner: str, shares: Mapping[str, float]) -> Interval:
        """The share of samples that it is expected to get right in a mixture of families, with its 95 % interval.

        The same mixture for every miner: whoever was asked harder problems loses nothing by it.
        Raises ValueError for a mixture of nothing.
        """
        whole = math.fsum(shares.values())
        if whole <= 0:
            raise ValueError("a mixture of no families has no pass rate")

        def at(ability: float) -> float:
            return math.fsum(part * self.family(name).chance(ability) for name, part in shares.items()) / whole

        known = self.ability(miner)
        mean = math.fsum(weight * at(known.mean + place * known.sd) for place, weight in NODES)
        return Interval(mean, at(known.interval.low), at(known.interval.high))
