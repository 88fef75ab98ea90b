"""Epochs of the embedded ledger: run when somebody looks, as if each had run at its own block.

Nothing can change between an epoch's block and the moment when it runs, because every call catches up before it acts.
"""

from chain import yuma
from chain.rules import Rules
from chain.store import CommitRow, NeuronRow, SubnetRow, Tables

MAX_U16 = 65535


def catch_up(tables: Tables, subnet: SubnetRow, rules: Rules, block: int) -> None:
    """Run every epoch that is due at ``block`` and has not run, and reveal what is due to be revealed."""
    due = block // rules.tempo
    if subnet.epochs >= due:
        return
    neurons, commits = tables.neurons(), tables.commits()
    while subnet.epochs < due:
        moved = _run((subnet.epochs + 1) * rules.tempo, neurons, commits, rules)
        subnet.epochs += 1
        for commit in [commit for commit in commits if commit.reveal_epoch <= subnet.epochs]:
            neurons[commit.uid].weights = commit.weights
            commits.remove(commit)
            tables.delete(commit)
            moved = True
        if not moved and not commits:
            subnet.epochs = min(due, _settled_until(subnet.epochs, neurons, rules))


def _run(block: int, rows: list[NeuronRow], commits: list[CommitRow], rules: Rules) -> bool:
    """One epoch; returns whether the next one could find anything different."""
    params = yuma.Params(max_validators=rules.max_validators, activity_cutoff=rules.activity_cutoff)
    outcomes = yuma.epoch([_neuron(row, commits) for row in rows], block=block, tempo=rules.tempo, params=params)
    moved = False
    for row, outcome in zip(rows, outcomes, strict=True):
        bonds = {j: value for j, bond in outcome.bonds.items() if (value := round(bond * MAX_U16))}
        moved = moved or bonds != row.bonds or outcome.permit != row.validator_permit
        row.bonds = bonds
        row.validator_permit = outcome.permit
        row.consensus = outcome.consensus
        row.trust = outcome.trust
        row.validator_trust = outcome.validator_trust
        row.incentive = outcome.incentive
        row.dividends = outcome.dividends
        row.emission = outcome.emission
    return moved


def _neuron(row: NeuronRow, commits: list[CommitRow]) -> yuma.Neuron:
    return yuma.Neuron(
        stake=row.stake,
        permit=row.validator_permit,
        registered_at=row.registered_at,
        last_update=row.last_update,
        committed_at=min((commit.block for commit in commits if commit.uid == row.uid), default=None),
        weights=row.weights,
        bonds={j: bond / MAX_U16 for j, bond in row.bonds.items()},
    )


def _settled_until(epochs: int, neurons: list[NeuronRow], rules: Rules) -> int:
    """The last epoch that must come out like the one just run, which moved nothing: until a validator falls silent.

    Without this a ledger left alone for a year would run a year of epochs at the next call.
    """
    ends = [row.last_update + rules.activity_cutoff for row in neurons]
    return min((end // rules.tempo for end in ends if end >= epochs * rules.tempo), default=2**63 - 1)
