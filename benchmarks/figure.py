"""A Figure: what was measured of us and of a peer, and the claims that it bears out, or does not."""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass

FEW = 10
"""Below so many values the spread is their minimum and maximum; above, the 10th and 90th percentile."""


@dataclass(frozen=True, slots=True)
class Series:
    """Repeated measurements of one thing."""

    name: str
    unit: str
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """Half are below."""
        return statistics.median(self.values)

    @property
    def spread(self) -> tuple[float, float]:
        """Where most values lie; see ``FEW``."""
        if len(self.values) < FEW:
            return min(self.values), max(self.values)
        tenths = statistics.quantiles(self.values, n=10, method="inclusive")
        return tenths[0], tenths[-1]


@dataclass(frozen=True, slots=True)
class Claim:
    """A measured value, and the bound that it must keep."""

    what: str
    value: float
    bound: float
    unit: str
    at_least: bool = False
    """The bound is the least that the value must reach, not the most that it may."""

    @property
    def met(self) -> bool:
        """Whether the value keeps the bound."""
        return self.value >= self.bound if self.at_least else self.value <= self.bound


@dataclass(frozen=True, slots=True)
class Figure:
    """One benchmark's result."""

    name: str
    about: str
    series: tuple[Series, ...]
    claims: tuple[Claim, ...]
    peer: str = ""
    """The peer's command, if there is a peer."""
    notes: tuple[str, ...] = ()


def paired(name: str, over: Iterable[float], under: Iterable[float]) -> Series:
    """The ratio of each pair of measurements that were made one right after the other."""
    return Series(name, "x", tuple(a / b for a, b in zip(over, under, strict=True)))
