"""The ends of a program's pipes that stay with the supervisor: drained while it runs, capped, and counted."""

import os
from collections.abc import Callable

from .walls import Wall, stands

CHUNK = 64 * 1024
REPLIES = 1
"""The descriptor on which the host hears us."""


class Output:
    """One output stream. What is kept goes to the host in chunks, so that our memory stays flat."""

    def __init__(self, limit: int, forward: Callable[[bytes], None]) -> None:
        self.descriptor, self.theirs = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(self.descriptor, False)
        if not stands(Wall.OWN_STREAMS):
            os.dup2(REPLIES, self.theirs, inheritable=False)
        self.dropped = 0
        self.tail = bytearray()
        """Kept, and not yet forwarded."""
        self._left = limit
        self._forward = forward
        self.open = True

    def drain(self) -> bool:
        """Read once; close at the end of the stream. Whether anything came."""
        try:
            data = os.read(self.descriptor, CHUNK)
        except BlockingIOError:
            return False
        if not data:
            self.close()
            return False
        self._keep(data)
        return True

    def drain_to_end(self) -> None:
        """Read what the dead left behind."""
        while self.open and self.drain():
            pass
        self.close()

    def flush(self) -> None:
        """Forward what is kept."""
        if self.tail:
            self._forward(bytes(self.tail))
            self.tail.clear()

    def close(self) -> None:
        """Give the descriptor back."""
        if self.open:
            os.close(self.descriptor)
            self.open = False

    def _keep(self, data: bytes) -> None:
        kept = data[: self._left]
        self._left -= len(kept)
        self.dropped += len(data) - len(kept)
        self.tail += kept
        if len(self.tail) >= CHUNK:
            self.flush()


class Input:
    """Standard input, passed from the host's stream to the program as it reads, never held whole."""

    def __init__(self, source: int, length: int) -> None:
        self.theirs, self.descriptor = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(self.descriptor, False)
        self._source = source
        self._left = length
        self._pending = b""
        self.open = True

    def feed(self) -> None:
        """Pass on as much as the program takes now; close the pipe when all is passed."""
        while self.open:
            if not self._pending and self._left:
                self._pending = self._read()
            if not self._pending:
                self.close()
                return
            try:
                written = os.write(self.descriptor, self._pending)
            except BlockingIOError:
                return
            except BrokenPipeError:
                self.close()
                return
            self._pending = self._pending[written:]

    def close(self) -> None:
        """End the program's standard input, and take what it did not read off the host's stream."""
        if self.open:
            os.close(self.descriptor)
            self.open = False
        while self._left:
            self._read()

    def _read(self) -> bytes:
        data = os.read(self._source, min(self._left, CHUNK))
        if not data:
            raise EOFError("the host is gone")
        self._left -= len(data)
        return data
