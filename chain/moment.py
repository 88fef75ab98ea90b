"""One transaction on the embedded ledger: the tables, at one block, with every due epoch run."""

from dataclasses import dataclass

from chain.errors import NotRegistered, RateLimited
from chain.rules import Rules
from chain.store import NeuronRow, SubnetRow, Tables


@dataclass(frozen=True, slots=True)
class Moment:
    """What a call sees of the ledger, and what it changes."""

    tables: Tables
    subnet: SubnetRow
    rules: Rules
    block: int

    def neuron(self, hotkey: str) -> NeuronRow:
        """Raises NotRegistered."""
        row = self.tables.neuron(hotkey)
        if row is None:
            raise NotRegistered(f"hotkey {hotkey} is not registered on subnet {self.rules.netuid}; register it first")
        return row

    def check_rate(self, row: NeuronRow) -> None:
        """Return if ``row`` may set weights now. Raises RateLimited."""
        since, limit = self.block - row.last_update, self.rules.weights_rate_limit
        # Block 0 stands for "never", as on the chain.
        if row.last_update == 0 or since >= limit:
            return
        wait = limit - since
        raise RateLimited(
            f"uid {row.uid} set weights, or was registered, {since} blocks ago; the limit is once in {limit} blocks: "
            f"try again in {wait} blocks (~{wait * self.rules.block_seconds:.0f} s)",
            blocks=wait,
        )

    def vacate(self) -> int:
        """A free uid: the next one, or else that of whoever earns least, those past their immunity first.

        Unlike on the chain, nobody's weights and bonds mention the one who goes any longer: a stale row, revealed
        or renewed later, could otherwise pay the newcomer.
        """
        rows = self.tables.neurons()
        if len(rows) < self.rules.max_uids:
            return len(rows)
        gone = min(rows, key=lambda row: (self._immune(row), row.emission, row.registered_at, row.uid))
        uid = gone.uid
        for commit in self.tables.commits():
            commit.weights = _without(uid, commit.weights)
            if commit.uid == uid:
                self.tables.delete(commit)
        for row in rows:
            row.weights = _without(uid, row.weights)
            row.bonds = _without(uid, row.bonds)
        self.tables.delete(gone)
        return uid

    def _immune(self, row: NeuronRow) -> bool:
        return self.block - row.registered_at < self.rules.immunity_period


def _without(uid: int, values: dict[int, int]) -> dict[int, int]:
    return {other: value for other, value in values.items() if other != uid}
