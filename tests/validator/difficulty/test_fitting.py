"""The response model finds the abilities and families that made the responses, and says how sure it is."""

import math
import random
from dataclasses import dataclass
from statistics import correlation, fmean

import pytest

from validator.problems.difficulty import Response, fit
from validator.problems.difficulty.prediction import sigmoid


@dataclass(frozen=True, slots=True)
class World:
    """Miners and families with known parameters, and the responses that they give."""

    abilities: dict[str, float]
    difficulties: dict[str, float]
    slopes: dict[str, float]
    responses: list[Response]


def world(seed: int, miners: int, families: int, problems: int, samples: int, likeness: float = 0) -> World:
    """``likeness``: the correlation of a problem's samples, beta-binomial."""
    rng = random.Random(seed)
    drawn = [rng.gauss(0, 1) for _ in range(miners)]
    mean = fmean(drawn)
    spread = math.sqrt(fmean((one - mean) ** 2 for one in drawn))
    abilities = {f"m{at:03}": (one - mean) / spread for at, one in enumerate(drawn)}
    difficulties = {f"f{at:03}": rng.gauss(0, 1) for at in range(families)}
    slopes = {name: math.exp(rng.gauss(0, 0.3)) for name in difficulties}
    responses = []
    for miner, ability in abilities.items():
        for name in rng.choices(sorted(difficulties), k=problems):
            chance = sigmoid(slopes[name] * (ability - difficulties[name]))
            if likeness:
                both = 1 / likeness - 1
                chance = rng.betavariate(max(chance * both, 1e-9), max((1 - chance) * both, 1e-9))
            responses.append(Response(miner, name, sum(rng.random() < chance for _ in range(samples)), samples))
    return World(abilities, difficulties, slopes, responses)


def coverage(worlds: list[World]) -> float:
    hits = [
        known.interval.low <= made.abilities[miner] <= known.interval.high
        for made in worlds
        for miner, known in fit(made.responses).abilities.items()
    ]
    return fmean(hits)


def test_known_parameters_are_recovered() -> None:
    made = world(1, miners=32, families=60, problems=1000, samples=5)
    found = fit(made.responses)
    names = sorted(found.families)
    abilities = [found.abilities[miner].mean for miner in made.abilities]
    assert correlation(abilities, list(made.abilities.values())) >= 0.99
    assert correlation([found.families[n].difficulty for n in names], [made.difficulties[n] for n in names]) >= 0.98
    assert correlation([found.families[n].slope for n in names], [made.slopes[n] for n in names]) >= 0.9


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    found = coverage([world(100 + seed, miners=32, families=24, problems=40, samples=2) for seed in range(40)])
    assert 0.93 <= found <= 0.97, found


def test_samples_of_one_problem_that_resemble_each_other_do_not_make_intervals_too_narrow() -> None:
    worlds = [world(500 + seed, miners=32, families=24, problems=80, samples=5, likeness=0.4) for seed in range(30)]
    assert fmean(fit(made.responses).clustering for made in worlds[:5]) == pytest.approx(0.4, abs=0.05)
    found = coverage(worlds)
    assert 0.93 <= found <= 0.97, found


def test_all_right_and_all_wrong_stay_finite_and_at_the_ends() -> None:
    made = world(2, miners=20, families=12, problems=60, samples=2)
    names = sorted(made.difficulties)
    best = [Response("best", name, 2, 2) for name in names * 5]
    worst = [Response("worst", name, 0, 2) for name in names * 5]
    found = fit([*made.responses, *best, *worst]).abilities
    ordered = sorted(found, key=lambda miner: found[miner].mean)
    assert (ordered[0], ordered[-1]) == ("worst", "best")
    assert all(abs(one.mean) < 6 and 0 < one.sd < 1.5 for one in found.values())


def test_a_family_that_nobody_solves_and_one_that_all_solve_stay_finite() -> None:
    made = world(3, miners=20, families=12, problems=60, samples=1)
    extra = [Response(m, f, right, 1) for m in made.abilities for f, right in (("never", 0.0), ("always", 1.0))]
    found = fit([*made.responses, *extra]).families
    assert 1 < found["never"].difficulty < 10
    assert -10 < found["always"].difficulty < -1


def test_who_was_asked_hard_problems_loses_nothing_by_it() -> None:
    made = world(4, miners=30, families=20, problems=300, samples=1)
    hard = {name for name, value in made.difficulties.items() if value > 0}
    kept = [one for one in made.responses if one.miner != "m000" or one.family in hard]
    whole, part = fit(made.responses).abilities["m000"], fit(kept).abilities["m000"]
    assert abs(whole.mean - part.mean) < 2.5 * part.sd
    assert part.sd > whole.sd


def test_what_was_not_judged_is_absent() -> None:
    made = world(5, miners=10, families=5, problems=30, samples=1)
    nothing = [Response(miner, "f000", 0, 0) for miner in (*made.abilities, "silent")]
    assert fit([*made.responses, *nothing]) == fit(made.responses)


def test_partial_credit_counts_in_part() -> None:
    base = world(6, miners=20, families=8, problems=40, samples=1).responses
    places = [
        fit([*base, *(Response("new", f"f{number % 8:03}", credit, 1) for number in range(64))]).abilities["new"].mean
        for credit in (0.2, 0.5, 0.8)
    ]
    assert places[0] < places[1] < places[2]


def test_the_order_of_responses_changes_nothing() -> None:
    responses = world(7, miners=12, families=6, problems=30, samples=3).responses
    shuffled = random.Random(1).sample(responses, len(responses))
    assert fit(shuffled) == fit(responses)


def test_of_a_lone_miner_something_is_known() -> None:
    found = fit([Response("only", "f", 9, 10)], {"f": 1.0})
    assert found.abilities["only"].mean > 0.5
    assert found.families["f"].difficulty < 1.0


def test_nothing_is_known_of_nothing() -> None:
    found = fit([], {"f": 0.7})
    assert found.abilities == {}
    assert (found.ability("new").mean, found.ability("new").sd) == (0.0, 1.0)
    assert found.family("f").difficulty == 0.7


@pytest.mark.parametrize(("right", "asked"), [(2, 1), (-1, 1), (1, 0), (float("nan"), 1)])
def test_impossible_counts_are_refused(right: float, asked: int) -> None:
    with pytest.raises(ValueError, match="cannot be right"):
        fit([Response("m", "f", right, asked)])


def test_a_rate_is_over_the_same_mixture_for_all() -> None:
    made = world(8, miners=30, families=10, problems=400, samples=2)
    found = fit(made.responses)
    shares = dict.fromkeys(made.difficulties, 1.0)
    for miner, ability in made.abilities.items():
        true = fmean(sigmoid(made.slopes[f] * (ability - made.difficulties[f])) for f in shares)
        rate = found.rate(miner, shares)
        assert rate.low < rate.value < rate.high
        assert rate.value == pytest.approx(true, abs=0.06)
    with pytest.raises(ValueError, match="mixture"):
        found.rate("m000", {})
