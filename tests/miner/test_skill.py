"""Scripted miners are right by skill and by difficulty."""

import pytest

from miner.engines.skill import GUESS, SLIP, chance, toughness


def test_a_skill_is_the_chance_on_a_problem_of_no_difficulty() -> None:
    assert chance(0.7, 0.0, guess=0.0, slip=0.0) == pytest.approx(0.7)


def test_the_able_are_right_more_often_and_hard_problems_are_solved_less_often() -> None:
    assert chance(0.3, 0.5) < chance(0.6, 0.5) < chance(0.6, -0.5)


def test_nobody_falls_below_a_guess_nor_rises_above_slips() -> None:
    assert chance(0.5, 40.0) == pytest.approx(GUESS)
    assert chance(0.5, -40.0) == pytest.approx(1 - SLIP)


@pytest.mark.parametrize("skill", [0.0, 1.0])
def test_who_knows_nothing_or_everything_always_answers_alike(skill: float) -> None:
    assert {chance(skill, difficulty) for difficulty in (-9.0, 0.0, 9.0)} == {skill}


@pytest.mark.parametrize("skill", [-0.1, 1.1, float("nan")])
def test_a_skill_that_is_no_probability_is_refused(skill: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        chance(skill, 0.0)


def test_deep_problems_are_tough_and_each_has_a_part_of_its_own() -> None:
    shallow = [toughness({"blocks": 2, "steps": 20}, f"problem {number}") for number in range(200)]
    deep = [toughness({"blocks": 8, "steps": 20}, f"problem {number}") for number in range(200)]
    assert sum(deep) / 200 > sum(shallow) / 200 + 1
    assert len(set(deep)) == 200
    assert toughness({"blocks": 8, "steps": 20}, "problem 7") == deep[7]
