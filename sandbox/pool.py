"""Warm containers, each leased once: nobody used it before, nobody uses it after.

Creating one costs 0.2-0.3 s of CPU, so a few stand ready, and are made again in the background as they are taken.
When the image changes, those at work finish on the old one, which is removed with the last of them.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from typing import Any, Self

import tenacity

from sandbox.agent.walls import Wall
from sandbox.container import Container, launch
from sandbox.errors import EngineUnavailable, SandboxError
from sandbox.image import Image
from sandbox.keeper import Condition, Keeper
from sandbox.lease import Lease
from sandbox.protocol import MAXIMA, Limits

PATIENCE_SECONDS = 60.0
"""How long accepted work waits for an engine that went away."""


class Pool:
    """At most ``slots`` leases at a time, ``warm`` containers ready. Use as ``async with Pool(…) as pool``."""

    def __init__(self, keeper: Keeper, image: Image, *, slots: int, warm: int, maxima: Limits = MAXIMA) -> None:
        self.slots = slots
        self.maxima = maxima
        self.image = image
        """Of the containers that are made now."""
        self._keeper = keeper
        self._slot = asyncio.Semaphore(slots)
        self._warm = warm
        self._ready: list[asyncio.Task[Container]] = []
        self._closing: set[asyncio.Task[None]] = set()
        self._alive: Counter[str] = Counter()
        """Containers by the digest of their image."""

    async def __aenter__(self) -> Self:
        await self._keeper.open()
        self._refill()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._warm = 0
        self._retire()
        while self._closing:
            await asyncio.gather(*self._closing)
        await self._keeper.close()

    @contextlib.asynccontextmanager
    async def lease(self, *, retried: bool = True) -> AsyncIterator[Lease]:
        """A container for one tenant's programs, ``retried`` in another if it is lost. Waits for a slot."""
        async with self._slot:
            lease = Lease(self, retried=retried)
            try:
                yield lease
            finally:
                lease.end()

    @property
    def warm(self) -> int:
        """How many containers stand ready."""
        return sum(task.done() for task in self._ready)

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

    async def upgrade(self, image: Image | None = None) -> Image:
        """From now on, leases begin on ``image``, or on the one that our languages' tag names now; which that is.

        Running leases keep their containers; the old image goes with the last of them, unless somebody else uses it.
        Raises ImageMissing, EngineUnavailable.
        """
        new = image or await self._keeper.find(self.image.languages)
        if new != self.image:
            old, self.image = self.image, new
            self._retire()
            self._refill()
            self._forget_if_unused(old.digest)
        return new

    async def condition(self) -> Condition:
        """How the engine is. Raises EngineUnavailable, ImageMissing (ours is gone from it)."""
        return await self._keeper.condition(self.image.digest)

    async def settled(self) -> None:
        """Wait until the warm containers stand ready and the used ones are gone."""
        while waiting := [*self._closing, *(task for task in self._ready if not task.done())]:
            await asyncio.wait(waiting)

    def discard(self, container: Container) -> None:
        """Remove a used container, in the background."""
        if Wall.FRESH_CONTAINER in self._keeper.without and container.usable:
            self._ready.append(asyncio.create_task(asyncio.sleep(0, container)))
        else:
            self._remove(container)

    def _remove(self, container: Container) -> None:
        self._beside(self._close(container))

    def _retire(self) -> None:
        """Remove those that stand ready, and those that soon would."""
        for task in self._ready:
            self._beside(self._close_when_ready(task))
        self._ready = []

    async def _close_when_ready(self, task: asyncio.Task[Container]) -> None:
        with contextlib.suppress(SandboxError):
            await self._close(await task)

    async def _close(self, container: Container) -> None:
        try:
            await container.close()
        finally:
            self._count_out(container.image.digest)

    def _count_out(self, digest: str) -> None:
        self._alive[digest] -= 1
        self._forget_if_unused(digest)

    def _forget_if_unused(self, digest: str) -> None:
        if not self._alive[digest] and digest != self.image.digest:
            del self._alive[digest]
            self._beside(self._keeper.forget(digest))

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
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
        self._alive[self.image.digest] += 1
        return asyncio.create_task(self._launched(self.image))

    async def _launched(self, image: Image) -> Container:
        try:
            return await launch(self._keeper, image)
        except BaseException:
            self._count_out(image.digest)
            raise
