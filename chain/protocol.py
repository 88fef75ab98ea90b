"""The chain's promise, as the rest of Lovelace needs it: who is registered, and what weights were set."""

from typing import Protocol

from pydantic import BaseModel


class Message(BaseModel, frozen=True, extra="forbid"):
    """What crosses a process."""


class Neuron(Message):
    """One registered hotkey, with what the last epoch made of it."""

    uid: int
    hotkey: str
    coldkey: str
    stake: float
    endpoint: str | None
    """``http://host:port`` as the miner announced it, or nothing."""
    validator_permit: bool
    last_update: int
    """Block of its last set_weights."""
    registered_at: int
    incentive: float
    dividends: float
    consensus: float
    trust: float
    validator_trust: float
    emission: float


class Metagraph(Message):
    """The subnet at one block."""

    netuid: int
    block: int
    tempo: int
    neurons: tuple[Neuron, ...]

    def by_hotkey(self, hotkey: str) -> Neuron | None:
        """The neuron registered under ``hotkey``, or None."""
        return next((neuron for neuron in self.neurons if neuron.hotkey == hotkey), None)


class Chain(Protocol):
    """What a validator or a miner asks of a chain. Every call blocks for at most its body's deadline."""

    def metagraph(self) -> Metagraph:
        """The subnet as of now. Raises ChainUnreachable."""

    def announce(self, hotkey: str, endpoint: str) -> None:
        """Publish where a miner listens. Raises NotRegistered."""

    def set_weights(self, hotkey: str, weights: dict[int, float]) -> None:
        """Set the row of ``hotkey`` (uid -> weight, any scale). Raises NotRegistered, NoPermit, RateLimited."""

    def weights(self, hotkey: str) -> dict[int, float]:
        """The row that ``hotkey`` last set, normalised to sum 1; empty if it set none."""
