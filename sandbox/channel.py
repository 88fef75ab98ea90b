"""The host's end of a container: frames out, frames in.

They travel over Docker's attach stream, which the engine and its shim copy twice each way; or, where the host can reach
into the container's file system as root, over a socket of the agent's own, at a fraction of the CPU.
"""

import asyncio
import contextlib
import socket
import struct
from typing import Self

from sandbox import replies
from sandbox.agent import frames
from sandbox.errors import ContainerLost

_MULTIPLEX = struct.Struct(">BxxxI")
_STDOUT = 1
_DIAGNOSTICS_LIMIT = 4096
_BUFFER = 1024 * 1024
_LAST_WORDS_SECONDS = 0.3


class Channel:
    """Speaks frames with one agent. Every failure is ContainerLost, with what the agent last said on stderr."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, attached: "Channel | None" = None
    ) -> None:
        """Over the agent's own socket if the ``attached`` channel is given, which then carries diagnostics only."""
        self._reader = reader
        self._writer = writer
        self._attached = attached
        self._arrived = bytearray()
        self._diagnostics = b""
        self._chunk_stream = self._chunk_left = 0

    @classmethod
    async def open(cls, attached: socket.socket) -> Self:
        """Take over the attached socket."""
        attached.setblocking(False)
        return cls(*await asyncio.open_unix_connection(sock=attached, limit=_BUFFER))

    async def shortcut(self, connected: socket.socket) -> "Channel":
        """A channel over the agent's own socket, which is taken over."""
        connected.setblocking(False)
        return Channel(*await asyncio.open_unix_connection(sock=connected, limit=_BUFFER), self)

    async def send(self, header: frames.Header, blobs: list[bytes], stream: bytes = b"") -> None:
        """One frame, then ``stream`` as it is. Raises ContainerLost."""
        self._writer.write(frames.pack(header, blobs))
        try:
            for start in range(0, len(stream), _BUFFER):
                self._writer.write(stream[start : start + _BUFFER])
                await self._writer.drain()
        except ConnectionError as error:
            raise await self._lost() from error

    async def receive(self, most_bytes: int = _BUFFER) -> tuple[frames.Header, list[bytes]]:
        """The next frame, its blobs of ``most_bytes`` in all. Raises ContainerLost at the end, and for what is none."""
        length = frames.LENGTH.unpack(await self._take(frames.LENGTH.size))[0]
        if length > frames.HEADER_LIMIT:
            raise ContainerLost(f"the agent announced a header of {length} bytes")
        header = replies.header(await self._take(length), most_bytes)
        return header, [await self._take(size) for size in header["blobs"]]

    @property
    def is_closed(self) -> bool:
        """Whether the agent has hung up, and all that it said is read."""
        return self._reader.at_eof()

    def check_silence(self) -> None:
        """Raises ContainerLost if the agent has said more than it was asked."""
        if self._arrived:
            raise ContainerLost("the agent spoke out of turn")

    def close(self) -> None:
        """Hang up; the agent then leaves by itself."""
        self._writer.close()
        if self._attached is not None:
            self._attached.close()

    async def _take(self, length: int) -> bytes:
        while len(self._arrived) < length:
            await self._pull()
        taken = bytes(self._arrived[:length])
        del self._arrived[:length]
        return taken

    async def _pull(self) -> None:
        """Some of the stream: the agent's frames, or, where they share it, its diagnostics."""
        if self._attached is not None:
            self._arrived += await self._reader.read(_BUFFER) or await self._raise_lost()
            return
        try:
            if not self._chunk_left:
                header = await self._reader.readexactly(_MULTIPLEX.size)
                self._chunk_stream, self._chunk_left = _MULTIPLEX.unpack(header)
            data = await self._reader.readexactly(min(self._chunk_left, _BUFFER))
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise await self._lost() from error
        self._chunk_left -= len(data)
        if self._chunk_stream == _STDOUT:
            self._arrived += data
        else:
            self._diagnostics = (self._diagnostics + data)[-_DIAGNOSTICS_LIMIT:]

    async def _raise_lost(self) -> bytes:
        raise await self._lost()

    async def _lost(self) -> ContainerLost:
        teller = self._attached or self
        with contextlib.suppress(ContainerLost, TimeoutError):
            async with asyncio.timeout(_LAST_WORDS_SECONDS):
                while teller is not self:
                    await teller._pull()
        said = teller._diagnostics.decode(errors="replace").strip()
        return ContainerLost("the container is gone" + (f"; it said: {said}" if said else ""))
