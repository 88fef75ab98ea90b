"""``GET /v1/batches/NAME/events``: a batch's outcomes as they are recorded, as server-sent events.

``outcome`` (an Outcome; its ``id`` is the number, so that a reader that was cut off goes on behind it), and at last
``done`` (a Progress). The database is looked at once in a while; nothing is lost between looks.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from pydantic import BaseModel
from starlette.responses import StreamingResponse

from evaluator.daemon import records
from evaluator.daemon.service import Service, service, submitter

ALIVE_SECONDS = 15.0
"""A line is sent at least so often, so that nothing in between takes the connection for dead."""
PAUSE_SECONDS = 0.1, 1.0
"""Between two looks: after one that found something, and at most."""
PAGE = 500
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
router = APIRouter()


@router.get("/v1/batches/{batch}/events", responses={200: {"content": {"text/event-stream": {}}}})
async def follow(
    batch: str,
    request: Request,
    after: Annotated[int, Query(ge=0)] = 0,
    last_event_id: Annotated[int | None, Header(ge=0)] = None,
) -> StreamingResponse:
    """Every outcome once, in the order of their recording, until there is one for each evaluation."""
    found, who = service(request), submitter(request)
    await asyncio.to_thread(records.outcomes, found.database, who, batch, 0, 1)  # a 404 is no stream
    start = after if last_event_id is None else last_event_id
    return StreamingResponse(_events(found, who, batch, start), headers=HEADERS, media_type="text/event-stream")


async def _events(found: Service, who: str, batch: str, after: int) -> AsyncIterator[bytes]:
    pause, said = PAUSE_SECONDS[0], time.monotonic()
    while True:
        page = await asyncio.to_thread(records.outcomes, found.database, who, batch, after, PAGE)
        if page.outcomes:
            after, pause, said = page.outcomes[-1].number, PAUSE_SECONDS[0], time.monotonic()
            yield b"".join(_event("outcome", outcome, outcome.number) for outcome in page.outcomes)
        if page.done:
            progress = await asyncio.to_thread(records.progress, found.database, who, batch)
            yield _event("done", progress)
            return
        if len(page.outcomes) == PAGE:
            continue
        if time.monotonic() - said > ALIVE_SECONDS:
            said = time.monotonic()
            yield b": still here\n\n"
        await asyncio.sleep(pause)
        pause = min(1.5 * pause, PAUSE_SECONDS[1])


def _event(name: str, data: BaseModel, number: int | None = None) -> bytes:
    identity = b"" if number is None else b"id: %d\n" % number
    return b"%sevent: %s\ndata: %s\n\n" % (identity, name.encode(), data.model_dump_json().encode())
