"""Hidden tests are few, keep the edges, and kill what all candidates together would kill."""

import random

import pytest

from evaluator.protocol import Status, Verdict
from validator.errors import TooFewCases
from validator.problems.mutation import Bug, Mutant, Trial, select


def trial(kills: set[int], status: Status = Status.FAILED) -> Trial:
    verdict = Verdict(status=status, detail="", calls=1, cpu_seconds=0, wall_seconds=0, peak_memory_bytes=0)
    return Trial(Mutant("", "index", Bug.BOUNDARY, (1,), "", ""), verdict, frozenset(kills))


def drawn(seed: int) -> list[Trial]:
    chance = random.Random(seed)
    return [trial(set(chance.sample(range(100), chance.choice([1, 2, 5, 20])))) for _ in range(60)]


def test_twenty_tests_are_chosen_though_one_would_kill_all() -> None:
    chosen = select(50, [trial({7})], 1)
    assert len(chosen.cases) == 20
    assert 7 in chosen.cases
    assert (chosen.killed, chosen.killable, chosen.share) == (1, 1, 1)


def test_edge_cases_are_kept() -> None:
    assert {3, 17, 40} <= set(select(50, drawn(1), 1, edges=[3, 17, 40]).cases)


@pytest.mark.parametrize("seed", range(5))
def test_fewer_than_the_least_kill_more_than_as_many_drawn_by_chance(seed: int) -> None:
    trials = drawn(seed)
    chosen = select(100, trials, seed, most=20)
    by_chance = set(random.Random(seed).sample(range(100), 20))
    assert chosen.killed == sum(bool(one.kills & set(chosen.cases)) for one in trials)
    assert chosen.killed > sum(bool(one.kills & by_chance) for one in trials)


def test_more_are_chosen_as_long_as_they_kill_more() -> None:
    chosen = select(60, [trial({case}) for case in range(30)], 1)
    assert chosen.cases == tuple(range(30))


def test_no_more_are_chosen_than_asked_for_and_the_share_says_what_that_costs() -> None:
    chosen = select(60, [trial({case}) for case in range(50)], 1, most=40)
    assert len(chosen.cases) == 40
    assert chosen.share == 0.8


def test_a_mutant_that_few_cases_kill_is_killed_again_before_one_that_many_do() -> None:
    trials = [trial({0, 1}), *(trial({2, 3, 4, 5, 6}) for _ in range(3))]
    assert {0, 1} <= set(select(30, trials, 1, least=5).cases)


def test_survivors_are_counted_and_what_does_not_compile_is_not() -> None:
    chosen = select(20, [trial({1}), trial(set(), Status.PASSED), trial(set(), Status.NOT_COMPILED)], 1)
    assert (chosen.killable, chosen.unkilled) == (1, 1)


def test_the_seed_decides_between_equals() -> None:
    assert select(100, [trial({7})], 1) == select(100, [trial({7})], 1)
    assert select(100, [trial({7})], 1) != select(100, [trial({7})], 2)


def test_fewer_candidates_than_tests_are_refused() -> None:
    with pytest.raises(TooFewCases, match=r"at least 20 .* 19 candidates"):
        select(19, [], 1)
