"""The sandbox over HTTP: every request gets a container that nobody used before."""

import contextlib
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.trustedhost import TrustedHostMiddleware
from fastapi.params import Depends
from fastapi.responses import JSONResponse

from sandbox import languages
from sandbox.errors import BadRequest, ContainerLost, EngineUnavailable, SandboxError
from sandbox.local import open_sandbox
from sandbox.pool import Pool
from sandbox.protocol import Execution, Message, Program
from sandbox.settings import Settings


class LanguageInfo(Message):
    """One language that this server runs."""

    name: str
    aliases: tuple[str, ...]
    compiled: bool


class Failure(Message):
    """Why a request was not carried out. ``code`` is for machines, ``message`` for people."""

    code: str
    message: str


_STATUS: dict[type[SandboxError], tuple[int, str]] = {
    BadRequest: (400, "bad_request"),
    ContainerLost: (502, "container_lost"),
    EngineUnavailable: (503, "engine_unavailable"),
}


def app(settings: Settings) -> FastAPI:
    """The application; it opens its pool when it starts and closes it when it stops."""

    @contextlib.asynccontextmanager
    async def lifespan(application: FastAPI) -> AsyncIterator[None]:
        async with open_sandbox(slots=settings.slots, runtime=settings.runtime) as pool:
            application.state.pool = pool
            yield

    application = FastAPI(title="Lovelace sandbox", version="1", lifespan=lifespan)
    # Without keys we serve this machine alone: a web page that resolves its own name to us is not it.
    application.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", "[::1]", settings.host])
    application.add_exception_handler(SandboxError, _refuse)
    application.add_exception_handler(RequestValidationError, _refuse_malformed)
    application.post("/v1/execute")(execute)
    application.get("/v1/languages")(list_languages)
    application.get("/healthz")(health)
    return application


def _pool(request: Request) -> Pool:
    pool: Pool = request.app.state.pool
    return pool


async def execute(program: Program, pool: Annotated[Pool, Depends(_pool)]) -> Execution:
    """Compile once, run each run, tell the facts. Whatever the program does is a 200."""
    async with pool.lease() as lease:
        return await lease.execute(program)


async def list_languages(pool: Annotated[Pool, Depends(_pool)]) -> tuple[LanguageInfo, ...]:
    """The languages of this server's image."""
    found = [languages.find(name) for name in pool.image.languages]
    return tuple(LanguageInfo(name=one.name, aliases=one.aliases, compiled=bool(one.compile)) for one in found)


async def health() -> dict[str, str]:
    """The process is up."""
    return {"status": "ok"}


async def _refuse(_: Request, error: Exception) -> JSONResponse:
    status, code = _STATUS.get(type(error), (500, "internal"))  # type: ignore[arg-type]  # only SandboxErrors come here
    return JSONResponse(Failure(code=code, message=str(error)).model_dump(), status)


async def _refuse_malformed(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return JSONResponse(Failure(code="bad_request", message=f"{where}: {first['msg']}").model_dump(), 400)
