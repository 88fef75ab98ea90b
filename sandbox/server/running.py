"""From a request to an execution: admission, queue, lease, deadline. Every endpoint runs programs by ``run``."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from starlette.requests import Request

from sandbox import languages
from sandbox.errors import BadRequest, SandboxError, Stopped, TooLong
from sandbox.image import Image
from sandbox.pool import Pool
from sandbox.protocol import MEBIBYTE, Execution, Program, Progress
from sandbox.server.access import Access
from sandbox.server.leases import Leases
from sandbox.server.metrics import Metrics
from sandbox.server.queue import Queue
from sandbox.server.tenant import Tenant
from sandbox.settings import Settings

Answer = TypeVar("Answer")
OUTPUT_BYTES = 1024 * MEBIBYTE
"""What all runs of one program may write together: their answer is one message."""


@dataclass(slots=True)
class Service:
    """What all requests share."""

    settings: Settings
    pool: Pool
    access: Access
    metrics: Metrics
    queue: Queue = field(init=False)
    leases: Leases = field(init=False)
    _versions: dict[str, dict[str, str]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.queue = Queue(self.pool.slots, self.settings.queue)
        self.leases = Leases(self.pool, self.settings.idle_seconds)

    async def execute(
        self,
        tenant: Tenant,
        program: Program,
        *,
        fresh: bool = False,
        patience: float | None,
        tell: Callable[[Progress], None] | None = None,
    ) -> Execution:
        """The facts. ``patience`` None: part of a request that was accepted before; it waits as long as it takes.

        Raises BadRequest, QueueFull, WaitedTooLong, TooLong, ContainerLost, EngineUnavailable.
        """
        try:
            _check(program)
            execution = await self._execute(tenant, program, fresh, patience, tell)
        except SandboxError as error:
            self.metrics.refused(error.code)
            raise
        self.metrics.executed(execution)
        return execution

    async def _execute(
        self,
        tenant: Tenant,
        program: Program,
        fresh: bool,
        patience: float | None,
        tell: Callable[[Progress], None] | None,
    ) -> Execution:
        asked = time.monotonic()
        async with self.queue.turn(tenant, patience), self.leases.lend(tenant, fresh=fresh) as lease:
            self.metrics.waited(time.monotonic() - asked)
            try:
                async with asyncio.timeout(self.settings.execution_seconds) as deadline:
                    return await lease.execute(program, tell)
            except TimeoutError as error:
                if not deadline.expired():
                    raise
                seconds = self.settings.execution_seconds
                raise TooLong(f"the program took more than {seconds:g} s in all: give it fewer runs") from error

    async def versions(self) -> dict[str, str]:
        """What each language of the pool's image says of itself."""
        digest = self.pool.image.digest
        if digest not in self._versions:
            container = await self.pool.take()
            self._versions = {digest: dict(container.versions)}
            self.pool.discard(container)
        return self._versions[digest]

    async def upgrade(self, image: Image | None = None) -> None:
        """Go over to ``image``, or to the one that the engine has now; what runs is not disturbed.

        Raises ImageMissing, EngineUnavailable.
        """
        before = self.pool.image
        if await self.pool.upgrade(image) != before:
            await self.leases.close()

    @contextlib.asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """While the context lasts, idle leases are given up in time; then all are."""
        expiry = asyncio.create_task(self.leases.expire())
        try:
            yield
        finally:
            expiry.cancel()
            await asyncio.gather(expiry, return_exceptions=True)
            await self.leases.close()


def service(request: Request) -> Service:
    """The server's own."""
    found: Service = request.app.state.service
    return found


def tenant_of(request: Request) -> Tenant:
    """Who asks, as the gate has found out."""
    found: Tenant = request.state.tenant
    return found


async def run(request: Request, program: Program, *, fresh: bool = False, patience: float | None = None) -> Execution:
    """Run ``program`` for whoever asks, unless they go away. ``patience``: seconds in the queue, if not the setting's.

    Raises BadRequest, QueueFull, WaitedTooLong, TooLong, ContainerLost, EngineUnavailable, Stopped.
    """
    found = service(request)
    seconds = found.settings.queue_seconds if patience is None else patience
    return await unless_gone(request, found.execute(tenant_of(request), program, fresh=fresh, patience=seconds))


async def unless_gone(request: Request, work: Coroutine[Any, Any, Answer]) -> Answer:
    """What ``work`` returns; if the client goes away first, ``work`` is cancelled and has ended. Raises Stopped then.

    The request's body must have been read.
    """
    task = asyncio.create_task(work)
    gone = asyncio.create_task(_gone(request))
    try:
        await asyncio.wait((task, gone), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise Stopped("the client is gone")
        return task.result()
    finally:
        gone.cancel()
        task.cancel()
        await asyncio.gather(task, gone, return_exceptions=True)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def output_of(program: Program) -> int:
    """How many bytes the runs of ``program`` may write."""
    return len(program.runs) * program.limits.output_bytes


def check_output(most: int) -> None:
    """Raises BadRequest if what may be written is more than one answer can hold."""
    if most > OUTPUT_BYTES:
        raise BadRequest(
            f"up to {most} bytes of output may come of this, and {OUTPUT_BYTES} fit into an answer: "
            f"lower limits.output_bytes, or ask for fewer runs at once"
        )


def _check(program: Program) -> None:
    """What can be said before there is a container. Raises BadRequest."""
    languages.find(program.language)
    check_output(output_of(program))
