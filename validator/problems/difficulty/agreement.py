"""How well difficulty was foreseen: rank correlation between predicted and observed pass rates, problem by problem."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from validator.problems.difficulty.calibration import calibrate
from validator.problems.difficulty.model import Z
from validator.problems.difficulty.prediction import Belief, traits
from validator.problems.difficulty.responses import Outcome, Response
from validator.problems.protocol import Kind, Recipe
from validator.protocol import Interval

FEWEST = 10
"""Of fewer problems nothing is said."""
Rates = Mapping[Recipe, Sequence[float]]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of predictions with what was observed."""

    problems: int
    spearman: Interval | None
    """None of too few problems, or where all pass rates are alike."""
    kinds: Mapping[Kind, Interval]
    """The same of each kind that has enough problems."""


def agreement(outcomes: Iterable[Outcome], belief: Belief) -> Agreement:
    """Whether ``belief`` foresaw how often each problem was solved, over all miners that it was put to.

    ``belief`` must not have learnt from these outcomes, else it did not foresee them. Every miner counts once a
    problem, however many samples it gave; a problem of which nothing could be judged is absent.
    """
    judged = [one for one in outcomes if one.worths]
    return _agreement(_observed(judged), _predicted(judged, belief))


def foreseen(rounds: Iterable[Sequence[Outcome]], belief: Belief) -> tuple[Agreement, Belief]:
    """The same where belief learns as it goes: every round is predicted first, and learnt from afterwards.

    Each comes as what is believed after it, too. A recipe belongs to one round.
    """
    observed: dict[Recipe, list[float]] = {}
    predicted: dict[Recipe, list[float]] = {}
    before: list[Response] = []
    for outcomes in rounds:
        judged = [one for one in outcomes if one.worths]
        observed |= _observed(judged)
        predicted |= _predicted(judged, belief)
        belief, _ = calibrate(belief, judged, before)
        before += [one.response for one in judged]
    return _agreement(observed, predicted), belief


def spearman(pairs: Sequence[tuple[float, float]]) -> float:
    """Spearman's rank correlation, equals sharing their mean rank. Raises ValueError where one side is all alike."""
    first, second = _ranks([a for a, _ in pairs]), _ranks([b for _, b in pairs])
    middle = (len(pairs) + 1) / 2
    products = math.fsum((a - middle) * (b - middle) for a, b in zip(first, second, strict=True))
    spread = math.fsum((a - middle) ** 2 for a in first) * math.fsum((b - middle) ** 2 for b in second)
    if spread == 0:
        raise ValueError("ranks of equals have no correlation")
    return products / math.sqrt(spread)


def _observed(judged: Iterable[Outcome]) -> dict[Recipe, list[float]]:
    found: dict[Recipe, list[float]] = {}
    for one in judged:
        found.setdefault(one.recipe, []).append(fmean(one.worths))
    return found


def _predicted(judged: Iterable[Outcome], belief: Belief) -> dict[Recipe, list[float]]:
    """Variants differ a little in their features: a problem is predicted as the mean of those that were put."""
    found: dict[Recipe, list[float]] = {}
    for one in judged:
        found.setdefault(one.recipe, []).append(belief.predict(traits(one.recipe, one.features)))
    return found


def _agreement(observed: Rates, predicted: Rates) -> Agreement:
    pairs = {recipe: (fmean(predicted[recipe]), fmean(rates)) for recipe, rates in observed.items()}
    kinds = {kind: _correlation([pair for recipe, pair in pairs.items() if recipe.kind is kind]) for kind in Kind}
    return Agreement(
        len(pairs),
        _correlation(list(pairs.values())),
        {kind: found for kind, found in kinds.items() if found is not None},
    )


def _correlation(pairs: Sequence[tuple[float, float]]) -> Interval | None:
    """With its 95 % interval by Fisher's z (Bonett & Wright 2000, Psychometrika 65)."""
    if len(pairs) < FEWEST or any(len({pair[side] for pair in pairs}) == 1 for side in (0, 1)):
        return None
    found = spearman(pairs)
    centre = math.atanh(max(-0.999999, min(0.999999, found)))
    half = Z * math.sqrt((1 + found**2 / 2) / (len(pairs) - 3))
    return Interval(found, math.tanh(centre - half), math.tanh(centre + half))


def _ranks(values: Sequence[float]) -> list[float]:
    places: dict[float, list[int]] = {}
    for rank, value in enumerate(sorted(values), 1):
        places.setdefault(value, []).append(rank)
    return [fmean(places[value]) for value in values]
