"""How soon a changed model is noticed, how soon an improvement is recognised, and how seldom either wrongly: simulated.

Scores of checks are normal with variance 1, as those of a model that stays are by construction
(``validator.drift.conformal``; the tests show it with answers), around a mean that a day effect and a change move.
Verdicts are drawn from problems whose chances have a variance of 0.17, and leave one of 0.08 to each sample: two models
on HumanEval had 0.18 and 0.04, 0.16 and 0.06.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from benchmarks.figure import Claim, Figure, Series
from validator.drift.detector import HORIZON, LEVEL, Detector
from validator.drift.quality import Comparison

MONTHS, QUICK_MONTHS = 2000, 20
CHANGES, QUICK_CHANGES = 400, 20
DAY = 24
CLEAN = 360
"""Checks before the change."""
FOUND_WITHIN = 30.0
RECOGNISED_WITHIN = 250.0
PROBLEMS = 1000
"""That is how long no change is looked at; a change that is not recognised by then counts as this and half as many."""
MISSED = 1.5


@dataclass(frozen=True, slots=True)
class Scene:
    """An endpoint, and what is allowed to it."""

    shift: float
    allowance: float
    day_effect: float

    @property
    def name(self) -> str:
        """In words."""
        change = f"shift {self.shift:g} sd" if self.shift else "no change"
        return f"{change}, allowance {self.allowance:g}, day effect {self.day_effect:g} sd"


STILL = (Scene(0.0, 0.0, 0.0), Scene(0.0, 0.5, 0.3))
CHANGING = (Scene(1.0, 0.0, 0.0), Scene(1.5, 0.5, 0.0), Scene(1.5, 0.5, 0.3))


def measure(quick: bool) -> Figure:
    """False alarms a month, checks until a change is found, problems until an improvement is recognised."""
    months, changes = (QUICK_MONTHS, QUICK_CHANGES) if quick else (MONTHS, CHANGES)
    series, claims = [], []
    for scene in STILL:
        false = [float(_alarm(scene, seed, 0) <= HORIZON) for seed in range(months)]
        claims.append(Claim(f"false alarms a month, n = {months}: {scene.name}", fmean(false), LEVEL, ""))
    for scene in CHANGING:
        delays = Series(scene.name, "checks", tuple(float(_alarm(scene, seed, CLEAN)) for seed in range(changes)))
        series.append(delays)
        claims.append(Claim(f"found: {scene.name}", delays.median, FOUND_WITHIN, "hourly checks"))
    more, recognised = _improvement(changes)
    claims += [*recognised, *_sameness(months)]
    return Figure(
        "drift",
        f"{months} months of {HORIZON} hourly checks of a model that stays; {changes} changes after {CLEAN} checks; "
        f"{changes} improvements and {months} models that stay, of {PROBLEMS} problems put to each.",
        (*series, *more),
        tuple(claims),
        notes=(
            "A day effect is a normal shift of all of a day's scores, drawn anew each day.",
            "Five samples: the worth of a problem is the mean of five, then and now, on problems whose chances are "
            "uniform from 0 to 1, where one sample says least.",
        ),
    )


def _alarm(scene: Scene, seed: int, clean: int) -> int:
    """The check of the alarm, counted from the change; one after the month if there is none."""
    rng, detector, today = random.Random(seed), Detector(allowance=scene.allowance), 0.0  # noqa: S311
    for check in range(clean + HORIZON):
        if check % DAY == 0:
            today = rng.gauss(0, scene.day_effect) if scene.day_effect else 0.0
        detector = detector.after(rng.gauss(0, 1) + today + (scene.shift if check >= clean else 0.0))
        if detector.alarmed and check < clean:
            return _alarm(scene, seed + 1_000_000, clean)  # a false alarm, counted elsewhere: another month
        if detector.alarmed:
            return check - clean + 1
    return HORIZON + 1


def _improvement(changes: int) -> tuple[list[Series], list[Claim]]:
    series, claims = [], []
    for name, concentration, samples in (("one sample", 0.47, 1), ("five samples", 2.0, 5)):
        before = _pool(concentration)
        for points in (10, 20):
            after = _lifted(before, points / 100)
            found = [_told(seed, before, after, samples) for seed in range(changes)]
            needed = tuple(float(one.problems) if one.improved else MISSED * PROBLEMS for one in found)
            series.append(Series(f"+{points} points of pass@1, {name}", "problems", needed))
            if points == 10:
                claims.append(Claim(f"recognised: {series[-1].name}", series[-1].median, RECOGNISED_WITHIN, "problems"))
    return series, claims


def _sameness(runs: int) -> list[Claim]:
    same = _pool(0.47)
    found = [_told(seed, same, same, 1) for seed in range(runs)]
    return [
        Claim(f"no change taken for an improvement, n = {runs}", fmean(one.improved for one in found), LEVEL, ""),
        Claim(f"no change taken for a loss, n = {runs}", fmean(one.worsened for one in found), LEVEL, ""),
    ]


def _told(seed: int, before: Sequence[float], after: Sequence[float], samples: int) -> Comparison:
    rng, found = random.Random(seed), Comparison()  # noqa: S311
    for _ in range(PROBLEMS):
        at = rng.randrange(len(before))
        new, old = (sum(rng.random() < side[at] for _ in range(samples)) / samples for side in (after, before))
        found = found.after(new, old)
        if found.improved or found.worsened:
            break
    return found


def _pool(concentration: float) -> list[float]:
    """Chances of being right, one half on average: the smaller ``concentration``, the more are near 0 or 1."""
    rng, half = random.Random(1), concentration / 2  # noqa: S311
    return [min(1 - 1e-6, max(1e-6, rng.betavariate(half, half))) for _ in range(4000)]


def _lifted(chances: Sequence[float], gain: float) -> list[float]:
    """The same problems for a model better by ``gain`` on average: each by as many logits."""
    low, high = -8.0, 8.0
    found: list[float] = []
    for _ in range(50):
        middle = (low + high) / 2
        found = [1 / (1 + (1 / one - 1) * math.exp(-middle)) for one in chances]
        low, high = (middle, high) if fmean(found) - fmean(chances) < gain else (low, middle)
    return found
