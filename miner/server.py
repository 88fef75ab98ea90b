"""The generation server: OpenAI's API in front of an engine, behind the gate."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from chain.identity import Identity, Verifier
from chain.protocol import Chain
from miner.admission import Admission
from miner.desk import Desk
from miner.engine import Engine
from miner.errors import Code, EngineFailed, Refused
from miner.gate import CALLER, Admitted, Gate
from miner.protocol import Capacity, ChatRequest, CompletionRequest, Model, Models
from miner.refusals import respond
from miner.settings import Settings


def app(engine: Engine, identity: Identity, chain: Chain, settings: Settings) -> FastAPI:
    """The miner ``identity`` as an ASGI application, which closes ``engine`` when it shuts down.

    There is one model behind it: a request's ``model`` is not a choice, and the answer says which one spoke.
    """
    server = ungated(engine, settings)
    server.add_middleware(
        Gate,
        identity=identity,
        verifier=Verifier(identity.hotkey, max_age_seconds=settings.max_age_seconds),
        admission=Admission(chain.metagraph, settings.metagraph_seconds, listed=settings.admitted),
        settings=settings,
    )
    return server


def ungated(engine: Engine, settings: Settings) -> FastAPI:
    """The same without a gate: everybody is served. For measuring what the gate costs, never for strangers."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await engine.close()

    server = FastAPI(title="Lovelace miner", openapi_url=None, redirect_slashes=False, lifespan=lifespan)
    desk = Desk(engine, settings)

    @server.get("/healthz")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @server.get("/readyz")
    async def readiness() -> Response:
        status = 200 if engine.ready else 503
        return JSONResponse({"status": "ready" if engine.ready else "loading"}, status)

    @server.get("/v1/models")
    async def models() -> Models:
        return Models(data=(Model(id=engine.model),))

    @server.get("/v1/capacity")
    async def capacity(request: Request) -> Capacity:
        return Capacity(
            concurrent_requests=settings.concurrent_requests,
            tokens=settings.tokens,
            period_seconds=settings.period_seconds,
            share=_caller(request).share,
            leaves_out=settings.leaves_out,
        )

    @server.post("/v1/chat/completions")
    async def chat(request: Request) -> Response:
        return await desk.answer(request, ChatRequest, _caller(request))

    @server.post("/v1/completions")
    async def complete(request: Request) -> Response:
        return await desk.answer(request, CompletionRequest, _caller(request))

    _answer_errors(server)
    return server


def _caller(request: Request) -> Admitted:
    caller: Admitted = request.scope.get(CALLER, Admitted("", 1.0))
    return caller


def _answer_errors(server: FastAPI) -> None:
    """Every error that a route can end in has OpenAI's body."""

    async def refused(_: Request, error: Refused) -> Response:
        return respond(error)

    async def engine_failed(_: Request, error: EngineFailed) -> Response:
        return respond(Refused(Code.ENGINE_FAILED, str(error)))

    async def unrouted(request: Request, error: HTTPException) -> Response:
        code = Code.METHOD_NOT_ALLOWED if error.status_code == 405 else Code.NOT_FOUND
        return respond(Refused(code, f"{request.method} {request.url.path}: {error.detail}"))

    server.exception_handler(Refused)(refused)
    server.exception_handler(EngineFailed)(engine_failed)
    server.exception_handler(HTTPException)(unrouted)
