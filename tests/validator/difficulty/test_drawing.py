"""The sampler asks what tells miners apart, shows no family too often, and leaves none out."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from statistics import fmean

import pytest

from validator.errors import BadRange
from validator.problems.difficulty import Ability, Family, Fit, Response, draw, fit
from validator.problems.difficulty.drawing import CAP, EXPLORED

RNG = random.Random(5)
FAMILIES = {f"f{at:02}": Family(0.5 + 1.2 * RNG.random(), RNG.gauss(0, 1.5), 100) for at in range(30)}
NAMES = sorted(FAMILIES)
MINERS = {f"m{at:02}": RNG.gauss(0, 1) for at in range(24)}
PROBLEMS = 40
KNOWN = Fit({}, FAMILIES, {}, 0.0)

Chooser = Callable[[str, Fit, int], Sequence[str]]


def spread_after(choose: Chooser) -> tuple[float, float]:
    """Mean posterior deviation, and root of the mean squared error, after PROBLEMS in blocks of ten."""
    rng = random.Random(11)
    calibration = [  # so that families are known, by miners that are not compared
        Response(f"z{at:03}", name, float(rng.random() < FAMILIES[name].chance(ability)), 1)
        for at, ability in enumerate(rng.gauss(0, 1) for _ in range(80))
        for name in NAMES
    ]
    responses: list[Response] = []
    found = fit(calibration)
    for block in range(PROBLEMS // 10):
        for miner, ability in MINERS.items():
            for name in choose(miner, found, block):
                right = rng.random() < FAMILIES[name].chance(ability)
                responses.append(Response(miner, name, float(right), 1))
        found = fit([*calibration, *responses])
    errors = [found.ability(miner).mean - ability for miner, ability in MINERS.items()]
    return fmean(found.ability(miner).sd for miner in MINERS), fmean(error**2 for error in errors) ** 0.5


def test_it_knows_miners_better_than_even_draws_after_as_many_problems() -> None:
    even = random.Random(3)
    shown: dict[str, Counter[str]] = {miner: Counter() for miner in MINERS}

    def ours(miner: str, found: Fit, block: int) -> Sequence[str]:
        drawn = draw(NAMES, found, 10, seed=block, miners=[miner], shown=shown[miner])
        shown[miner].update(drawn)
        return drawn

    ours_sd, ours_error = spread_after(ours)
    even_sd, even_error = spread_after(lambda miner, found, block: even.choices(NAMES, k=10))
    assert ours_sd < 0.85 * even_sd, (ours_sd, even_sd)
    assert ours_error < even_error, (ours_error, even_error)


def test_no_family_is_shown_more_often_than_the_cap_over_many_draws() -> None:
    shown: Counter[str] = Counter()
    for round_number in range(12):
        shown.update(draw(NAMES, KNOWN, 25, seed=round_number, cap=0.1, shown=shown))
        assert max(shown.values()) <= 0.1 * shown.total() + 1e-9, shown.most_common(3)


def test_every_family_is_measured_in_the_end() -> None:
    shown: Counter[str] = Counter()
    for round_number in range(15):
        shown.update(draw(NAMES, KNOWN, 20, seed=round_number, shown=shown))
    assert set(shown) == set(NAMES)
    assert len(NAMES) <= 15 * 20 * EXPLORED


def test_the_most_telling_are_those_near_the_ability() -> None:
    families = {f"f{at:02}": Family(1.0, at / 5 - 3.0) for at in range(31)}
    able = Fit({"m": Ability(1.5, 0.1)}, families, {}, 0.0)
    drawn = draw(sorted(families), able, 30, seed=1, miners=["m"])
    assert fmean(families[name].difficulty for name in drawn) == pytest.approx(1.5, abs=0.5)


def test_the_same_seed_draws_the_same_and_another_does_not() -> None:
    assert draw(NAMES, KNOWN, 30, seed=1) == draw(NAMES[::-1], KNOWN, 30, seed=1)
    assert draw(NAMES, KNOWN, 30, seed=1) != draw(NAMES, KNOWN, 30, seed=2)


def test_families_that_nobody_has_answered_can_be_drawn() -> None:
    drawn = draw(NAMES, Fit({}, {}, {NAMES[0]: 0.0}, 0.0), 40, seed=1)
    assert len(drawn) == 40
    assert max(Counter(drawn).values()) <= 40 * CAP


def test_a_cap_that_cannot_be_kept_is_refused() -> None:
    with pytest.raises(BadRange, match="higher cap, or more families"):
        draw(NAMES[:3], KNOWN, 100, seed=1, cap=0.1)
    with pytest.raises(BadRange, match="at least one"):
        draw(NAMES, KNOWN, 0, seed=1)
