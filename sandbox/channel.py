"""The host's end of a container's standard streams: frames out, frames in, over Docker's multiplexed attach stream."""

import asyncio
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


class Channel:
    """Speaks frames with one agent. Every failure is ContainerLost, with what the agent last said on stderr."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._arrived = bytearray()
        self._diagnostics = b""
        self._chunk_stream = self._chunk_left = 0

    @classmethod
    async def open(cls, attached: socket.socket) -> Self:
        """Take over the attached socket."""
        attached.setblocking(False)
        return cls(*await asyncio.open_unix_connection(sock=attached, limit=_BUFFER))

    async def send(self, header: frames.Header, blobs: list[bytes], stream: bytes = b"") -> None:
        """One frame, then ``stream`` as it is. Raises ContainerLost."""
        self._writer.write(frames.pack(header, blobs))
        try:
            for start in range(0, len(stream), _BUFFER):
                self._writer.write(stream[start : start + _BUFFER])
                await self._writer.drain()
        except ConnectionError as error:
            raise self._lost() from error

    async def receive(self, most_bytes: int = _BUFFER) -> tuple[frames.Header, list[bytes]]:
        """The next frame, its blobs of ``most_bytes`` in all. Raises ContainerLost at the end, and for what is none."""
        length = frames.LENGTH.unpack(await self._take(frames.LENGTH.size))[0]
        if length > frames.HEADER_LIMIT:
            raise ContainerLost(f"the agent announced a header of {length} bytes")
        header = replies.header(await self._take(length), most_bytes)
        return header, [await self._take(size) for size in header["blobs"]]

    def check_silence(self) -> None:
        """Raises ContainerLost if the agent has said more than it was asked."""
        if self._arrived:
            raise ContainerLost("the agent spoke out of turn")

    def close(self) -> None:
        """Hang up; the agent then leaves by itself."""
        self._writer.close()

    async def _take(self, length: int) -> bytes:
        while len(self._arrived) < length:
            await self._pull()
        taken = bytes(self._arrived[:length])
        del self._arrived[:length]
        return taken

    async def _pull(self) -> None:
        """Some of a chunk of the multiplexed stream: the agent's frames, or its diagnostics."""
        try:
            if not self._chunk_left:
                header = await self._reader.readexactly(_MULTIPLEX.size)
                self._chunk_stream, self._chunk_left = _MULTIPLEX.unpack(header)
            data = await self._reader.readexactly(min(self._chunk_left, _BUFFER))
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise self._lost() from error
        self._chunk_left -= len(data)
        if self._chunk_stream == _STDOUT:
            self._arrived += data
        else:
            self._diagnostics = (self._diagnostics + data)[-_DIAGNOSTICS_LIMIT:]

    def _lost(self) -> ContainerLost:
        said = self._diagnostics.decode(errors="replace").strip()
        return ContainerLost("the container is gone" + (f"; it said: {said}" if said else ""))
