"""One miner, watched by canaries: exact for a model that stays, quick for one that does not, whole after a restart."""

import random
from collections.abc import Callable
from itertools import pairwise
from statistics import fmean

import pytest

from validator.drift.conformal import WARM
from validator.drift.detector import HORIZON, Detector
from validator.drift.monitor import DAYS_KEPT, Check, Monitor, restored
from validator.errors import StateProblem

Answer = Callable[[str, random.Random, float], str]
CANARIES = [f"canary {at}" for at in range(8)]
ASKED = 4
DRAWS = 199


def warmed(answer: Answer, rng: random.Random, allowance: float = 0.0) -> Monitor:
    monitor = Monitor(seed=1, detector=Detector(allowance=allowance))
    for _ in range(WARM):
        assert monitor.check({name: answer(name, rng, 0.0) for name in CANARIES}, day=0) is None
    return monitor


def check(monitor: Monitor, answer: Answer, rng: random.Random, hour: int, drift: float = 0.0) -> Check:
    found = monitor.check({n: answer(n, rng, drift) for n in rng.sample(CANARIES, ASKED)}, hour // 24, DRAWS)
    assert found is not None
    return found


def test_p_values_of_a_model_that_stays_are_uniform_and_independent(answer: Answer) -> None:
    found: list[float] = []
    for seed in range(3):
        rng = random.Random(seed)
        monitor = warmed(answer, rng)
        found += [check(monitor, answer, rng, hour).p for hour in range(100)]
    ordered = sorted(found)
    furthest = max(abs((at + 0.5) / len(ordered) - p) for at, p in enumerate(ordered))
    assert furthest < 1.36 / len(ordered) ** 0.5, furthest  # Kolmogorov's 5 % bound
    neighbours = fmean((a - 0.5) * (b - 0.5) * 12 for a, b in pairwise(found))
    assert abs(neighbours) < 2.5 / len(found) ** 0.5, neighbours


def test_a_model_that_stays_raises_no_alarm_and_one_that_changes_does(answer: Answer) -> None:
    rng = random.Random(5)
    monitor = warmed(answer, rng)
    assert not any(check(monitor, answer, rng, hour).alarm for hour in range(100))
    found = [check(monitor, answer, rng, 100 + hour, drift=0.25).alarm for hour in range(30)]
    assert found[-1]
    assert found.index(True) < 20


def test_a_miner_that_repeats_a_stored_answer_is_found(answer: Answer) -> None:
    """Too much alike is as suspicious as too little."""
    rng = random.Random(6)
    monitor = warmed(answer, rng)
    stored = {name: answer(name, rng, 0.0) for name in CANARIES}
    alarms = [monitor.check({n: stored[n] for n in rng.sample(CANARIES, ASKED)}, 0, DRAWS) for _ in range(60)]
    assert any(one is not None and one.alarm for one in alarms)


def test_a_restart_changes_nothing(answer: Answer) -> None:
    rng = random.Random(7)
    through = warmed(answer, rng, allowance=0.5)
    restarted = restored(through.state().model_dump_json())
    for hour in range(12):
        answers = {name: answer(name, rng, 0.0) for name in rng.sample(CANARIES, ASKED)}
        assert through.check(answers, hour, DRAWS) == restarted.check(answers, hour, DRAWS)
        restarted = restored(restarted.state().model_dump_json())
    assert restarted.state() == through.state()


def test_new_canaries_are_taken_in_before_they_test(answer: Answer) -> None:
    rng = random.Random(8)
    monitor = warmed(answer, rng)
    before = monitor.detector
    assert monitor.check({"new": answer("new", rng, 0.0)}, day=1) is None
    assert monitor.check({}, day=1) is None
    assert monitor.detector == before


def test_an_epoch_begins_with_empty_bags_and_a_month_is_renewed_with_full_ones(answer: Answer) -> None:
    rng = random.Random(9)
    monitor = warmed(answer, rng, allowance=0.5)
    check(monitor, answer, rng, 0)
    monitor.renew(0.7)
    assert monitor.detector == Detector(allowance=0.7)
    assert check(monitor, answer, rng, 1).alarm is False
    monitor.begin()
    assert monitor.detector == Detector(allowance=0.7)
    assert monitor.check({CANARIES[0]: answer(CANARIES[0], rng, 0.0)}, day=0) is None


def test_the_chance_of_a_false_alarm_is_one_months_each_month(answer: Answer) -> None:
    rng = random.Random(12)
    monitor = warmed(answer, rng)
    monitor.detector = monitor.detector.model_copy(update={"checks": HORIZON})
    check(monitor, answer, rng, 0)
    assert monitor.detector.checks == 1


def test_scores_of_the_last_days_are_kept(answer: Answer) -> None:
    rng = random.Random(10)
    monitor = warmed(answer, rng)
    for day in range(DAYS_KEPT + 5):
        check(monitor, answer, rng, 24 * day)
    assert list(monitor.days) == list(range(5, DAYS_KEPT + 5))


@pytest.mark.parametrize(
    "hostile", ["", "```", "`" * 100_000, "\ud800", "a" * 3_000_000, "```python\n" * 200_000, "# " * 1_000_000]
)
def test_hostile_answers_are_answers_like_others(hostile: str, answer: Answer) -> None:
    rng = random.Random(11)
    monitor = warmed(answer, rng)
    answers = {name: answer(name, rng, 0.0) for name in CANARIES[1:ASKED]}
    found = monitor.check(answers | {CANARIES[0]: hostile}, 0, DRAWS)
    assert found is not None
    assert 0 < found.p < 1
    assert restored(monitor.state().model_dump_json()).state() == monitor.state()


def test_a_state_of_another_version_is_refused() -> None:
    with pytest.raises(StateProblem, match="stored one is 9"):
        restored(Monitor(1).state().model_copy(update={"version": 9}).model_dump_json())
