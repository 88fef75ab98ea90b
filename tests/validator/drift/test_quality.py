"""Better and worse are told from verdicts, soon, and seldom wrongly."""

import math
import random
from statistics import fmean, median

import pytest

from validator.drift.quality import LEVEL, Comparison

PROBLEMS = 1000


def pool(concentration: float) -> list[float]:
    """Chances of being right, one half on average: the smaller ``concentration``, the more are near 0 or 1."""
    rng = random.Random(1)
    half = concentration / 2
    return [min(1 - 1e-6, max(1e-6, rng.betavariate(half, half))) for _ in range(4000)]


def lifted(chances: list[float], gain: float) -> list[float]:
    """The same problems for a model that is better by ``gain`` on average: every one by as many logits."""
    low, high = -8.0, 8.0
    for _ in range(50):
        middle = (low + high) / 2
        found = [1 / (1 + (1 / one - 1) * math.exp(-middle)) for one in chances]
        low, high = (middle, high) if fmean(found) - fmean(chances) < gain else (low, middle)
    return found


HUMANEVAL = pool(0.47)
"""Between problems the chances vary by 0.17, within one a sample varies by 0.08: as measured of two models there."""


def told(seed: int, before: list[float], after: list[float], samples: int = 1, most: int = PROBLEMS) -> Comparison:
    """What is known after ``most`` problems, or as soon as something is."""
    rng, found = random.Random(seed), Comparison()
    for _ in range(most):
        at = rng.randrange(len(before))
        new, old = (sum(rng.random() < side[at] for _ in range(samples)) / samples for side in (after, before))
        found = found.after(new, old)
        if found.improved or found.worsened:
            break
    return found


def needed(after: list[float], samples: int = 1, before: list[float] = HUMANEVAL, runs: int = 100) -> float:
    """Problems until improvement is recognised, the median."""
    found = [told(seed, before, after, samples) for seed in range(runs)]
    return median(one.problems if one.improved else 2 * PROBLEMS for one in found)


def test_ten_points_more_are_recognised_within_250_problems() -> None:
    assert needed(lifted(HUMANEVAL, 0.1)) <= 250


def test_on_problems_of_middling_difficulty_five_samples_each_are_enough() -> None:
    even = pool(2.0)
    assert needed(lifted(even, 0.1), samples=5, before=even) <= 250


def test_twenty_points_are_recognised_sooner() -> None:
    assert needed(lifted(HUMANEVAL, 0.2)) < 0.5 * needed(lifted(HUMANEVAL, 0.1))


def test_a_loss_is_recognised_as_one() -> None:
    found = [told(seed, HUMANEVAL, lifted(HUMANEVAL, -0.1)) for seed in range(50)]
    assert median(one.problems if one.worsened else 2 * PROBLEMS for one in found) <= 250
    assert not any(one.improved for one in found)


def test_no_change_is_seldom_taken_for_one_however_long_one_looks() -> None:
    runs = 300
    found = [told(seed, HUMANEVAL, HUMANEVAL) for seed in range(runs)]
    assert sum(one.improved for one in found) <= LEVEL * runs
    assert sum(one.worsened for one in found) <= LEVEL * runs


def test_a_gain_within_the_margin_is_none() -> None:
    better = lifted(HUMANEVAL, 0.1)
    runs, rng, false = 60, random.Random(7), 0
    for _ in range(runs):
        found = Comparison(margin=0.12)
        for _ in range(600):
            at = rng.randrange(len(better))
            found = found.after(float(rng.random() < better[at]), float(rng.random() < HUMANEVAL[at]))
        false += found.improved
    assert false <= 1


@pytest.mark.parametrize("gain", [0.0, 0.1])
def test_the_confidence_sequence_holds_the_gain_at_all_times(gain: float) -> None:
    after, rng, missed, runs = lifted(HUMANEVAL, gain), random.Random(9), 0, 100
    truth = fmean(after) - fmean(HUMANEVAL)
    for _ in range(runs):
        found, out = Comparison(), False
        for _ in range(400):
            at = rng.randrange(len(after))
            found = found.after(float(rng.random() < after[at]), float(rng.random() < HUMANEVAL[at]))
            out |= not found.gain.low <= truth <= found.gain.high
        missed += out
        assert found.gain.high - found.gain.low < 0.3
    assert missed <= 0.05 * runs


def test_partial_credit_counts() -> None:
    found = Comparison()
    for _ in range(80):
        found = found.after(0.75, 0.5)
    assert found.improved
    assert found.gain.value == pytest.approx(0.25)


def test_what_is_recognised_stays() -> None:
    found = Comparison()
    for _ in range(40):
        found = found.after(1, 0)
    assert found.improved
    for _ in range(200):
        found = found.after(0, 1)
    assert found.improved
    assert found.worsened


def test_no_single_problem_decides() -> None:
    assert not Comparison().after(1, 0).improved
    assert (Comparison().gain.low, Comparison().gain.high) == (-1.0, 1.0)


@pytest.mark.parametrize(("new", "old"), [(1.1, 0), (0, -0.1), (float("nan"), 0)])
def test_worths_outside_their_range_are_refused(new: float, old: float) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        Comparison().after(new, old)


def test_a_restart_changes_nothing() -> None:
    rng = random.Random(2)
    through = restarted = Comparison()
    for _ in range(200):
        new, old = rng.random(), rng.random()
        through = through.after(new, old)
        restarted = Comparison.model_validate_json(restarted.model_dump_json()).after(new, old)
    assert restarted == through
