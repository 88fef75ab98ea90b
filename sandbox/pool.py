"""Warm containers, each leased once: nobody used it before, nobody uses it after.

Creating one costs 0.2-0.3 s of CPU, so a few stand ready, and are made again in the background as they are taken.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Self

import tenacity

from sandbox import uids
from sandbox.agent.walls import Wall
from sandbox.container import Container, launch
from sandbox.engine import Engine
from sandbox.errors import EngineUnavailable, SandboxError
from sandbox.guardian import guarded
from sandbox.lease import Lease
from sandbox.protocol import MAXIMA, Limits

PATIENCE_SECONDS = 60.0
"""How long accepted work waits for an engine that went away."""


class Pool:
    """At most ``slots`` leases at a time, ``warm`` containers ready. Use as ``async with Pool(…) as pool``."""

    def __init__(self, engine: Engine, *, slots: int, warm: int, maxima: Limits = MAXIMA) -> None:
        self.slots = slots
        self.maxima = maxima
        self.image = engine.image
        self._engine = engine
        self._slot = asyncio.Semaphore(slots)
        self._warm = warm
        self._ready: list[asyncio.Task[Container]] = []
        self._closing: set[asyncio.Task[None]] = set()
        self._guard = contextlib.ExitStack()

    async def __aenter__(self) -> Self:
        self._guard.enter_context(guarded())
        await asyncio.to_thread(self._engine.sweep)
        self._engine.deaths.start()
        self._refill()
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._ready:
            with contextlib.suppress(SandboxError):
                self._remove(await task)
        self._ready.clear()
        while self._closing:
            await asyncio.gather(*self._closing)
        await asyncio.to_thread(self._engine.deaths.stop)
        await asyncio.to_thread(self._guard.close)

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
        """A container that nobody used, warm if there is one.

        Waits for an engine that went away. Raises EngineUnavailable when it stays away, ContainerLost.
        """
        return await tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception_type(EngineUnavailable),
            wait=tenacity.wait_exponential(0.2, max=5),
            stop=tenacity.stop_after_delay(PATIENCE_SECONDS),
            reraise=True,
        )(self._take)

    async def settled(self) -> None:
        """Wait until the warm containers stand ready and the used ones are gone."""
        while waiting := [*self._closing, *(task for task in self._ready if not task.done())]:
            await asyncio.wait(waiting)

    def discard(self, container: Container) -> None:
        """Remove a used container, in the background."""
        if Wall.FRESH_CONTAINER in self._engine.without and container.usable:
            self._ready.append(asyncio.create_task(asyncio.sleep(0, container)))
        else:
            self._remove(container)

    def _remove(self, container: Container) -> None:
        task = asyncio.create_task(container.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _take(self) -> Container:
        while True:
            taken = self._ready.pop(0) if self._ready else self._launch()
            self._refill()
            try:
                container = await asyncio.shield(taken)
            except asyncio.CancelledError:
                self._ready.append(taken)  # still ours to close
                raise
            if container.is_alive:
                return container
            self._remove(container)  # it stood ready when the engine was killed

    def _refill(self) -> None:
        while len(self._ready) < self._warm:
            self._ready.append(self._launch())

    def _launch(self) -> asyncio.Task[Container]:
        return asyncio.create_task(launch(self._engine, uids.claim()))
