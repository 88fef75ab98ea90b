"""Yuma consensus, by hand, by invariant, and by the chain's own numbers."""

import random
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from chain import yuma
from chain.bonds import LiquidAlpha
from chain.yuma import Neuron, Outcome, Params

VECTORS = tomllib.loads((Path(__file__).parent / "yuma_vectors.toml").read_text())


def validator(stake: float, weights: dict[int, float], **more: object) -> Neuron:
    return replace(Neuron(stake=stake, permit=True, last_update=10, weights=weights), **more)  # type: ignore[arg-type]


def epoch(*neurons: Neuron, params: Params | None = None) -> tuple[Outcome, ...]:
    return yuma.epoch(neurons, block=20, tempo=10, params=params)


def incentives(outcomes: Sequence[Outcome]) -> list[float]:
    return [outcome.incentive for outcome in outcomes]


def crowd(seed: int, size: int = 24) -> tuple[Neuron, ...]:
    """Eight validators of any stake that weigh anybody, and miners."""
    draw = random.Random(seed)
    weights = [{j: draw.random() for j in range(size) if draw.random() < 0.6} for _ in range(8)]
    return tuple(
        validator(draw.uniform(1, 100), weights[uid]) if uid < 8 else Neuron(last_update=10) for uid in range(size)
    )


def test_one_validator_decides_alone() -> None:
    outcomes = epoch(validator(5, {1: 3, 2: 1}), Neuron(), Neuron())
    assert incentives(outcomes) == pytest.approx([0, 0.75, 0.25])
    assert outcomes[0].dividends == pytest.approx(1)
    assert outcomes[0].validator_trust == pytest.approx(1)
    assert [o.emission for o in outcomes] == pytest.approx([0.5, 0.375, 0.125])
    assert outcomes[0].bonds == pytest.approx({1: 0.075, 2: 0.025})


def test_a_weight_above_the_stake_weighted_median_is_clipped_to_it() -> None:
    # Stake 40, 30, 30 gives miner 3 the weights 0.2, 0.5, 0.9: the median stake stands at 0.5.
    rows = ({3: 0.2, 4: 0.8}, {3: 0.5, 4: 0.5}, {3: 0.9, 4: 0.1})
    outcomes = epoch(*(validator(s, row) for s, row in zip((40, 30, 30), rows, strict=True)), Neuron(), Neuron())
    assert [outcomes[3].consensus, outcomes[4].consensus] == pytest.approx([0.5, 0.5])
    assert [o.validator_trust for o in outcomes[:3]] == pytest.approx([0.7, 1.0, 0.6])
    ranks = (0.4 * 0.2 + 0.3 * 0.5 + 0.3 * 0.5, 0.4 * 0.5 + 0.3 * 0.5 + 0.3 * 0.1)
    assert incentives(outcomes)[3:] == pytest.approx([rank / sum(ranks) for rank in ranks])
    assert outcomes[3].trust == pytest.approx(ranks[0] / (0.4 * 0.2 + 0.3 * 0.5 + 0.3 * 0.9))


def test_a_lying_minority_moves_neither_consensus_nor_incentive_and_pays_for_it() -> None:
    honest = {3: 0.7, 4: 0.3}
    together = epoch(*(validator(s, honest) for s in (30, 30, 40)), Neuron(), Neuron(), Neuron())
    lying = epoch(validator(30, honest), validator(30, honest), validator(40, {5: 1}), Neuron(), Neuron(), Neuron())
    assert [o.consensus for o in lying] == pytest.approx([o.consensus for o in together])
    assert incentives(lying) == pytest.approx(incentives(together))
    assert lying[2].validator_trust == 0
    assert [o.dividends for o in lying[:3]] == pytest.approx([0.5, 0.5, 0])


def test_a_majority_prevails() -> None:
    outcomes = epoch(validator(51, {2: 1}), validator(49, {3: 1}), Neuron(), Neuron())
    assert incentives(outcomes) == pytest.approx([0, 0, 1, 0])


@pytest.mark.parametrize("seed", range(5))
def test_incentive_dividends_and_emission_each_sum_to_one(seed: int) -> None:
    outcomes = epoch(*crowd(seed))
    assert sum(incentives(outcomes)) == pytest.approx(1)
    assert sum(o.dividends for o in outcomes) == pytest.approx(1)
    assert sum(o.emission for o in outcomes) == pytest.approx(1)
    assert all(0 <= bond <= 1 for o in outcomes for bond in o.bonds.values())


@pytest.mark.parametrize("seed", range(5))
def test_the_scale_of_stake_and_of_a_row_does_not_matter(seed: int) -> None:
    neurons = crowd(seed)
    scaled = [
        replace(n, stake=n.stake * 1e6, weights={j: w * (uid + 1) * 7 for j, w in n.weights.items()})
        for uid, n in enumerate(neurons)
    ]
    for one, other in zip(epoch(*neurons), epoch(*scaled), strict=True):
        assert (one.incentive, one.dividends) == pytest.approx((other.incentive, other.dividends))


