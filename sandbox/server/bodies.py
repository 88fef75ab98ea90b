"""Request bodies: bounded in size and time while they are read, one by one and all together."""

import asyncio
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect, Request

from sandbox.errors import BodyTooLarge, BodyTooSlow, QueueFull, Stopped
from sandbox.settings import Settings

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope


class Bodies:
    """What is at hand of all requests."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._bytes = 0

    def check(self, length: int) -> None:
        """Raises BodyTooLarge."""
        if length > self.settings.body_bytes:
            raise BodyTooLarge(f"a request may have {self.settings.body_bytes} bytes; this one has at least {length}")

    def add(self, number: int) -> None:
        """``number`` more are at hand. Raises QueueFull."""
        self._bytes += number
        if self._bytes > self.settings.bodies_bytes:
            raise QueueFull(f"requests of {self._bytes} bytes in all are at hand: too many for one more of yours")

    def drop(self, number: int) -> None:
        """So many are not at hand any more."""
        self._bytes -= number


class Counted:
    """A request's ``receive``; raises BodyTooLarge, BodyTooSlow, QueueFull as soon as that is seen."""

    def __init__(self, bodies: Bodies, scope: "Scope", receive: "Receive") -> None:
        self._bodies = bodies
        self._receive = receive
        self._length = 0
        self._complete = False
        self._until = asyncio.get_running_loop().time() + bodies.settings.body_seconds
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit():
                bodies.check(int(value))

    async def __call__(self) -> "Message":
        if self._complete:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError as error:
            seconds = self._bodies.settings.body_seconds
            raise BodyTooSlow(f"the request did not arrive within {seconds:g} s") from error
        self._complete = not message.get("more_body", False)
        if chunk := message.get("body"):
            self._length += len(chunk)
            self._bodies.add(len(chunk))
            self._bodies.check(self._length)
        return message

    def release(self) -> None:
        """The request is done with."""
        self._bodies.drop(self._length)


async def read(request: Request) -> bytes:
    """The whole body. Raises BodyTooLarge, BodyTooSlow, QueueFull, Stopped (the client is gone)."""
    try:
        return await request.body()
    except ClientDisconnect as error:
        raise Stopped("the client is gone") from error
