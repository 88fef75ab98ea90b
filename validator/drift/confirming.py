"""After an alarm: fresh answers to other canaries, against old ones, all at once.

Two things are asked: could the same model have given them (permutation test), and is the distance more than this
endpoint's days differ anyway (tolerance)? A served model never answers exactly alike: of 15 unchanged days of a real
endpoint a test of exact equality at 1 % rejected 4.
"""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from validator.drift.similarity import hashes, similarity, sketch

PERMUTATIONS = 499
LEVEL = 0.01
QUANTILE = 0.95
Answers = Mapping[str, Sequence[str]]
"""By the canary's name."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What the second look found."""

    p: float
    distance: float
    tolerance: float

    @property
    def confirmed(self) -> bool:
        """Whether the miner changed, by both questions."""
        return self.p <= LEVEL and self.distance > self.tolerance


def confirm(past: Answers, fresh: Answers, tolerance: float, seed: int) -> Confirmation:
    """Compare fresh answers with past ones to the same canaries, of which each side needs two or more.

    Maximum mean discrepancy, unbiased (Gretton et al. 2012, JMLR 13), its kernel the similarity of answers to one
    canary; labels are permuted within canaries, p = (1 + #{as large}) / (1 + PERMUTATIONS). Raises ValueError where no
    canary has two on both sides.
    """
    samples = _samples(past, fresh)
    rng = random.Random(seed)  # noqa: S311  # which permutations: repeatable
    found = sum(sample.distance(range(sample.fresh)) for sample in samples)
    larger = sum(
        sum(sample.distance(rng.sample(range(sample.size), sample.fresh)) for sample in samples) >= found - 1e-12
        for _ in range(PERMUTATIONS)
    )
    return Confirmation((1 + larger) / (1 + PERMUTATIONS), found / len(samples), tolerance)


def ordinary(days: Sequence[Answers]) -> float:
    """The tolerance: the distance from one unchanged day to the others that few (5 %) of them exceed.

    The largest there was, of fewer than 20 days. Raises ValueError for fewer than two days.
    """
    if len(days) < 2:
        raise ValueError(f"at least two days are needed to know how days differ, not {len(days)}")
    distances = []
    for at, day in enumerate(days):
        others: dict[str, list[str]] = {}
        for other in (*days[:at], *days[at + 1 :]):
            for name, answers in other.items():
                others.setdefault(name, []).extend(answers)
        samples = _samples(others, day)
        distances.append(sum(sample.distance(range(sample.fresh)) for sample in samples) / len(samples))
    return sorted(distances)[math.ceil(QUANTILE * len(distances)) - 1]


@dataclass(frozen=True, slots=True)
class _Sample:
    """Of one canary: the similarities of all its answers, fresh ones first."""

    fresh: int
    alike: tuple[tuple[float, ...], ...]
    rows: tuple[float, ...]

    @property
    def size(self) -> int:
        return len(self.alike)

    def distance(self, chosen: Sequence[int]) -> float:
        """Squared, between the chosen ones and the rest; below 0 by chance."""
        m, n = len(chosen), self.size - len(chosen)
        within = sum(self.alike[a][b] for a in chosen for b in chosen if a != b)
        across = sum(self.rows[a] for a in chosen) - within
        rest = sum(self.rows) - within - 2 * across
        return within / (m * (m - 1)) + rest / (n * (n - 1)) - 2 * across / (m * n)


def _samples(past: Answers, fresh: Answers) -> list[_Sample]:
    found = []
    for name in sorted(set(past) & set(fresh)):
        if min(len(past[name]), len(fresh[name])) >= 2:
            known = [hashes(sketch(one)) for one in (*fresh[name], *past[name])]
            alike = tuple(tuple(similarity(a, b) if a is not b else 0.0 for b in known) for a in known)
            found.append(_Sample(len(fresh[name]), alike, tuple(map(sum, alike))))
    if not found:
        raise ValueError("no canary has two answers or more on both sides")
    return found
