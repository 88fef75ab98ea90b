"""Who may ask a miner: hotkeys that are registered and hold a validator permit, and those on a list of its owner's."""

import asyncio
import logging
import time
from collections.abc import Callable, Collection

from chain.errors import ChainError
from chain.protocol import Metagraph
from miner.errors import Code, Refused

RETRY_AFTER_SECONDS = 5
"""When a caller may come back to a miner that has not reached the chain yet."""
log = logging.getLogger(__name__)


class Admission:
    """Decides by the metagraph that ``read`` gives, at most every ``fresh_seconds``; while it can't, by the last one.

    ``read`` blocks, and raises ChainError; it runs in a thread.
    """

    def __init__(
        self,
        read: Callable[[], Metagraph],
        fresh_seconds: float,
        clock: Callable[[], float] = time.monotonic,
        listed: Collection[str] = (),
    ) -> None:
        self._read = read
        self._fresh_seconds = fresh_seconds
        self._clock = clock
        self._listed = listed
        self._reading = asyncio.Lock()
        self._known: Metagraph | None = None
        self._read_at = float("-inf")

    async def admit(self, hotkey: str) -> float:
        """The share of this miner that ``hotkey`` may have: its stake among the permit holders', in (0, 1].

        Who is on the list, without a permit, counts as one more holder of the mean stake. Raises Refused: not
        registered, no permit, or no chain was ever reached.
        """
        metagraph = await self._metagraph()
        if metagraph is None:
            if hotkey in self._listed:
                return 1.0
            why = "this miner cannot read the chain yet; try again later"
            raise Refused(Code.CHAIN_UNREACHABLE, why, RETRY_AFTER_SECONDS)
        stakes = [neuron.stake for neuron in metagraph.neurons if neuron.validator_permit]
        neuron = metagraph.by_hotkey(hotkey)
        if neuron is not None and neuron.validator_permit:
            return neuron.stake / sum(stakes) if neuron.stake > 0 else 1 / len(stakes)
        if hotkey in self._listed:
            return 1 / (len(stakes) + 1)
        if neuron is None:
            raise Refused(Code.NOT_REGISTERED, f"hotkey {hotkey} is not registered on subnet {metagraph.netuid}")
        raise Refused(Code.NO_PERMIT, f"hotkey {hotkey} (uid {neuron.uid}) holds no validator permit")

    async def _metagraph(self) -> Metagraph | None:
        async with self._reading:
            if self._clock() - self._read_at >= self._fresh_seconds:
                try:
                    self._known = await asyncio.to_thread(self._read)
                except ChainError as error:
                    log.warning("cannot read the chain, going on with what is known: %s", error)
                self._read_at = self._clock()
            return self._known
