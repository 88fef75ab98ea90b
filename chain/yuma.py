"""Yuma consensus, third version: from what validators say of everybody to what each of them earns.

Source: opentensor/subtensor, pallets/subtensor/src/epoch/run_epoch.rs with Yuma3On, which is what new subnets run.
Left out: the subnet owner's privileges, and the sixteen-bit rounding (whoever stores a number rounds it).

Symbols, i a validator and j anybody; all shares in [0, 1]:
    S_i   active stake: stake of permitted, active validators, sum 1          R_j   rank, sum_i S_i min(W_ij, C_j)
    W_ij  weight that i gives j, every row sums to 1                          I_j   incentive, R_j / sum R
    C_j   consensus: the highest weight that stake of more than kappa backs   B_ij  bond that i holds in j
    D_i   dividends, S_i sum_j I_j B_ij / (sum_i B_ij), made to sum to 1
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chain.bonds import LiquidAlpha, moving_average

Row = Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Params:
    """The subnet's hyperparameters, with the chain's defaults."""

    kappa: float = 32767 / 65535
    bonds_penalty: float = 1.0
    """How much of what exceeds consensus is missing from bonds too: 0 nothing, 1 all."""
    bonds_moving_average: float = 0.9
    """How much of a bond survives an epoch."""
    liquid_alpha: LiquidAlpha | None = None
    max_validators: int = 64
    stake_threshold: float = 0.0
    activity_cutoff: int = 5000
    """Blocks without set_weights after which a validator does not count."""


@dataclass(frozen=True, slots=True)
class Neuron:
    """What an epoch knows of one uid, which is its place in the sequence. Weights and stake have any scale."""

    stake: float = 0.0
    permit: bool = False
    registered_at: int = 0
    last_update: int = 0
    committed_at: int | None = None
    """Block of its earliest commit that is not revealed yet."""
    weights: Row = field(default_factory=dict)
    bonds: Row = field(default_factory=dict)
    """As the last epoch left them, in [0, 1]."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the epoch made of one uid."""

    permit: bool
    """Whether it is a validator from now on; this epoch went by the permits of the one before."""
    active: bool
    consensus: float
    trust: float
    """What is left of j's rank after clipping, reporting only."""
    validator_trust: float
    incentive: float
    dividends: float
    emission: float
    """Its share of all that the epoch pays, by half to incentive and by half to dividends; by stake if both are 0."""
    bonds: dict[int, float]


def epoch(neurons: Sequence[Neuron], *, block: int, tempo: int, params: Params | None = None) -> tuple[Outcome, ...]:
    """The epoch at ``block``, one outcome a neuron. Pure. Incentive and dividends each sum to 1, or are all 0."""
    params = params or Params()
    stake = normalised([n.stake if n.stake >= params.stake_threshold else 0.0 for n in neurons])
    active = [n.last_update + params.activity_cutoff >= block for n in neurons]
    voting = normalised([s if n.permit and a else 0.0 for s, n, a in zip(stake, neurons, active, strict=True)])
    weights = [_row(uid, neurons) for uid in range(len(neurons))]

    consensus = _consensus(voting, weights, params.kappa)
    clipped = [{j: min(w, consensus[j]) for j, w in row.items()} for row in weights]
    ranks, unclipped = _ranks(voting, clipped), _ranks(voting, weights)
    incentive = normalised(ranks)

    for_bonds = [_blend(row, cut, params.bonds_penalty) for row, cut in zip(weights, clipped, strict=True)]
    old = [_live_bonds(n, neurons, block - tempo) for n in neurons]
    bonds = moving_average(old, for_bonds, consensus, keep=params.bonds_moving_average, liquid=params.liquid_alpha)
    dividends = normalised([s * held for s, held in zip(voting, _holdings(bonds, incentive), strict=True)])

    emission = normalised([i + d for i, d in zip(incentive, dividends, strict=True)])
    if not any(emission):
        emission = voting if any(voting) else stake
    permits = _top(stake, params.max_validators)
    return tuple(
        Outcome(
            permit=permits[uid],
            active=active[uid],
            consensus=consensus[uid],
            trust=ranks[uid] / unclipped[uid] if unclipped[uid] else 0.0,
            validator_trust=sum(clipped[uid].values()),
            incentive=incentive[uid],
            dividends=dividends[uid],
            emission=emission[uid],
            bonds=bonds[uid] if permits[uid] else {},
        )
        for uid in range(len(neurons))
    )


def normalised(values: Sequence[float]) -> list[float]:
    """The values divided by their sum; all 0 if that is 0."""
    total = sum(values)
    return [value / total for value in values] if total > 0 else [0.0] * len(values)


def _row(uid: int, neurons: Sequence[Neuron]) -> dict[int, float]:
    """W_i: no weight of the unpermitted, on oneself, or on somebody who came after it was set or committed."""
    me = neurons[uid]
    if not me.permit:
        return {}
    kept = {
        j: weight
        for j, weight in me.weights.items()
        if j != uid
        and weight > 0
        and me.last_update > neurons[j].registered_at
        and (me.committed_at is None or me.committed_at >= neurons[j].registered_at)
    }
    return dict(zip(kept, normalised(list(kept.values())), strict=True))


def _consensus(voting: Sequence[float], weights: Sequence[Row], kappa: float) -> list[float]:
    """C: for every column the weighted median, the smallest weight with more than 1 - kappa of the stake up to it."""
    voters = [(stake, row) for stake, row in zip(voting, weights, strict=True) if stake > 0]
    return [_median([(row.get(j, 0.0), stake) for stake, row in voters], 1 - kappa) for j in range(len(voting))]


def _median(column: list[tuple[float, float]], minority: float) -> float:
    below = 0.0
    column.sort()
    for weight, stake in column:
        below += stake
        if below > minority:
            return weight
    return column[-1][0] if column else 0.0


def _ranks(voting: Sequence[float], weights: Sequence[Row]) -> list[float]:
    ranks = [0.0] * len(voting)
    for stake, row in zip(voting, weights, strict=True):
        for j, weight in row.items():
            ranks[j] += stake * weight
    return ranks


def _blend(row: Row, clipped: Row, penalty: float) -> dict[int, float]:
    return {j: (1 - penalty) * weight + penalty * clipped[j] for j, weight in row.items()}


def _live_bonds(neuron: Neuron, neurons: Sequence[Neuron], last_tempo: int) -> dict[int, float]:
    """Bonds in those who were here at the epoch before; the rest belonged to whoever had the uid then."""
    return {j: bond for j, bond in neuron.bonds.items() if neurons[j].registered_at < last_tempo}


def _holdings(bonds: Sequence[Row], incentive: Sequence[float]) -> list[float]:
    """For every i, the sum over j of its share of the bonds in j, times j's incentive."""
    issued = [0.0] * len(incentive)
    for row in bonds:
        for j, bond in row.items():
            issued[j] += bond
    return [sum(bond / issued[j] * incentive[j] for j, bond in row.items() if bond) for row in bonds]


def _top(stake: Sequence[float], count: int) -> list[bool]:
    """The ``count`` highest of those with stake; of equals the higher uid goes first, as on the chain."""
    ranked = sorted(range(len(stake)), key=lambda uid: (stake[uid], uid), reverse=True)
    chosen = {uid for uid in ranked[:count] if stake[uid] > 0}
    return [uid in chosen for uid in range(len(stake))]
