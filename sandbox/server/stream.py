"""``POST /v1/execute/stream``: what happens, as it happens, as server-sent events; and how to stop it.

The events, each with JSON data: ``queued`` (``id``, and how many were ``ahead``) first; ``compile``; ``run`` (its
number, from 0); ``stdout`` and ``stderr`` (``run``, null for the compiler, and ``data``: a string if UTF-8, else
``{"base64": …}``); ``restarted`` (what that run and later ones told so far is void: the container was lost); last
``result`` (an Execution) or ``error`` (``code``, ``message``). A reader that goes away stops the program.
"""

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from sandbox.errors import BadRequest, SandboxError, Stopped
from sandbox.protocol import CompileStarted, Message, Program, Progress, Restarted, RunStarted, Written
from sandbox.server import answers, bodies
from sandbox.server.execute import Batch, Single, parsed
from sandbox.server.openapi import PROGRAM_EXAMPLES, body_of
from sandbox.server.running import Service, service, tenant_of
from sandbox.server.tenant import Tenant

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

ALIVE_SECONDS = 15.0
"""A line is sent at least so often, so that nothing in between takes the connection for dead."""
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
router = APIRouter()


class Queued(Message):
    """The first event."""

    id: str
    ahead: int


@dataclass(frozen=True, slots=True)
class Streamed:
    """A program that is being run for a reader."""

    tenant: Tenant
    task: asyncio.Task[None]


@router.post(
    "/v1/execute/stream",
    response_class=Response,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}, **answers.RESPONSES},
    openapi_extra=body_of(["Single"], PROGRAM_EXAMPLES),
)
async def stream(request: Request) -> Response:
    """Run one program and tell what happens as server-sent events: queued, compile, run, stdout, stderr, result."""
    asked = parsed(await bodies.read(request))
    if isinstance(asked, Batch):
        raise BadRequest("one program is streamed at a time")
    found, tenant = service(request), tenant_of(request)
    found.queue.refuse_if_full(tenant)
    return EventStream(found, tenant, asked, request.app.state.streamed)


@router.delete(
    "/v1/executions/{execution}",
    status_code=204,
    response_class=Response,
    responses={404: {"model": answers.Failure}, 401: answers.RESPONSES[401]},
)
async def stop(execution: str, request: Request) -> Response:
    """Stop a streamed program; once this is answered it does not run any more."""
    streamed: dict[str, Streamed] = request.app.state.streamed
    found = streamed.get(execution)
    if found is None or found.tenant != tenant_of(request):
        return Response(answers.Failure(code="not_found", message="nothing of yours runs by this id").model_dump_json(),
                        404, media_type="application/json")  # fmt: skip
    found.task.cancel()
    await asyncio.wait([found.task])
    return Response(status_code=204)


@dataclass(slots=True)
class _Events:
    """What is yet to be sent; None ends it."""

    due: asyncio.Queue[bytes | None] = field(default_factory=asyncio.Queue)

    def put(self, name: str, data: BaseModel) -> None:
        self.due.put_nowait(b"event: %s\ndata: %s\n\n" % (name.encode(), data.model_dump_json().encode()))

    def tell(self, progress: Progress) -> None:
        match progress:
            case CompileStarted():
                self.put("compile", progress)
            case RunStarted():
                self.put("run", progress)
            case Restarted():
                self.put("restarted", progress)
            case Written():
                self.due.put_nowait(
                    b"event: %s\ndata: %s\n\n"
                    % (progress.stream.encode(), progress.model_dump_json(exclude={"stream"}).encode())
                )

    async def next(self) -> bytes | None:
        try:
            async with asyncio.timeout(ALIVE_SECONDS):
                return await self.due.get()
        except TimeoutError:
            return b": still here\n\n"


class EventStream(Response):
    """Runs the program while it is sent; ends with it, and it ends with the connection."""

    media_type = "text/event-stream"

    def __init__(self, found: Service, tenant: Tenant, asked: Single, streamed: dict[str, Streamed]) -> None:
        super().__init__(headers=HEADERS)
        del self.headers["content-length"]
        self._service, self._tenant, self._asked, self._streamed = found, tenant, asked, streamed

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        events, name = _Events(), secrets.token_hex(16)
        events.put("queued", Queued(id=name, ahead=self._service.queue.waiting))
        work = asyncio.create_task(self._work(events))
        gone = asyncio.create_task(_until_gone(receive, work))
        self._streamed[name] = Streamed(self._tenant, work)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            while event := await events.next():
                await send({"type": "http.response.body", "body": event, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            del self._streamed[name]
            work.cancel()
            gone.cancel()
            await asyncio.wait([work, gone])
        if not work.cancelled():
            work.result()  # a defect of ours is to be seen

    async def _work(self, events: _Events) -> None:
        program: Program = self._asked
        patience = self._service.settings.queue_seconds
        try:
            execution = await self._service.execute(
                self._tenant, program, fresh=self._asked.fresh, patience=patience, tell=events.tell
            )
            events.put("result", execution)
        except SandboxError as error:
            events.put("error", answers.failure(error))
        except asyncio.CancelledError:
            events.put("error", answers.failure(Stopped("it was stopped")))
            raise
        finally:
            events.due.put_nowait(None)


async def _until_gone(receive: "Receive", work: asyncio.Task[None]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    work.cancel()
