"""The estimator against its definition, the interval against simulation."""

import itertools
import random
from collections.abc import Callable

import pytest

from evaluator.passk import Interval, difference, interval, mean_pass_at_k, pass_at_k


@pytest.mark.parametrize(("n", "c", "k"), [(5, 0, 1), (5, 2, 1), (5, 2, 3), (6, 3, 2), (7, 1, 7), (4, 4, 2), (8, 5, 4)])
def test_it_is_the_share_of_subsets_with_a_pass(n: int, c: int, k: int) -> None:
    subsets = list(itertools.combinations([True] * c + [False] * (n - c), k))
    assert pass_at_k(n, c, k) == pytest.approx(sum(map(any, subsets)) / len(subsets), abs=1e-12)


def test_many_samples_lose_no_precision() -> None:
    assert pass_at_k(100_000, 50_000, 1) == 0.5
    assert pass_at_k(100_000, 1, 100_000) == 1.0


@pytest.mark.parametrize(("n", "c", "k"), [(4, 2, 5), (0, 0, 1), (5, 6, 1), (5, -1, 1), (5, 1, 0)])
def test_counts_that_make_no_sense_are_refused(n: int, c: int, k: int) -> None:
    with pytest.raises(ValueError, match="pass@k needs"):
        pass_at_k(n, c, k)


def test_the_mean_weighs_problems_and_not_samples_equally() -> None:
    assert mean_pass_at_k([(1, 1), (99, 0)], 1) == 0.5
    with pytest.raises(ValueError, match="no problems"):
        mean_pass_at_k([], 1)


def passes(rng: random.Random, n: int, rate: float) -> int:
    return sum(rng.random() < rate for _ in range(n))


def coverage(a: float, b: float, problems: int, n: int, k: int, rounds: int = 1500) -> float:
    """How often the interval holds the truth, when problems' pass rates are Beta(a, b)."""
    rng = random.Random(f"{a} {b} {problems} {n} {k}")
    missed = 1.0  # E[(1-p)^k]
    for i in range(k):
        missed *= (b + i) / (a + b + i)
    covered = 0
    for _ in range(rounds):
        counts = [(n, passes(rng, n, rng.betavariate(a, b))) for _ in range(problems)]
        low, high = interval(counts, k)
        covered += low <= 1 - missed <= high
    return covered / rounds


@pytest.mark.parametrize(("a", "b"), [(1, 1), (0.3, 0.3), (4, 2), (20, 20), (0.2, 1), (4, 1)])
@pytest.mark.parametrize("k", [1, 3, 5])
def test_it_covers_the_truth_as_often_as_it_says(a: float, b: float, k: int) -> None:
    assert 0.93 <= coverage(a, b, problems=164, n=5, k=k) <= 0.97


def test_it_covers_a_little_less_where_nearly_every_problem_is_solved() -> None:
    assert 0.91 <= coverage(9, 1, problems=164, n=5, k=5) <= 0.97


@pytest.mark.parametrize("problems", [2, 5, 10, 20])
def test_few_problems_are_not_overconfident(problems: int) -> None:
    assert coverage(1, 1, problems=problems, n=5, k=1) >= 0.93


@pytest.mark.parametrize("problems", [1, 3, 164])
def test_none_or_all_solved_still_leaves_doubt(problems: int) -> None:
    none, every = interval([(5, 0)] * problems, 1), interval([(5, 5)] * problems, 1)
    assert none.low == 0
    assert every.high == 1
    assert none.high == pytest.approx(1 - every.low)
    assert none.high == pytest.approx(3.84 / (problems + 3.84), rel=1e-3)


def test_alike_samples_of_a_problem_are_not_taken_for_independent_ones() -> None:
    def width(counts: list[tuple[int, int]]) -> float:
        found = interval(counts, 1)
        return found.high - found.low

    clustered, spread = [(10, 10), (10, 0)] * 50, [(10, 5)] * 100
    assert width(clustered) > 2 * width(spread)
    assert width(clustered) == pytest.approx(width([(1, 1), (1, 0)] * 50))


def test_it_holds_the_estimate_and_stays_between_0_and_1() -> None:
    rng = random.Random(1)
    for _ in range(500):
        counts = [(5, rng.randint(0, 5)) for _ in range(rng.randint(1, 6))]
        found = interval(counts, 2)
        assert isinstance(found, Interval)
        assert 0 <= found.low <= mean_pass_at_k(counts, 2) <= found.high <= 1


Draw = Callable[[random.Random], float]


def half_unsolvable(rng: random.Random) -> float:
    return 0.0 if rng.random() < 0.5 else rng.betavariate(2, 2)


def alike(rate: float) -> Draw:
    return lambda _: rate


@pytest.mark.parametrize(
    ("draw", "n", "truth"),
    [
        (half_unsolvable, 1, 0.25), (half_unsolvable, 5, 0.25), (alike(0.3), 1, 0.3), (alike(0.5), 20, 0.5),
        (alike(0.9), 5, 0.9),
    ],
    ids=["half unsolvable, n=1", "half unsolvable, n=5", "alike, n=1", "alike, n=20", "easy, n=5"],
)  # fmt: skip
def test_it_covers_the_truth_of_other_benchmarks_too(draw: Draw, n: int, truth: float) -> None:
    rng, covered, rounds = random.Random(f"{n} {truth}"), 0, 1500
    for _ in range(rounds):
        low, high = interval([(n, passes(rng, n, draw(rng))) for _ in range(164)], 1)
        covered += low <= truth <= high
    assert 0.93 <= covered / rounds <= 0.97


def paired(rng: random.Random, before: float, after: float, n: int) -> tuple[float, float]:
    return passes(rng, n, before) / n, passes(rng, n, after) / n


@pytest.mark.parametrize("n", [1, 5, 20])
@pytest.mark.parametrize("gain", [0.0, 0.1])
def test_a_difference_is_covered_as_often_as_it_says(n: int, gain: float) -> None:
    rng, covered, rounds = random.Random(f"{n} {gain}"), 0, 1500
    for _ in range(rounds):
        rates = [rng.betavariate(1, 1) * (1 - gain) for _ in range(164)]
        low, high = difference([paired(rng, rate, rate + gain, n) for rate in rates])
        covered += low <= gain <= high
    assert 0.93 <= covered / rounds <= 0.97


def test_problems_that_both_find_hard_do_not_blur_a_difference() -> None:
    rng = random.Random(3)
    pairs = [(rate, min(1.0, rate + 0.05)) for rate in (rng.choice([0.0, 0.9]) for _ in range(164))]
    low, high = difference(pairs)
    assert 0.03 < low < 0.05 < high < 0.07


def test_no_difference_at_all_still_leaves_doubt() -> None:
    low, high = difference([(1.0, 1.0)] * 164)
    assert low == pytest.approx(-high)
    assert 0.01 < high < 0.03
    with pytest.raises(ValueError, match="no problems"):
        difference([])
