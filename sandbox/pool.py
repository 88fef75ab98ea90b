"""Warm containers, each leased once: nobody used it before, nobody uses it after.

Creating one costs 0.2-0.3 s of CPU, so a few stand ready, and are made again in the background as they are taken.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Self

from sandbox import uids
from sandbox.container import Container, launch
from sandbox.engine import Engine
from sandbox.errors import SandboxError
from sandbox.lease import Lease


class Pool:
    """At most ``slots`` leases at a time, ``warm`` containers ready. Use as ``async with Pool(…) as pool``."""

    def __init__(self, engine: Engine, *, slots: int, warm: int) -> None:
        self.slots = slots
        self.image = engine.image
        self._engine = engine
        self._slot = asyncio.Semaphore(slots)
        self._warm = warm
        self._ready: list[asyncio.Task[Container]] = []
        self._closing: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self._engine.sweep)
        self._refill()
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._ready:
            with contextlib.suppress(SandboxError):
                self._discard(await task)
        self._ready.clear()
        while self._closing:
            await asyncio.gather(*self._closing)

    @contextlib.asynccontextmanager
    async def lease(self) -> AsyncIterator[Lease]:
        """A container for one tenant's programs. Waits for a slot."""
        async with self._slot:
            lease = Lease(self)
            try:
                yield lease
            finally:
                lease.end()

    async def take(self) -> Container:
        """A container that nobody used, warm if there is one. Raises EngineUnavailable, ContainerLost."""
        if not self._ready:
            return await launch(self._engine, uids.claim())
        taken = self._ready.pop(0)
        self._refill()
        try:
            return await asyncio.shield(taken)
        except asyncio.CancelledError:
            self._ready.append(taken)  # still ours to close
            raise

    def discard(self, container: Container) -> None:
        """Remove a used container, in the background."""
        self._discard(container)

    def _refill(self) -> None:
        while len(self._ready) < self._warm:
            self._ready.append(asyncio.create_task(launch(self._engine, uids.claim())))

    def _discard(self, container: Container) -> None:
        task = asyncio.create_task(container.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
