"""Packets with descriptors, over a pair of Unix sockets: what arrives is whole, or does not arrive."""

import asyncio
import os
import socket
from collections.abc import Callable, Sequence
from typing import Any, Self

PACKET_BYTES = 64 * 1024
DESCRIPTORS = 8


def pair() -> tuple[socket.socket, socket.socket]:
    """Two connected ends; neither has a name that anybody else could connect to."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    return ours, theirs


class Wire:
    """One end. For one event loop; one task receives, many may send."""

    def __init__(self, end: socket.socket) -> None:
        """Takes ``end`` over."""
        end.setblocking(False)
        self._end = end
        self._sending = asyncio.Lock()

    @classmethod
    def of(cls, descriptor: int) -> Self:
        """The end that we inherited."""
        return cls(socket.socket(fileno=descriptor))

    async def send(self, packet: bytes, descriptors: Sequence[int] = ()) -> None:
        """Send ``packet`` and copies of ``descriptors``. Raises ConnectionError: nobody is at the other end."""
        async with self._sending:
            while True:
                try:
                    socket.send_fds(self._end, [packet], descriptors)
                except BlockingIOError:
                    loop = asyncio.get_running_loop()
                    await self._until(loop.add_writer, loop.remove_writer)
                else:
                    return

    async def receive(self) -> tuple[bytes, list[int]]:
        """The next packet, and descriptors that are the caller's to close. Raises EOFError at the end."""
        while True:
            try:
                flags = socket.MSG_CMSG_CLOEXEC
                packet, descriptors, _, _ = socket.recv_fds(self._end, PACKET_BYTES, DESCRIPTORS, flags)
            except BlockingIOError:
                loop = asyncio.get_running_loop()
                await self._until(loop.add_reader, loop.remove_reader)
                continue
            except ConnectionError as error:
                raise EOFError("nobody is at the other end") from error
            if not packet:
                raise EOFError("the other end was closed")
            return packet, descriptors

    def close(self) -> None:
        """Hang up."""
        self._end.close()

    async def _until(self, add: Callable[..., None], remove: Callable[[Any], object]) -> None:
        ready = asyncio.Event()
        add(self._end, ready.set)
        try:
            await ready.wait()
        finally:
            remove(self._end)


def close_all(descriptors: Sequence[int]) -> None:
    """Give descriptors back."""
    for descriptor in descriptors:
        os.close(descriptor)