def test_a_weight_on_oneself_is_ignored() -> None:
    assert incentives(epoch(validator(5, {0: 100, 1: 3, 2: 1}), Neuron(), Neuron())) == pytest.approx([0, 0.75, 0.25])


def test_a_row_without_permit_is_ignored() -> None:
    outcomes = epoch(validator(1, {2: 1}), validator(9, {3: 1}, permit=False), Neuron(), Neuron())
    assert incentives(outcomes) == pytest.approx([0, 0, 1, 0])
    assert outcomes[1].permit, "it has stake, so this epoch gives it a permit for the next"


def test_a_validator_that_fell_silent_does_not_count() -> None:
    outcomes = epoch(
        validator(1, {2: 1}), validator(9, {3: 1}, last_update=4), Neuron(), Neuron(), params=Params(activity_cutoff=15)
    )
    assert [o.active for o in outcomes[:2]] == [True, False]
    assert incentives(outcomes) == pytest.approx([0, 0, 1, 0])


def test_a_weight_given_before_its_receiver_came_is_ignored() -> None:
    outcomes = epoch(validator(1, {1: 1, 2: 1}), Neuron(registered_at=10), Neuron(registered_at=9))
    assert incentives(outcomes) == pytest.approx([0, 0, 1])


def test_a_weight_committed_before_its_receiver_came_is_ignored() -> None:
    outcomes = epoch(validator(1, {1: 1, 2: 1}, committed_at=6), Neuron(registered_at=7), Neuron(registered_at=6))
    assert incentives(outcomes) == pytest.approx([0, 0, 1])


def test_bonds_in_a_newcomer_start_from_nothing() -> None:
    before = validator(1, {1: 1, 2: 1}, bonds={1: 0.5, 2: 0.5})
    outcomes = yuma.epoch([before, Neuron(registered_at=10), Neuron(registered_at=9)], block=20, tempo=10)
    assert outcomes[0].bonds == pytest.approx({2: 0.9 * 0.5 + 0.1}), "the weight on uid 1 is older than uid 1"


def test_permits_go_to_the_highest_stakes_and_never_to_none() -> None:
    stakes = (0, 5, 1, 7, 3, 0)
    some = epoch(*(Neuron(stake=s) for s in stakes), params=Params(max_validators=3))
    assert [o.permit for o in some] == [False, True, False, True, True, False]
    assert [o.permit for o in epoch(*(Neuron(stake=s) for s in stakes))] == [False, True, True, True, True, False]


def test_stake_below_the_threshold_does_not_count() -> None:
    outcomes = epoch(validator(4, {2: 1}), validator(3, {3: 1}), Neuron(), Neuron(), params=Params(stake_threshold=3.5))
    assert [o.permit for o in outcomes] == [True, False, False, False]
    assert outcomes[0].dividends == pytest.approx(1)


def test_without_weights_emission_follows_stake() -> None:
    outcomes = epoch(Neuron(stake=3), Neuron(stake=1))
    assert incentives(outcomes) == [0, 0]
    assert [o.emission for o in outcomes] == pytest.approx([0.75, 0.25])
    assert [o.emission for o in epoch(Neuron(), Neuron())] == [0, 0]
    assert epoch() == ()


def test_who_backs_a_miner_early_earns_more_than_who_follows() -> None:
    early, late = validator(1, {2: 1}, bonds={2: 0.5}), validator(1, {2: 1})
    outcomes = epoch(early, late, Neuron())
    assert outcomes[0].dividends == pytest.approx(0.55 / 0.65)


@pytest.mark.parametrize("name", VECTORS)
def test_agrees_with_the_chains_own_vectors(name: str) -> None:
    case = VECTORS[name]
    params = Params(
        bonds_penalty=0,
        bonds_moving_average=0.975,
        liquid_alpha=LiquidAlpha(low=0.1, high=0.3) if case["liquid"] else None,
    )
    miners = range(3, 3 + len(case["weights"][0][0]))
    bonds: list[dict[int, float]] = [{}, {}, {}]
    for number, (expected_bonds, expected_dividends) in enumerate(zip(case["bonds"], case["dividends"], strict=True)):
        rows = case["weights"][min(number, len(case["weights"]) - 1)]
        neurons = [
            validator(stake, dict(zip(miners, row, strict=True)), bonds=held)
            for stake, row, held in zip(case["stake"], rows, bonds, strict=True)
        ]
        outcomes = epoch(*neurons, *(Neuron() for _ in miners), params=params)
        bonds = [outcome.bonds for outcome in outcomes[:3]]
        held = [[row.get(j, 0.0) for j in miners] for row in bonds]
        assert [o.dividends for o in outcomes[:3]] == pytest.approx(expected_dividends, abs=1e-4), f"epoch {number}"
        for row, expected in zip(held, expected_bonds, strict=True):
            assert row == pytest.approx(expected, abs=1e-4), f"epoch {number}"
