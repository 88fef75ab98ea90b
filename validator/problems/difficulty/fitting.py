"""Abilities and families from results: expectation-maximisation with Laplace's posterior for each ability.

Model: Birnbaum's two parameters (in Lord & Novick 1968), slope * ability - offset, concave in each part. Families have
Gaussian priors (slope 1, offset as expected), so that all right and all wrong stay finite. Abilities are those of the
field: mean 0, variance 1, the maximum-likelihood step for their prior (Bock & Aitkin 1981, Psychometrika 46), so that
nothing is left undetermined. Samples of one problem resemble each other: they count as asked / (1 + (asked - 1) *
clustering). Standard library only: weights that are computed from this must come out the same on every machine.
The same responses give the same fit, bit for bit, in whatever order they come.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from validator.problems.difficulty.model import NODES, Ability, Family, Fit
from validator.problems.difficulty.prediction import sigmoid
from validator.problems.difficulty.responses import Response

SWEEPS = 100
CLOSE = 1e-5
FIELD = 8
"""Fewer miners than this are no field to measure by: their abilities are relative to the difficulties expected."""
SLOPE_SD = 0.5
OFFSET_SD = 1.5
FLATTEST = 0.1
"""No slope is less: a family that the able fail more often than others tells nothing, rather than the contrary."""


@dataclass(frozen=True, slots=True)
class _Cell:
    """All of a miner's samples of a family: how many count, and how many of them were right."""

    miner: int
    family: int
    right: float
    asked: float


@dataclass(slots=True)
class _State:
    abilities: list[float]
    variances: list[float]
    slopes: list[float]
    offsets: list[float]
    priors: list[float]
    """Of the offsets."""
    by_miner: list[list[_Cell]] = field(default_factory=list)
    by_family: list[list[_Cell]] = field(default_factory=list)

    def chance(self, cell: _Cell) -> float:
        return sigmoid(self.slopes[cell.family] * self.abilities[cell.miner] - self.offsets[cell.family])


def fit(responses: Sequence[Response], expected: Mapping[str, float] | None = None) -> Fit:
    """What ``responses`` say. ``expected``: difficulties of families before any result (``expectations``), 0 if absent.

    Responses with nothing asked are left out. Raises ValueError for more right than asked, or less than none.
    """
    known = [one for one in responses if _counts(one)]
    ordered = sorted(known, key=lambda one: (one.miner, one.family, one.asked, one.right))
    miners = sorted({one.miner for one in ordered})
    names = sorted({one.family for one in ordered})
    priors = [(expected or {}).get(name, 0.0) for name in names]
    state = _State([0.0] * len(miners), [1.0] * len(miners), [1.0] * len(names), list(priors), priors)
    places = {name: place for place, name in enumerate(miners)}, {name: place for place, name in enumerate(names)}
    clustering = 0.0
    for turn in range(2):
        cells = _cells(ordered, *places, clustering)
        state.by_miner, state.by_family = [[] for _ in miners], [[] for _ in names]
        for cell in cells:
            state.by_miner[cell.miner].append(cell)
            state.by_family[cell.family].append(cell)
        _settle(state)
        if turn == 0:
            clustering = _clustering(ordered, *places, state)
    sds = _deviations(state)
    return Fit(
        abilities={name: Ability(state.abilities[at], sds[at]) for at, name in enumerate(miners)},
        families={name: _family(state, at) for at, name in enumerate(names)},
        expected=dict(expected or {}),
        clustering=clustering,
    )


def _family(state: _State, name: int) -> Family:
    asked = math.fsum(cell.asked for cell in state.by_family[name])
    return Family(state.slopes[name], state.offsets[name] / state.slopes[name], asked)


def _counts(one: Response) -> bool:
    if not 0 <= one.right <= one.asked:
        raise ValueError(f"of {one.asked} samples {one.right} cannot be right ({one.miner}, {one.family})")
    return one.asked > 0


def _cells(
    ordered: Sequence[Response], miners: Mapping[str, int], names: Mapping[str, int], clustering: float
) -> list[_Cell]:
    sums: dict[tuple[int, int], tuple[float, float]] = {}
    for one in ordered:
        counts = 1 / (1 + (one.asked - 1) * clustering)
        right, asked = sums.get((miners[one.miner], names[one.family]), (0.0, 0.0))
        sums[miners[one.miner], names[one.family]] = right + one.right * counts, asked + one.asked * counts
    return [_Cell(*place, *values) for place, values in sums.items()]


