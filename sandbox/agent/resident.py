"""A resident companion: a program that is started once, and asked about one run after another for as long as it stays.

Covered: it is a process as every other, with a uid of its own, and counts in every limit of the step that asks it. It
is given each question in memory of its own, with a socket that no earlier run held. One that does not answer, or says
that it leaves, is killed before the step ends, and any step that does not ask it ends it first.
Not covered: what it remembers; whoever asks it vouches for its code.
"""

import contextlib
import os
import signal
import socket

from . import frames

ANSWER_LIMIT = 64 * 1024
"""Bytes of an answer, with the two in front: whether it stays (1 or 0), and an exit code."""


class Resident:
    """Our end of one. On its descriptor 3 it gets a byte with two descriptors: the question, and the run's socket."""

    def __init__(self) -> None:
        self._channel, self.theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.pid = 0
        self.stays = True

    def ask(self, question: bytes, joined: socket.socket, limit: int) -> "Answer":
        """Pass a question on; where its answer will be, of which ``limit`` bytes are kept."""
        self.stays = False
        memory = os.memfd_create("question", os.MFD_CLOEXEC)
        frames.write(memory, question)
        socket.send_fds(self._channel, [b"?"], [memory, joined.fileno()])
        os.close(memory)
        return Answer(self, self._channel, limit)

    def kill(self) -> None:
        """Whoever hears of deaths will hear of this one."""
        with contextlib.suppress(ProcessLookupError):  # it has just ended
            os.kill(self.pid, signal.SIGKILL)

    def close(self) -> None:
        """Hang up."""
        self._channel.close()


class Answer:
    """What a resident says of one run, read as standard output is."""

    def __init__(self, resident: Resident, channel: socket.socket, limit: int) -> None:
        self._resident = resident
        self._channel = channel
        self._limit = limit
        self.descriptor = channel.fileno()
        self.open = True
        self.dropped = 0
        self.tail = bytearray()
        self.status: int | None = None

    def drain(self) -> bool:
        """Read the answer; whether there was one."""
        try:
            said = self._channel.recv(ANSWER_LIMIT, socket.MSG_DONTWAIT)
        except OSError:
            return False
        self.open = False
        if len(said) > 1:
            self._resident.stays, self.status = said[0] == 1, said[1] << 8
            self.tail += said[2 : 2 + self._limit]
            self.dropped = max(len(said) - 2 - self._limit, 0)
        return len(said) > 1

    def flush(self) -> None:
        """Nothing to forward: it is short, and goes with the facts."""

    def drain_to_end(self) -> None:
        """What comes late does not count."""
