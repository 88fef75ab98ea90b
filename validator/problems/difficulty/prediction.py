"""Difficulty before use: linear in a problem's features, with coefficients that results correct.

Bayesian regression (Gaussian belief over coefficients) behind a logistic link, one problem at a time: the problem's
difficulty is a number of its own around what its features say; its posterior given the answers is Laplace's, and
moves the coefficients as far as they explain it (a Kalman step; Bishop, Pattern Recognition and Machine Learning, 2006,
3.3 and 4.4).
"""

import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from sandbox.protocol import Message
from validator.errors import StateProblem
from validator.problems.protocol import Recipe

VERSION = 1
NEWTON_STEPS = 25
Traits = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Answers:
    """Of one miner to one problem."""

    ability: float
    """In logits, 0 for the median miner: the ability of ``Fit``, times its family's slope."""
    right: float
    asked: float


class Belief(Message):
    """What is known of the coefficients. It can be stored as JSON and read again."""

    version: int = VERSION
    names: tuple[str, ...]
    means: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    learnt: int = 0
    """From how many problems."""

    def difficulty(self, seen: Traits) -> float:
        """The expected difficulty, in logits: 0 is even odds for the median miner, more is harder."""
        own = dict(zip(self.names, self.means, strict=True))
        return math.fsum(value * own.get(name, _prior(name)[0]) for name, value in sorted(seen.items()))

    def predict(self, seen: Traits) -> float:
        """The share of samples that the median miner is expected to get right, in (0, 1).

        The mean of the logistic over the belief, by MacKay's approximation (1992, Neural Computation 4).
        """
        wide = self.widened(seen)
        spread = _product(wide.covariance, _row(wide.names, seen))[1] + _table()["spread"]["problem"] ** 2
        return sigmoid(-wide.difficulty(seen) / math.sqrt(1 + math.pi * spread / 8))

    def widened(self, seen: Traits) -> "Belief":
        """The same, with coefficients for traits that it had not met."""
        new = sorted(set(seen) - set(self.names))
        if not new:
            return self
        size = len(self.names) + len(new)
        rows = [row + (0.0,) * len(new) for row in self.covariance]
        for place, name in enumerate(new, len(self.names)):
            rows.append(tuple(_prior(name)[1] ** 2 if column == place else 0.0 for column in range(size)))
        means = self.means + tuple(_prior(name)[0] for name in new)
        changed = {"names": (*self.names, *new), "means": means, "covariance": tuple(rows)}
        return self.model_copy(update=changed)


def prior() -> Belief:
    """What is believed before any result."""
    return Belief(names=(), means=(), covariance=())


def restored(text: str) -> Belief:
    """A belief that was stored as JSON. Raises StateProblem if it is another version's, ValueError if it is none."""
    belief = Belief.model_validate_json(text)
    if belief.version != VERSION:
        raise StateProblem(
            f"this is version {VERSION} of the belief about difficulty; the stored one is {belief.version}"
        )
    return belief


def traits(recipe: Recipe, features: Mapping[str, float]) -> dict[str, float]:
    """What difficulty is predicted from: kind, language, and the features, each as log(1 + x) less the typical."""
    known = _table()["features"]
    seen = {f"kind {recipe.kind}": 1.0, f"language {recipe.language}": 1.0}
    for name, value in features.items():
        typical = known[name]["typical"] if name in known else 0.0
        seen[f"feature {name}"] = _squash(value) - _squash(typical)
    return seen


def learn(belief: Belief, problems: Iterable[tuple[Traits, Sequence[Answers]]]) -> Belief:
    """What is believed after those problems were answered, one after another. What nobody answered teaches nothing."""
    for seen, answers in problems:
        if any(one.asked > 0 for one in answers):
            belief = _step(belief.widened(seen), seen, answers)
    return belief


def sigmoid(x: float) -> float:
    """1 / (1 + exp(-x)), without overflow."""
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    grown = math.exp(x)
    return grown / (1 + grown)


def _step(belief: Belief, seen: Traits, answers: Sequence[Answers]) -> Belief:
    row = _row(belief.names, seen)
    gain, variance = _product(belief.covariance, row)
    before, total = belief.difficulty(seen), variance + _table()["spread"]["problem"] ** 2
    after, left = _posterior(before, total, answers)
    moved, shrunk = (after - before) / total, (1 - left / total) / total
    means = tuple(mean + moved * part for mean, part in zip(belief.means, gain, strict=True))
    covariance = tuple(
        tuple(value - shrunk * a * b for value, b in zip(line, gain, strict=True))
        for line, a in zip(belief.covariance, gain, strict=True)
    )
    return belief.model_copy(update={"means": means, "covariance": covariance, "learnt": belief.learnt + 1})


def _posterior(mean: float, variance: float, answers: Sequence[Answers]) -> tuple[float, float]:
    """Mode and variance of one problem's difficulty; the posterior is log-concave, steps are kept short."""
    found, precision = mean, 1 / variance
    for _ in range(NEWTON_STEPS):
        slope, precision = (mean - found) / variance, 1 / variance
        for one in answers:
            chance = sigmoid(one.ability - found)
            slope -= one.right - one.asked * chance
            precision += one.asked * chance * (1 - chance)
        step = max(-1.0, min(1.0, slope / precision))
        found += step
        if abs(step) < 1e-9:
            break
    return found, 1 / precision


def _product(covariance: Sequence[Sequence[float]], row: Sequence[float]) -> tuple[list[float], float]:
    """The covariance times a row, and the row's variance."""
    gain = [math.fsum(value * x for value, x in zip(line, row, strict=True) if x) for line in covariance]
    return gain, math.fsum(x * part for x, part in zip(row, gain, strict=True))


def _row(names: Iterable[str], seen: Traits) -> list[float]:
    return [seen.get(name, 0.0) for name in names]


def _squash(value: float) -> float:
    return math.copysign(math.log1p(abs(value)), value)


def _prior(name: str) -> tuple[float, float]:
    """Mean and standard deviation of a trait's coefficient."""
    sort, own = name.split(" ", 1)
    table = _table()
    known = table[f"{sort}s"].get(own, 0.0)
    return float(known["coefficient"] if isinstance(known, dict) else known), float(table["spread"][sort])


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("prior.toml").read_text())
