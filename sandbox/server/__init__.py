"""The sandbox over HTTP.

Every request passes the gate (who asks, how long is it), waits in the queue for its tenant's turn, and runs in a
lease of its tenant's: see ``gate``, ``queue``, ``leases``, ``running``.
"""

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Iterable

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import Response

from sandbox import privileges
from sandbox.errors import SandboxError
from sandbox.kept import open_sandbox
from sandbox.keys import Keys
from sandbox.server import answers, catalogue, execute, fusion, health, judge, page, piston, stream
from sandbox.server.access import Access
from sandbox.server.bodies import Bodies
from sandbox.server.gate import Gate
from sandbox.server.health import Readiness
from sandbox.server.metrics import Metrics
from sandbox.server.openapi import document
from sandbox.server.running import Service
from sandbox.settings import Settings

ROUTERS = (
    execute.router,
    stream.router,
    catalogue.router,
    health.router,
    fusion.router,
    piston.router,
    judge.router,
    page.router,
)
READ_BY_HAND = (execute.Single, execute.Batch, fusion.RunCodeRequest)
"""The models of bodies that FastAPI does not parse."""
_log = logging.getLogger(__name__)


def app(settings: Settings, keys: Keys, languages: Iterable[str], grader: judge.Judge | None = None) -> FastAPI:
    """The application, for these languages; its pool is open while it runs. SIGHUP: take the newest image.

    With a ``grader`` it also judges answers to problems.
    """
    access, metrics = Access(settings, keys), Metrics()

    @contextlib.asynccontextmanager
    async def lifespan(application: FastAPI) -> AsyncIterator[None]:
        async with open_sandbox(languages, slots=settings.slots, runtime=settings.runtime, cpus=settings.cpus) as pool:
            if grader is not None:
                await asyncio.to_thread(grader.prepare)
            privileges.drop()
            service = Service(settings, pool, access, metrics)
            application.state.service = service
            application.state.readiness = Readiness(pool)
            application.state.streamed = {}
            async with service.at_work(), _upgrading(service):
                yield

    application = FastAPI(title="Lovelace sandbox", version="1", lifespan=lifespan, docs_url=None, redoc_url=None)
    application.state.judge = grader
    application.add_middleware(Gate, access=access, bodies=Bodies(settings), metrics=metrics)
    application.add_exception_handler(SandboxError, _refuse)
    application.add_exception_handler(RequestValidationError, _refuse_malformed)
    for router in ROUTERS:
        application.include_router(router)
    application.openapi = document(application, READ_BY_HAND)  # type: ignore[method-assign]  # FastAPI's own way
    return application


@contextlib.asynccontextmanager
async def _upgrading(service: Service) -> AsyncIterator[None]:
    """While the context lasts, SIGHUP means: go over to the image that the engine has now."""
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, asked.set)
    task = asyncio.create_task(_upgrade_when(asked, service))
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _upgrade_when(asked: asyncio.Event, service: Service) -> None:
    while True:
        await asked.wait()
        asked.clear()
        try:
            await service.upgrade()
        except SandboxError as error:
            _log.error("the image stays as it is: %s", error)
        else:
            _log.warning("new containers are of %s image %s", service.pool.image.tier, service.pool.image.digest)


async def _refuse(_: Request, error: Exception) -> Response:
    assert isinstance(error, SandboxError)
    return answers.refusal(error)


async def _refuse_malformed(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return answers.refusal(answers.malformed(error))
