"""What a miner takes on: so many requests at once and so many tokens a period, each validator its share of both.

Covered: a validator that asks for more than its share does not keep the others waiting; what is not taken on is said at
once, with a time to come back. Tokens are reserved as asked for and settled as used; whoever hangs up pays as asked.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil

from miner.errors import Code, Refused
from miner.protocol import Usage
from miner.settings import Settings


@dataclass(slots=True)
class Reservation:
    """The tokens of one request: as many as it may use, until it is known how many it did."""

    tokens: int

    def settle(self, usage: Usage) -> None:
        """So many it was."""
        self.tokens = usage.completion_tokens


class Quota:
    """Counts what is in work and what was used; ``clock`` gives seconds that never go back."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._in_work: Counter[str] = Counter()
        self._used: Counter[str] = Counter()
        self._period_began = clock()

    @property
    def in_work(self) -> int:
        """Requests, of all callers."""
        return self._in_work.total()

    @contextmanager
    def take(self, hotkey: str, share: float, tokens: int) -> Iterator[Reservation]:
        """A place for a request of ``hotkey`` that may use so many ``tokens``. Raises Refused."""
        self._begin_period()
        self._check_places(hotkey, share)
        self._check_tokens(hotkey, share, tokens)
        reservation = Reservation(tokens)
        self._in_work[hotkey] += 1
        self._used[hotkey] += tokens
        period = self._period_began
        try:
            yield reservation
        finally:
            self._in_work[hotkey] -= 1
            if period == self._period_began:
                self._used[hotkey] -= tokens - reservation.tokens

    def _begin_period(self) -> None:
        now, length = self._clock(), self._settings.period_seconds
        if now - self._period_began >= length:
            self._period_began += (now - self._period_began) // length * length
            self._used.clear()

    def _check_places(self, hotkey: str, share: float) -> None:
        places, wait = self._settings.concurrent_requests, self._settings.retry_after_seconds
        if self.in_work >= places:
            raise Refused(Code.OVERLOADED, f"all {places} places are taken; come back after Retry-After seconds", wait)
        own = max(ceil(places * share), 1)
        if self._in_work[hotkey] >= own:
            why = f"all your {own} of {places} places are taken; come back after Retry-After seconds"
            raise Refused(Code.OVERLOADED, why, wait)

    def _check_tokens(self, hotkey: str, share: float, tokens: int) -> None:
        if self._settings.tokens is None:
            return
        left = max(int(self._settings.tokens * share) - self._used[hotkey], 0)
        if tokens > left:
            wait = ceil(self._period_began + self._settings.period_seconds - self._clock())
            why = f"{tokens} tokens are asked for, and {left} are left to you in this period, which ends in {wait} s"
            raise Refused(Code.OVERLOADED, why, wait)
