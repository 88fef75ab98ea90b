"""The alarm: a Shiryaev-Roberts e-detector over a stream of standard normal scores, one a check.

For each rate r, both ways: R = (R + 1) * exp(r * (+-z - allowance) - r**2 / 2) (Shin, Ramdas & Rinaldo 2022, arXiv
2203.03532; as a mixture over rates). As long as each score is normal around a mean within +-allowance, whatever went
before, R - checks is a supermartingale, so that by Doob's inequality

    P(max of R over HORIZON checks >= HORIZON / LEVEL) <= LEVEL.
"""

import math
from collections.abc import Sequence
from statistics import fmean, variance

from pydantic import Field

from sandbox.protocol import Message

HORIZON = 720
"""Checks: a month of hours."""
LEVEL = 0.01
"""The chance of a false alarm in that time, at most."""
THRESHOLD = HORIZON / LEVEL
RATES = tuple(sign * rate for rate in (0.15, 0.3, 0.6, 1.0, 1.6) for sign in (1, -1))
"""Shifts that it is made for, in standard deviations of a score."""
ALLOWANCE = 0.5
"""Bears with a day effect of 0.3."""
LARGEST = 6.0
"""A score further out counts as this much."""


class Detector(Message):
    """Evidence of a change so far; it can be stored as JSON and read again."""

    allowance: float = Field(default=ALLOWANCE, ge=0, allow_inf_nan=False)
    """By how much the scores' mean may wander without that being a change."""
    evidence: tuple[float, ...] = Field(default=(0.0,) * len(RATES), min_length=len(RATES), max_length=len(RATES))
    """R of each rate."""
    began: tuple[int, ...] = Field(default=(0,) * len(RATES), min_length=len(RATES), max_length=len(RATES))
    """The check since which each rate's evidence points to a change: where it last fell below 1."""
    checks: int = 0

    @property
    def total(self) -> float:
        """The mixture's evidence; an alarm from THRESHOLD on."""
        return fmean(self.evidence)

    @property
    def alarmed(self) -> bool:
        """Whether there was an alarm. It stays until another detector takes over."""
        return self.total >= THRESHOLD

    @property
    def since(self) -> int:
        """How many checks passed before the change, by what speaks loudest."""
        return self.began[max(range(len(RATES)), key=lambda at: self.evidence[at])]

    def after(self, score: float) -> "Detector":
        """After one more check. Raises ValueError for a score that is no number."""
        if math.isnan(score):
            raise ValueError("a score must be a number")
        if self.alarmed:
            return self
        score = max(-LARGEST, min(LARGEST, score))
        evidence = tuple(
            (known + 1) * math.exp(rate * score - abs(rate) * self.allowance - rate * rate / 2)
            for known, rate in zip(self.evidence, RATES, strict=True)
        )
        began = tuple(self.checks + 1 if known < 1 else at for known, at in zip(evidence, self.began, strict=True))
        changed = {"evidence": evidence, "began": began, "checks": self.checks + 1}
        return self.model_copy(update=changed)


def allowance(days: Sequence[Sequence[float]]) -> float:
    """The allowance for an endpoint whose scores of unchanged days these are; ALLOWANCE until there are seven days.

    1.75 times the standard deviation of a day's mean beyond what sampling explains, never less than ALLOWANCE / 2.
    """
    full = [day for day in days if day]
    if len(full) < 7:
        return ALLOWANCE
    explained = fmean(1 / len(day) for day in full)
    beyond = max(0.0, variance([fmean(day) for day in full]) - explained)
    return max(ALLOWANCE / 2, 1.75 * math.sqrt(beyond))
