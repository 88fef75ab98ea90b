"""Better or worse: verdicts on new problems against the miner's own past on problems like them, by betting.

A difference is new worth less old worth, in [-1, 1], on another variant of the same problem, or on its like.
W = product of 1 + bet * (difference - margin), each bet made from what went before ("aGRAPA", Waudby-Smith & Ramdas
2024, J. R. Stat. Soc. B 86): if the mean difference is at most the margin, P(W ever >= 1 / LEVEL) <= LEVEL (Ville).
Worse: the same with the sign changed.
"""

import math

from pydantic import Field

from sandbox.protocol import Message
from validator.protocol import Interval

LEVEL = 0.01
"""The chance that a miner that stayed the same is ever called better; and as much for worse."""
BOLDEST = 0.8
"""The share of what it has that a bet may risk."""
FEWEST = 600
"""Problems after which a change that made nothing better or worse is called neutral."""
UNSURE = 0.05
"""Of the confidence sequence."""


class Comparison(Message):
    """A miner with its own past, so far; it can be stored as JSON and read again."""

    margin: float = Field(default=0.0, ge=0, lt=1)
    """A gain, or loss, that is none yet."""
    better: float = 1.0
    worse: float = 1.0
    """The two wealths, W."""
    problems: int = 0
    total: float = 0.0
    """Of the differences."""
    squares: float = 0.0
    """Of the differences around their mean, as it was estimated with each."""
    weights: float = 0.0
    weighed: float = 0.0
    doubt: float = 0.0
    """Three sums of the confidence sequence."""

    @property
    def improved(self) -> bool:
        """Whether it got better."""
        return self.better >= 1 / LEVEL

    @property
    def worsened(self) -> bool:
        """Whether it got worse."""
        return self.worse >= 1 / LEVEL

    @property
    def gain(self) -> Interval:
        """The mean difference: with probability 95 % every one of these intervals, at all times, holds it.

        Predictable plug-in empirical Bernstein (Waudby-Smith & Ramdas 2024, theorem 2).
        """
        if not self.problems:
            return Interval(0.0, -1.0, 1.0)
        centre = self.weighed / self.weights
        half = (math.log(2 / UNSURE) + self.doubt) / self.weights
        low, high = (2 * max(0.0, min(1.0, x)) - 1 for x in (centre - half, centre + half))
        return Interval(self.total / self.problems, low, high)

    def after(self, new: float, old: float) -> "Comparison":
        """After one more problem. Once better or worse, it stays so. Raises ValueError outside [0, 1]."""
        if not (0 <= new <= 1 and 0 <= old <= 1):
            raise ValueError(f"worths are from 0 to 1, got {new!r} and {old!r}")
        difference = new - old
        mean, spread = self.total / (self.problems + 1), (0.25 + self.squares) / (self.problems + 1)
        better = self.better if self.improved else self.better * self._returns(difference, mean, spread)
        worse = self.worse if self.worsened else self.worse * self._returns(-difference, -mean, spread)
        total = self.total + difference
        changed = {
            "better": better,
            "worse": worse,
            "problems": self.problems + 1,
            "total": total,
            "squares": self.squares + (difference - total / (self.problems + 2)) ** 2,
            **self._bounds((difference + 1) / 2, (mean + 1) / 2, spread / 4),
        }
        return self.model_copy(update=changed)

    def _returns(self, difference: float, mean: float, spread: float) -> float:
        edge = mean - self.margin
        bet = max(0.0, min(BOLDEST / (1 + self.margin), edge / (spread + edge * edge)))
        return 1 + bet * (difference - self.margin)

    def _bounds(self, x: float, mean: float, spread: float) -> dict[str, float]:
        """The confidence sequence's sums after ``x`` in [0, 1], with what was known of x before it."""
        t = self.problems + 1
        weight = min(0.5, math.sqrt(2 * math.log(2 / UNSURE) / (spread * t * math.log1p(t))))
        doubt = (x - mean) ** 2 * (-math.log1p(-weight) - weight)
        return {
            "weights": self.weights + weight,
            "weighed": self.weighed + weight * x,
            "doubt": self.doubt + doubt,
        }
