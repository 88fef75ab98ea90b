"""Bonds of Yuma consensus 3: how a validator's share in a neuron follows the weights that it gives."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LiquidAlpha:
    """The rate at which a bond follows, between ``low`` and ``high``, the faster the further from consensus."""

    low: float = 45875 / 65535
    high: float = 58982 / 65535
    steepness: float = 10.0

    def rate(self, weight: float, bond: float, consensus: float) -> float:
        """a_ij = low + (high - low) / (1 + exp(-steepness (d - 1/2))), d = W - C when buying, B - W when selling."""
        distance = min(1.0, max(0.0, weight - consensus if weight >= bond else bond - weight))
        share = 1 / (1 + math.exp(-self.steepness * (distance - 0.5)))
        return self.low + (self.high - self.low) * share


def moving_average(
    bonds: Sequence[Mapping[int, float]],
    weights: Sequence[Mapping[int, float]],
    consensus: Sequence[float],
    *,
    keep: float,
    liquid: LiquidAlpha | None,
) -> list[dict[int, float]]:
    """(1 - a) B + a W, at most 1 and without zeros; a is ``1 - keep``, or liquid once there is any consensus.

    As the chain's dense form: a weight that is left out is a weight of 0, also under liquid alpha.
    """
    if not any(consensus):
        liquid = None
    return [_follow(old, new, consensus, 1 - keep, liquid) for old, new in zip(bonds, weights, strict=True)]


def _follow(
    old: Mapping[int, float],
    new: Mapping[int, float],
    consensus: Sequence[float],
    rate: float,
    liquid: LiquidAlpha | None,
) -> dict[int, float]:
    row = {}
    for j in sorted(old.keys() | new.keys()):
        bond, weight = old.get(j, 0.0), new.get(j, 0.0)
        a = liquid.rate(weight, bond, consensus[j]) if liquid else rate
        row[j] = min(1.0, (1 - a) * bond + a * weight)
    return {j: bond for j, bond in row.items() if bond > 0}
