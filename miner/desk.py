"""Takes requests in, has them answered by the engine, whole or as a stream, and sees to it that they end in time."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractContextManager, ExitStack, aclosing

from fastapi import Request, Response
from pydantic import ValidationError
from starlette.types import Receive, Scope, Send

from miner.answering import DONE, complete, event, events
from miner.engine import Engine
from miner.errors import Code, EngineFailed, Refused
from miner.gate import Admitted
from miner.protocol import DEADLINE_HEADER, EVENT_STREAM, ChatRequest, CompletionRequest
from miner.quota import Quota, Reservation
from miner.refusals import body_of, unreadable
from miner.settings import Settings

LOADING_SECONDS = 5
"""When to come back to an engine that is being started again."""


class Desk:
    """One for all requests of a server."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings
        self._quota = Quota(settings)

    async def answer(
        self, request: Request, form: type[ChatRequest] | type[CompletionRequest], caller: Admitted
    ) -> Response:
        """The engine's answer, or the beginning of one that is streamed. Raises Refused, EngineFailed."""
        if not self._engine.ready:
            why = "the model is loading; come back after Retry-After seconds"
            raise Refused(Code.LOADING, why, LOADING_SECONDS)
        try:
            wanted = form.model_validate_json(await request.body())
        except ValidationError as error:
            raise unreadable(error) from None
        ends_at = asyncio.get_running_loop().time() + _seconds(request, self._settings.engine_seconds)
        with ExitStack() as held:
            reservation = held.enter_context(
                self._quota.take(caller.hotkey, caller.share, wanted.n * wanted.max_tokens)
            )
            if not wanted.stream:
                return await self._whole(wanted, reservation, ends_at)
            coming = _in_time(events(self._engine, wanted, reservation.settle), ends_at)
            first = await anext(coming)  # an engine that fails at once is an error status, and not a stream
            return EventStream(first, coming, held.pop_all())

    async def _whole(
        self, wanted: ChatRequest | CompletionRequest, reservation: Reservation, ends_at: float
    ) -> Response:
        try:
            async with asyncio.timeout_at(ends_at):
                answer = await complete(self._engine, wanted, reservation.settle)
        except TimeoutError:
            raise _too_late() from None
        return Response(answer.model_dump_json(), media_type="application/json")


class EventStream(Response):
    """Server-sent events as they come; whatever happens, what ``held`` holds is let go of at their end."""

    media_type = EVENT_STREAM

    def __init__(self, first: bytes, coming: AsyncGenerator[bytes, None], held: AbstractContextManager[object]) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._first = first
        self._coming = coming
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._held:
            async with aclosing(self._coming):
                await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
                await send({"type": "http.response.body", "body": self._first, "more_body": True})
                try:
                    async for body in self._coming:
                        await send({"type": "http.response.body", "body": body, "more_body": True})
                except EngineFailed as error:
                    broken = event(body_of(Refused(Code.ENGINE_FAILED, str(error))))
                    for body in (broken, DONE):
                        await send({"type": "http.response.body", "body": body, "more_body": True})
                await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _in_time(coming: AsyncGenerator[bytes, None], ends_at: float) -> AsyncGenerator[bytes, None]:
    """What is coming, until ``ends_at`` (the event loop's time). Raises EngineFailed."""
    async with aclosing(coming):
        while True:
            try:
                async with asyncio.timeout_at(ends_at):
                    body = await anext(coming)
            except StopAsyncIteration:
                return
            except TimeoutError:
                raise _too_late() from None
            yield body


def _seconds(request: Request, most: float) -> float:
    """How long an answer may take: what the caller says, if that is less. Raises Refused."""
    said = request.headers.get(DEADLINE_HEADER)
    if said is None:
        return most
    try:
        seconds = float(said)
    except ValueError:
        seconds = -1.0
    if not seconds > 0:
        raise Refused(Code.BAD_REQUEST, f"{DEADLINE_HEADER}: expected a number of seconds above 0, got {said!r}")
    return min(seconds, most)


def _too_late() -> EngineFailed:
    return EngineFailed("the engine was not done in time")
