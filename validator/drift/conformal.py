"""A p-value for each check: is this hour's answer to each canary as like the others as they are like each other?

Self-referenced: the only reference is the miner's own earlier answers to the same canary, its bag. The new answer joins
the bag with its test, so that, while answers to one canary are exchangeable, the p-values are independent and uniform,
whatever the similarity measures (smoothed conformal p-values; Vovk, Gammerman & Shafer, Algorithmic Learning in a
Random World, 2nd ed. 2022, ch. 2 and 8). With a reference that stays the same, p-values of different hours depend on
each other, and alarms are false.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import NormalDist

from validator.drift.similarity import hashes, similarity, sketch

DRAWS = 999
WARM = 20
"""Answers in a bag before it tests anything."""
LEAST = 1e-9


@dataclass(slots=True)
class Bag:
    """The answers to one canary."""

    sketches: list[str] = field(default_factory=list)
    sums: list[float] = field(default_factory=list)
    """Of each one's similarities to all the others."""
    unpacked: list[frozenset[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.unpacked = [hashes(one) for one in self.sketches]

    @property
    def warm(self) -> bool:
        """Whether there is enough to compare with."""
        return len(self.sketches) >= WARM

    def join(self, answer: str) -> list[float]:
        """Let an answer join; the mean similarity of each to all others then, that of the new one last."""
        kept = sketch(answer)
        new = hashes(kept)
        alike = [similarity(new, one) for one in self.unpacked]
        self.sketches.append(kept)
        self.unpacked.append(new)
        self.sums = [total + more for total, more in zip(self.sums, alike, strict=True)]
        self.sums.append(sum(alike))
        others = max(1, len(alike))
        return [total / others for total in self.sums]


def p_value(scores: Sequence[Sequence[float]], rng: random.Random, draws: int = DRAWS) -> float:
    """Small where the new answers, last of each canary's ``scores``, are less like the others; in (0, 1).

    Uniform for exchangeable answers: their sum is ranked among ``draws`` sums in which any member of each bag may
    stand for the new one, ties broken by chance.
    """
    new = sum(bag[-1] for bag in scores)
    below = same = 0
    for _ in range(draws):
        drawn = sum(bag[int(rng.random() * len(bag))] for bag in scores)
        if abs(drawn - new) <= LEAST:
            same += 1
        elif drawn < new:
            below += 1
    return min(1 - LEAST, max(LEAST, (below + rng.random() * (same + 1)) / (draws + 1)))


def score(p: float) -> float:
    """The p-value as a standard normal."""
    return NormalDist().inv_cdf(p)
