"""Weights are shares of what was earned."""

import math
import random
from collections.abc import Callable

from validator.protocol import Interval, Miner, Score
from validator.weights import weigh

MakeMiner = Callable[[int], Miner]


def scored(miner: Miner, total: float) -> Score:
    nothing = Interval(0.0, 0.0, 1.0)
    return Score(miner, nothing, nothing, (), 1.0, 1.0, None, None, total, None)


def test_weights_are_proportional_and_sum_to_one(miner: MakeMiner) -> None:
    assert weigh([scored(miner(3), 0.125), scored(miner(1), 0.375)]) == {3: 0.25, 1: 0.75}


def test_any_field_sums_to_one(miner: MakeMiner) -> None:
    draw = random.Random(4)
    for size in (1, 2, 7, 64, 255):
        weights = weigh([scored(miner(uid), draw.random()) for uid in range(size)])
        assert math.isclose(sum(weights.values()), 1.0, abs_tol=1e-9)


def test_who_earned_nothing_has_the_weight_nought(miner: MakeMiner) -> None:
    assert weigh([scored(miner(1), 0.0), scored(miner(2), 0.5)]) == {1: 0.0, 2: 1.0}


def test_there_are_no_weights_where_nobody_earned_anything(miner: MakeMiner) -> None:
    assert weigh([]) == {}
    assert weigh([scored(miner(1), 0.0), scored(miner(2), 0.0)]) == {}