def _settle(state: _State) -> None:
    """Turn by turn, a Newton step for every ability and every family, until a whole turn moves nothing."""
    before: list[float] | None = None
    for _ in range(SWEEPS):
        for miner in range(len(state.abilities)):
            _move_ability(state, miner)
        if len(state.abilities) >= FIELD:
            _standardise(state)
        for name in range(len(state.slopes)):
            _move_family(state, name)
        after = state.abilities + state.slopes + state.offsets
        if before is not None and all(abs(a - b) < CLOSE for a, b in zip(after, before, strict=True)):
            return
        before = after


def _move_ability(state: _State, miner: int) -> None:
    pull, precision = -state.abilities[miner], 1.0
    for cell in state.by_miner[miner]:
        chance, slope = state.chance(cell), state.slopes[cell.family]
        pull += slope * (cell.right - cell.asked * chance)
        precision += slope * slope * cell.asked * chance * (1 - chance)
    state.abilities[miner] += max(-1.0, min(1.0, pull / precision))
    state.variances[miner] = 1 / precision


def _standardise(state: _State) -> None:
    """The field's mean becomes 0 and its variance 1, what is not known of the abilities included."""
    count = len(state.abilities)
    mean = math.fsum(state.abilities) / count
    spread = math.fsum((own - mean) ** 2 for own in state.abilities) + math.fsum(state.variances)
    scale = math.sqrt(spread / count)
    state.abilities = [(own - mean) / scale for own in state.abilities]
    state.variances = [own / scale**2 for own in state.variances]
    state.offsets = [own - slope * mean for own, slope in zip(state.offsets, state.slopes, strict=True)]
    state.slopes = [max(FLATTEST, slope * scale) for slope in state.slopes]


def _move_family(state: _State, name: int) -> None:
    slope, offset = state.slopes[name], state.offsets[name]
    pulls = [(1 - slope) / SLOPE_SD**2, (state.priors[name] - offset) / OFFSET_SD**2]
    a, b, c = _curvature(state, name, pulls)
    whole = a * c - b * b
    steps = (c * pulls[0] - b * pulls[1]) / whole, (a * pulls[1] - b * pulls[0]) / whole
    short = 1 / max(1.0, *map(abs, steps))
    state.slopes[name] = max(FLATTEST, slope + short * steps[0])
    state.offsets[name] = offset + short * steps[1]


def _curvature(state: _State, name: int, pulls: list[float]) -> tuple[float, float, float]:
    """Of the negative log posterior in (slope, offset), over what abilities may be; adds its gradient to ``pulls``."""
    slope, offset = state.slopes[name], state.offsets[name]
    a, b, c = 1 / SLOPE_SD**2, 0.0, 1 / OFFSET_SD**2
    for cell in state.by_family[name]:
        deviation = math.sqrt(state.variances[cell.miner])
        for place, weight in NODES:
            ability = state.abilities[cell.miner] + place * deviation
            chance = sigmoid(slope * ability - offset)
            over, worth = weight * (cell.right - cell.asked * chance), weight * cell.asked * chance * (1 - chance)
            pulls[0] += over * ability
            pulls[1] -= over
            a += worth * ability * ability
            b -= worth * ability
            c += worth
    return a, b, c


def _deviations(state: _State) -> list[float]:
    """Of the abilities: given the families, and, to first order, for not knowing those exactly."""
    curvatures = [_curvature(state, name, [0.0, 0.0]) for name in range(len(state.slopes))]
    found = []
    for miner, own in enumerate(state.by_miner):
        variance, ability, doubt = state.variances[miner], state.abilities[miner], 0.0
        for cell in own:
            chance = state.chance(cell)
            lever = state.slopes[cell.family] * cell.asked * chance * (1 - chance)
            a, b, c = curvatures[cell.family]
            doubt += lever**2 * (ability * ability * c + 2 * ability * b + a) / (a * c - b * b)
        found.append(math.sqrt(variance + variance**2 * doubt))
    return found


def _clustering(
    ordered: Sequence[Response], miners: Mapping[str, int], names: Mapping[str, int], state: _State
) -> float:
    """By moments: the variance of a problem's right samples is n p q (1 + (n - 1) clustering) (Williams 1982)."""
    over, whole = 0.0, 0.0
    for one in ordered:
        chance = state.chance(_Cell(miners[one.miner], names[one.family], one.right, one.asked))
        single = one.asked * chance * (1 - chance)
        over += (one.right - one.asked * chance) ** 2 - single
        whole += (one.asked - 1) * single
    return min(1.0, max(0.0, over / whole)) if whole > 0 else 0.0
