"""The alarm: rarely false, soon after a change, and the same after a restart."""

import random
from statistics import median

import pytest

from validator.drift.detector import ALLOWANCE, HORIZON, LARGEST, LEVEL, Detector, allowance

CLEAN = 240
DAY = 24


def alarmed_at(seed: int, shift: float, allowed: float, day_effect: float = 0.0, clean: int = CLEAN) -> int | None:
    """The check that raised the alarm in a month after ``clean`` checks, counted from there; None if none did."""
    rng, detector, today = random.Random(seed), Detector(allowance=allowed), 0.0
    for check in range(1, clean + HORIZON + 1):
        if check % DAY == 1:
            today = rng.gauss(0, day_effect) if day_effect else 0.0
        detector = detector.after(rng.gauss(0, 1) + today + (shift if check > clean else 0.0))
        if detector.alarmed:
            return check - clean
    return None


def delays(shift: float, allowed: float, day_effect: float = 0.0, runs: int = 60) -> list[int]:
    return [alarmed_at(seed, shift, allowed, day_effect) or HORIZON for seed in range(runs)]


@pytest.mark.parametrize(("allowed", "day_effect"), [(0.0, 0.0), (ALLOWANCE, 0.3)])
def test_false_alarms_are_at_most_one_in_a_hundred_months(allowed: float, day_effect: float) -> None:
    months = 300
    false = sum(alarmed_at(seed, 0.0, allowed, day_effect, clean=0) is not None for seed in range(months))
    assert false <= LEVEL * months, false


def test_a_day_effect_without_an_allowance_gives_false_alarms() -> None:
    """Else the test above would prove nothing."""
    assert sum(alarmed_at(seed, 0.0, 0.0, 0.3, clean=0) is not None for seed in range(30)) > 10


def test_any_wandering_within_the_allowance_is_borne() -> None:
    """The bound is for the worst that the allowance covers, not for Gaussian days."""
    assert [alarmed_at(seed, 0.4, ALLOWANCE, clean=0) for seed in range(60)] == [None] * 60


def test_a_shift_of_one_is_found_within_thirty_checks() -> None:
    assert median(delays(1.0, 0.0)) <= 30


@pytest.mark.parametrize("day_effect", [0.0, 0.3])
def test_a_shift_of_one_and_a_half_is_found_within_thirty_checks_at_the_allowance(day_effect: float) -> None:
    assert median(delays(1.5, ALLOWANCE, day_effect)) <= 30


@pytest.mark.parametrize("shift", [-1.5, 1.5])
def test_both_directions_are_found_and_dated(shift: float) -> None:
    """A cached answer is too much like the others."""
    rng, detector = random.Random(1), Detector()
    for check in range(CLEAN + 100):
        detector = detector.after(rng.gauss(0, 1) + shift * (check >= CLEAN))
    assert detector.alarmed
    assert detector.since == pytest.approx(CLEAN, abs=12)


def test_an_alarm_stays() -> None:
    detector = Detector()
    for _ in range(60):
        detector = detector.after(3.0)
    again = detector.after(-3.0).after(float("inf"))
    assert detector.alarmed
    assert again == detector


def test_one_check_alone_raises_no_alarm() -> None:
    assert not Detector(allowance=0).after(-1e300).alarmed
    assert Detector().after(1e300) == Detector().after(LARGEST)


def test_a_score_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="must be a number"):
        Detector().after(float("nan"))


def test_a_restart_changes_nothing() -> None:
    rng = random.Random(3)
    through = restarted = Detector()
    for _ in range(100):
        z = rng.gauss(0.3, 1)
        through = through.after(z)
        restarted = Detector.model_validate_json(restarted.model_dump_json()).after(z)
    assert restarted == through


def test_the_allowance_follows_the_days_of_an_endpoint() -> None:
    rng = random.Random(4)

    def days(effect: float) -> list[list[float]]:
        means = [rng.gauss(0, effect) if effect else 0.0 for _ in range(200)]
        return [[rng.gauss(mean, 1) for _ in range(DAY)] for mean in means]

    assert allowance(days(0.0)[:6]) == ALLOWANCE
    assert allowance(days(0.0)) == ALLOWANCE / 2
    assert allowance(days(0.3)) == pytest.approx(1.75 * 0.3, abs=0.08)
    assert allowance(days(1.0)) == pytest.approx(1.75, abs=0.25)
