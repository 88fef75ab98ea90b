"""Which tenant has which leases: a tenant's programs share its containers, and nobody else's ever do."""

import asyncio
import contextlib
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from sandbox.lease import Lease
from sandbox.pool import Pool
from sandbox.server.tenant import Tenant

LOOKS = 4
"""How often idle leases are looked at while one may be idle."""


@dataclass(eq=False, slots=True)
class _Held:
    tenant: Tenant
    lease: Lease
    slot: contextlib.AsyncExitStack
    image: str
    idle_since: float = field(default=0.0)


class Leases:
    """Lends leases, at most ``pool.slots`` at a time (the queue sees to it); idle ones stay with their tenant."""

    def __init__(self, pool: Pool, idle_seconds: float) -> None:
        self._pool = pool
        self._idle_seconds = idle_seconds
        self._idle: OrderedDict[_Held, None] = OrderedDict()
        """The one that has been idle for longest comes first."""
        self._lent = 0

    @property
    def idle(self) -> int:
        """How many stay with their tenant, unused."""
        return len(self._idle)

    @contextlib.asynccontextmanager
    async def lend(self, tenant: Tenant, *, fresh: bool) -> AsyncIterator[Lease]:
        """A lease of ``tenant``'s; with ``fresh`` its container is one that nobody has used, not even ``tenant``."""
        self._lent += 1
        try:
            held = await self._take(tenant, fresh=fresh)
            try:
                yield held.lease
            except BaseException:
                await held.slot.aclose()
                raise
            await self._give_back(held)
        finally:
            self._lent -= 1

    async def expire(self) -> None:
        """Give up what stays idle for too long, for ever."""
        while True:
            await asyncio.sleep(self._idle_seconds / LOOKS)
            oldest = time.monotonic() - self._idle_seconds
            while self._idle and next(iter(self._idle)).idle_since < oldest:
                await self._give_up_the_oldest()

    async def close(self) -> None:
        """Give up what is idle. What is lent is given up as it comes back, if the pool has another image by then."""
        while self._idle:
            await self._give_up_the_oldest()

    async def _take(self, tenant: Tenant, *, fresh: bool) -> _Held:
        if tenant.keeps_containers and not fresh:
            for held in reversed(self._idle):
                if held.tenant == tenant:
                    del self._idle[held]
                    return held
        while self._lent + len(self._idle) > self._pool.slots and self._idle:
            await self._give_up_the_oldest()
        slot = contextlib.AsyncExitStack()
        lease = await slot.enter_async_context(self._pool.lease(retried=tenant.keeps_containers))
        return _Held(tenant, lease, slot, self._pool.image.digest)

    async def _give_back(self, held: _Held) -> None:
        if not held.tenant.keeps_containers or held.image != self._pool.image.digest:
            await held.slot.aclose()
            return
        held.idle_since = time.monotonic()
        self._idle[held] = None

    async def _give_up_the_oldest(self) -> None:
        held, _ = self._idle.popitem(last=False)
        await held.slot.aclose()
