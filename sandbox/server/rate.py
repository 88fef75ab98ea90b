"""How often a visitor may ask: a bucket of tokens for each address, in a table that cannot grow without bound.

A bucket is forgotten only once it is full again, so that nobody is better off for being forgotten. When the table is
full of buckets that are not, newcomers share one.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable

from sandbox.errors import RateLimited

BUCKETS = 10_000
SHARED = ""


class Limiter:
    """``burst`` programs at once, and ``per_minute`` in the long run, for each name."""

    def __init__(
        self, per_minute: float, burst: int, most: int = BUCKETS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_second = per_minute / 60
        self._burst = burst
        self._most = most
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """Tokens, and when there were so many; the one that was used longest ago comes first."""

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, name: str, tokens: int = 1) -> None:
        """Raises RateLimited if ``name`` has not so many left, and takes none then."""
        now = self._clock()
        self._forget_the_full(now)
        if name not in self._buckets and len(self._buckets) >= self._most:
            name = SHARED
        kept, since = self._buckets.pop(name, (float(self._burst), now))
        kept = min(self._burst, kept + (now - since) * self._per_second)
        self._buckets[name] = (kept - tokens if kept >= tokens else kept, now)
        if kept < tokens:
            wait = (tokens - kept) / self._per_second
            raise RateLimited(
                f"one address may ask for {self._per_second * 60:g} programs a minute, {self._burst} at once; "
                f"{tokens} were asked for and {math.floor(kept)} are left",
                math.ceil(wait),
            )

    def _forget_the_full(self, now: float) -> None:
        while self._buckets:
            name, (_, since) = next(iter(self._buckets.items()))
            if now - since < self._burst / self._per_second:
                return
            del self._buckets[name]
