"""The generation server: OpenAI's chat API in front of an engine, behind the gate."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from fastapi import FastAPI, Request, Response
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from chain.identity import Identity, Verifier
from chain.protocol import Chain
from miner.admission import Admission
from miner.engine import Engine
from miner.errors import Code, EngineFailed, Refused
from miner.gate import Gate
from miner.protocol import Capacity, ChatRequest, ChatResponse, Model, Models
from miner.refusals import respond, unreadable
from miner.settings import Settings


def app(engine: Engine, identity: Identity, chain: Chain, settings: Settings) -> FastAPI:
    """The miner ``identity`` as an ASGI application, which closes ``engine`` when it shuts down.

    There is one model behind it: a request's ``model`` is not a choice, and the answer says which one spoke.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await engine.close()

    server = FastAPI(title="Lovelace miner", openapi_url=None, redirect_slashes=False, lifespan=lifespan)
    desk = Desk(engine, settings)

    @server.get("/healthz")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @server.get("/v1/models")
    async def models() -> Models:
        return Models(data=(Model(id=engine.model),))

    @server.get("/v1/capacity")
    async def capacity() -> Capacity:
        return Capacity(concurrent_requests=settings.concurrent_requests, leaves_out=settings.leaves_out)

    @server.post("/v1/chat/completions")
    async def complete(request: Request) -> ChatResponse:
        return await desk.complete(await request.body())

    _answer_errors(server, settings)
    server.add_middleware(
        Gate,
        identity=identity,
        verifier=Verifier(identity.hotkey, max_age_seconds=settings.max_age_seconds),
        admission=Admission(chain.metagraph, settings.metagraph_seconds),
        settings=settings,
    )
    return server


class Desk:
    """Takes completions in, as many at once as the miner announces and no more."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings
        self._in_work = 0

    async def complete(self, body: bytes) -> ChatResponse:
        """The engine's answer to a request. Raises Refused, EngineFailed."""
        with self._slot():
            try:
                request = ChatRequest.model_validate_json(body)
            except ValidationError as error:
                raise unreadable(error) from None
            try:
                async with asyncio.timeout(self._settings.engine_seconds):
                    return await self._engine.complete(request)
            except TimeoutError:
                seconds = self._settings.engine_seconds
                raise EngineFailed(f"the engine took longer than {seconds:g} s") from None

    @contextmanager
    def _slot(self) -> Iterator[None]:
        limit = self._settings.concurrent_requests
        if self._in_work >= limit:
            raise Refused(Code.OVERLOADED, f"all {limit} places are taken; come back after Retry-After seconds")
        self._in_work += 1
        try:
            yield
        finally:
            self._in_work -= 1


def _answer_errors(server: FastAPI, settings: Settings) -> None:
    """Every error that a route can end in has OpenAI's body."""

    async def refused(_: Request, error: Refused) -> Response:
        return respond(error, retry_after_seconds=settings.retry_after_seconds)

    async def engine_failed(request: Request, error: EngineFailed) -> Response:
        return await refused(request, Refused(Code.ENGINE_FAILED, str(error)))

    async def unrouted(request: Request, error: HTTPException) -> Response:
        code = Code.METHOD_NOT_ALLOWED if error.status_code == 405 else Code.NOT_FOUND
        return await refused(request, Refused(code, f"{request.method} {request.url.path}: {error.detail}"))

    server.exception_handler(Refused)(refused)
    server.exception_handler(EngineFailed)(engine_failed)
    server.exception_handler(HTTPException)(unrouted)
