"""Read an HTTP answer from a machine that may lie about its length, or never end."""

import httpx


class TooMuch(Exception):
    """The body is longer than its reader allows, or compressed, which would hide how long it is."""


async def read(response: httpx.Response, limit_bytes: int) -> bytes:
    """The body as it was sent, of at most ``limit_bytes``. Raises TooMuch, httpx.TransportError."""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise TooMuch("the answer is compressed, which was not asked for")
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > limit_bytes:
            raise TooMuch(f"the answer is longer than {limit_bytes} bytes")
    return bytes(body)
