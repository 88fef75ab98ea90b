"""The chain in a file: registration, stake, endpoints, weights and Yuma epochs, for any number of processes at once.

Covered: a process killed at any point leaves a consistent file; an epoch runs exactly once, whoever looks first.
As on the chain, a permit comes with an epoch, a weight given to a uid in the block that registered it does not count,
and a newcomer waits out the weights rate limit (unless it came in block 0). Not here: fees, a subnet owner, delegation,
the exemption of self-weights from the permit; and whoever can write the file can write anything into it.
"""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from chain import epochs
from chain.errors import BadWeights, ChainError, NoPermit
from chain.moment import Moment
from chain.protocol import Metagraph, Neuron
from chain.rules import Rules
from chain.store import CommitRow, NeuronRow, Store, SubnetRow


class Ledger:
    """The embedded body of ``chain.protocol.Chain``. Safe to share between threads; every call is one transaction."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        """See ``create`` and ``open``."""
        self._store = store
        self._clock = clock

    @classmethod
    def create(cls, path: Path, *, clock: Callable[[], float] = time.time, **rules: float) -> Self:
        """Make a ledger at ``path``, whose block 0 is now, and open it. ``rules`` are the fields of ``Rules``.

        ``clock`` gives Unix time in seconds. Raises LedgerExists, and ValueError on a rule out of range.
        """
        subnet = SubnetRow(id=1, rules=Rules.model_validate(rules).model_dump_json(), genesis=clock())
        Store.create(path, subnet)
        return cls.open(path, clock)

    @classmethod
    def open(cls, path: Path, clock: Callable[[], float] = time.time) -> Self:
        """Raises ChainUnreachable if there is no ledger at ``path``."""
        return cls(Store(path), clock)

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def block(self) -> int:
        """The block of now: (now - genesis) / block_seconds, and what was skipped. Never before the last epoch's."""
        with self._now() as now:
            return now.block

    @property
    def rules(self) -> Rules:
        """What ``create`` was given."""
        with self._now() as now:
            return now.rules

    def skip(self, blocks: int) -> int:
        """Go ahead of the clock, for everybody; returns the new block."""
        if blocks < 0:
            raise ValueError(f"time goes forward only, not by {blocks} blocks")
        with self._now() as now:
            now.subnet.skipped += blocks
            epochs.catch_up(now.tables, now.subnet, now.rules, now.block + blocks)
            return now.block + blocks

    def register(self, hotkey: str, coldkey: str, stake: float = 0.0) -> int:
        """The uid of ``hotkey``, from now on; registering again changes nothing and returns the same uid.

        In a full subnet the newcomer takes the place of whoever earns least, those past their immunity first.
        """
        if not (math.isfinite(stake) and stake >= 0):
            raise ValueError(f"stake must be finite and not negative, not {stake!r}")
        with self._now() as now:
            known = now.tables.neuron(hotkey)
            if known is not None:
                return known.uid
            uid = now.vacate()
            now.tables.add(
                NeuronRow(
                    uid=uid, hotkey=hotkey, coldkey=coldkey, stake=stake, registered_at=now.block, last_update=now.block
                )
            )
            return uid

    def metagraph(self) -> Metagraph:
        """The subnet as of now. Raises ChainUnreachable."""
        with self._now() as now:
            neurons = tuple(
                Neuron.model_validate(row.model_dump(exclude={"weights", "bonds"})) for row in now.tables.neurons()
            )
            return Metagraph(netuid=now.rules.netuid, block=now.block, tempo=now.rules.tempo, neurons=neurons)

    def announce(self, hotkey: str, endpoint: str) -> None:
        """Publish where a miner listens, ``http://host:port``. Raises NotRegistered; ChainError for another form."""
        _check_endpoint(endpoint)
        with self._now() as now:
            now.neuron(hotkey).endpoint = endpoint

    def set_weights(self, hotkey: str, weights: dict[int, float]) -> None:
        """Set the row of ``hotkey`` (uid -> weight, any scale), as sixteen-bit values of which the highest is 65535.

        Raises, in the chain's order, NotRegistered, RateLimited, NoPermit, BadWeights. Under commit-reveal the row
        takes effect, and shows, only after ``reveal_period`` epochs.
        """
        with self._now() as now:
            row = now.neuron(hotkey)
            now.check_rate(row)
            if not row.validator_permit:
                wait = now.rules.tempo - now.block % now.rules.tempo
                raise NoPermit(
                    f"uid {row.uid} has no validator permit; every epoch gives one to the {now.rules.max_validators} "
                    f"highest stakes, the next in {wait} blocks"
                )
            upscaled = _upscale(weights, uids=len(now.tables.neurons()))
            row.last_update = now.block
            if now.rules.commit_reveal:
                reveal = now.subnet.epochs + now.rules.reveal_period
                now.tables.add(CommitRow(uid=row.uid, block=now.block, reveal_epoch=reveal, weights=upscaled))
            else:
                row.weights = upscaled

    def weights(self, hotkey: str) -> dict[int, float]:
        """The row in effect of ``hotkey``, normalised to sum 1; empty if it set none."""
        with self._now() as now:
            row = now.tables.neuron(hotkey)
            values = row.weights if row else {}
            return {uid: value / sum(values.values()) for uid, value in sorted(values.items())}

    @contextmanager
    def _now(self) -> Iterator[Moment]:
        with self._store.transaction() as tables:
            subnet = tables.subnet()
            rules = Rules.model_validate_json(subnet.rules)
            elapsed = int((self._clock() - subnet.genesis) // rules.block_seconds)
            # A clock that was set back must not bring an epoch back.
            block = max(elapsed + subnet.skipped, subnet.epochs * rules.tempo)
            epochs.catch_up(tables, subnet, rules, block)
            yield Moment(tables, subnet, rules, block)


def _upscale(weights: dict[int, float], *, uids: int) -> dict[int, int]:
    for uid, weight in weights.items():
        if not 0 <= uid < uids:
            raise BadWeights(f"there is no uid {uid!r}; they go from 0 to {uids - 1}")
        if not (math.isfinite(weight) and weight >= 0):
            raise BadWeights(f"the weight of uid {uid} must be finite and not negative, not {weight!r}")
    highest = max(weights.values(), default=0.0)
    if highest <= 0:
        raise BadWeights("a row needs at least one positive weight")
    upscaled = {uid: round(weight / highest * epochs.MAX_U16) for uid, weight in weights.items()}
    return {uid: value for uid, value in upscaled.items() if value}


def _check_endpoint(endpoint: str) -> None:
    try:
        parts = urlsplit(endpoint)
        if parts.scheme in ("http", "https") and parts.hostname and parts.port and not parts.path.strip("/"):
            return
    except ValueError:
        pass
    raise ChainError(f"an endpoint reads http://host:port, not {endpoint!r}")
