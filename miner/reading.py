"""Read an HTTP answer from a machine that may lie about its length, or never end."""

import re
from collections.abc import AsyncGenerator

import httpx

BLANK_LINE = re.compile(rb"\r\n\r\n|\n\n|\r\r")
"""What ends a server-sent event."""


class TooMuch(Exception):
    """The body is longer than its reader allows, or compressed, which would hide how long it is."""


async def read(response: httpx.Response, limit_bytes: int) -> bytes:
    """The body as it was sent, of at most ``limit_bytes``. Raises TooMuch, httpx.TransportError."""
    body = bytearray()
    async for chunk in _raw(response, limit_bytes):
        body += chunk
    return bytes(body)


async def events(response: httpx.Response, limit_bytes: int) -> AsyncGenerator[bytes, None]:
    """The server-sent events of a body of at most ``limit_bytes``, as they were sent; last, what is left over.

    Raises TooMuch, httpx.TransportError.
    """
    kept = bytearray()
    async for chunk in _raw(response, limit_bytes):
        looked_at = max(len(kept) - 3, 0)
        kept += chunk
        while end := BLANK_LINE.search(kept, looked_at):
            yield bytes(kept[: end.end()])
            del kept[: end.end()]
            looked_at = 0
    if kept:
        yield bytes(kept)


def data(event: bytes) -> bytes:
    """What an event carries: its ``data`` fields, a line each; empty for a comment."""
    lines = event.splitlines()
    return b"\n".join(line[5:].removeprefix(b" ") for line in lines if line.startswith(b"data:"))


async def _raw(response: httpx.Response, limit_bytes: int) -> AsyncGenerator[bytes, None]:
    if response.headers.get("content-encoding", "identity") != "identity":
        raise TooMuch("the answer is compressed, which was not asked for")
    received = 0
    async for chunk in response.aiter_raw():
        received += len(chunk)
        if received > limit_bytes:
            raise TooMuch(f"the answer is longer than {limit_bytes} bytes")
        yield chunk
