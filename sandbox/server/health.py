"""Whether the process is up (``/healthz``), and whether it can do its work (``/readyz``)."""

import asyncio
import time

from fastapi import APIRouter, Request, Response

from sandbox.errors import EngineUnavailable, ImageMissing
from sandbox.keeper import Condition
from sandbox.pool import Pool
from sandbox.protocol import Message
from sandbox.server.running import service

FREE_SHARE = 0.1
"""Of the engine's disk; below, it may soon be unable to start containers."""
DEADLINE_SECONDS = 5.0
BELIEVED_SECONDS = 1.0
"""How long an answer is given again, so that probes cannot wear the engine out."""
router = APIRouter()


class Health(Message):
    """Fine, or what is wrong."""

    status: str
    reasons: tuple[str, ...] = ()


class Readiness:
    """Asks the engine, once for all that want to know at the same time."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._busy = asyncio.Lock()
        self._reasons: tuple[str, ...] = ()
        self._until = 0.0

    async def reasons(self) -> tuple[str, ...]:
        """Why programs cannot be run; none if they can."""
        async with self._busy:
            if time.monotonic() >= self._until:
                self._reasons = await self._look()
                self._until = time.monotonic() + BELIEVED_SECONDS
            return self._reasons

    async def _look(self) -> tuple[str, ...]:
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                condition = await self._pool.condition()
        except TimeoutError:
            return (f"the Docker engine does not answer within {DEADLINE_SECONDS:g} s",)
        except EngineUnavailable:
            return ("the Docker engine does not answer",)
        except ImageMissing:
            return ("the image is gone from the Docker engine: lovelace sandbox build",)
        return shortages(condition)


def shortages(condition: Condition) -> tuple[str, ...]:
    """What an engine that answers has too little of."""
    if condition.disk_free_bytes < FREE_SHARE * condition.disk_bytes:
        share = condition.disk_free_bytes / condition.disk_bytes
        return (f"the Docker engine's disk has {share:.0%} free, and {FREE_SHARE:.0%} are wanted",)
    return ()


@router.get("/healthz")
async def health() -> Health:
    """The process is up."""
    return Health(status="ok")


@router.get("/readyz", responses={503: {"model": Health}})
async def readiness(request: Request, response: Response) -> Health:
    """Programs can be run: the engine answers, it has the image, and room on its disk."""
    found: Readiness = request.app.state.readiness
    reasons = await found.reasons()
    if reasons:
        response.status_code = 503
    return Health(status="not ready" if reasons else "ready", reasons=reasons)


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(request: Request) -> Response:
    """The server's numbers, for Prometheus; for whoever has a key, and this machine's own user."""
    found = service(request)
    return Response(found.metrics.text(found), media_type="text/plain; version=0.0.4")
