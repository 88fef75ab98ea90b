"""A second look at an alarm: it confirms a change of model, and neither chance nor an endpoint's ordinary days."""

import random
from collections.abc import Callable

import pytest

from validator.drift.confirming import Answers, confirm, ordinary

Answer = Callable[[str, random.Random, float], str]
CANARIES = [f"other canary {at}" for at in range(8)]


def answers(answer: Answer, rng: random.Random, each: int, drift: float = 0.0) -> Answers:
    return {name: [answer(name, rng, drift) for _ in range(each)] for name in CANARIES}


def test_a_change_is_confirmed_and_none_is_not(answer: Answer) -> None:
    rng = random.Random(1)
    past = answers(answer, rng, 15)
    assert confirm(past, answers(answer, rng, 6, drift=0.4), 0.0, seed=1).confirmed
    again = [confirm(past, answers(answer, rng, 6), 0.0, seed) for seed in range(5)]
    assert not any(one.confirmed for one in again), again


def test_a_change_within_the_tolerance_is_not_confirmed(answer: Answer) -> None:
    rng = random.Random(2)
    past, fresh = answers(answer, rng, 15), answers(answer, rng, 6, drift=0.4)
    found = confirm(past, fresh, 0.0, seed=1)
    assert confirm(past, fresh, found.distance + 0.01, seed=1).confirmed is False


def test_the_tolerance_is_as_large_as_days_differ(answer: Answer) -> None:
    rng = random.Random(3)
    alike = ordinary([answers(answer, rng, 4) for _ in range(5)])
    apart = ordinary([answers(answer, rng, 4, drift=rng.random() * 0.6) for _ in range(5)])
    assert apart > alike
    assert alike < confirm(answers(answer, rng, 15), answers(answer, rng, 6, drift=0.4), 0.0, seed=1).distance


def test_the_same_seed_gives_the_same_p_value(answer: Answer) -> None:
    rng = random.Random(4)
    past, fresh = answers(answer, rng, 6), answers(answer, rng, 3)
    assert confirm(past, fresh, 0.0, seed=1) == confirm(past, fresh, 0.0, seed=1)


def test_too_little_to_compare_is_refused(answer: Answer) -> None:
    rng = random.Random(5)
    with pytest.raises(ValueError, match="no canary"):
        confirm(answers(answer, rng, 4), answers(answer, rng, 1), 0.0, seed=1)
    with pytest.raises(ValueError, match="two days"):
        ordinary([answers(answer, rng, 4)])
