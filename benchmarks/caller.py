"""The cheapest honest HTTP client: it shares the cores with what is measured.

One connection that is kept, HTTP/1.1 as far as our server speaks it. Not covered: chunked answers, redirects.
"""

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any, Self

from benchmarks.served import Served

KEPT_SECONDS = 2.0
"""An idle connection is used again before that; our server hangs up after 5 s. Nothing is ever sent twice."""
_LONGEST = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, and the body."""

    status: int
    body: bytes

    def json(self) -> Any:
        """What the body says."""
        return json.loads(self.body)


class Caller:
    """One client. Use as ``async with Caller(served) as caller``."""

    def __init__(self, served: Served, key: str | None = None) -> None:
        self._served = served
        self._headers = f"Host: {served.host}:{served.port}\r\nContent-Type: application/json\r\n"
        if key:
            self._headers += f"Authorization: Bearer {key}\r\n"
        self._used = 0.0

    async def __aenter__(self) -> Self:
        await self._connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()

    async def post(self, path: str, body: bytes) -> Answer:
        """The answer to ``body``. Raises OSError, IncompleteReadError if the server hangs up."""
        if time.monotonic() - self._used > KEPT_SECONDS:
            self._writer.close()
            await self._connect()
        try:
            return await self._exchange(path, body)
        finally:
            self._used = time.monotonic()

    async def _connect(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(self._served.host, self._served.port, limit=_LONGEST)
        self._used = time.monotonic()

    async def _exchange(self, path: str, body: bytes) -> Answer:
        head = f"POST {path} HTTP/1.1\r\n{self._headers}Content-Length: {len(body)}\r\n\r\n".encode()
        if len(body) < _LONGEST:
            self._writer.write(head + body)
        else:
            self._writer.write(head)
            self._writer.write(body)
        await self._writer.drain()
        lines = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
        length = next(int(line.partition(":")[2]) for line in lines if line.startswith("content-length:"))
        return Answer(int(lines[0].split()[1]), await self._reader.readexactly(length))
