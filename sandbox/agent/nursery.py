"""The supervisor's end of the zygote: start it, ask it for programs, hear how they ended, do without it."""

import marshal
import os
import select
import signal
import socket
import sys
from typing import Any, Never

from . import zygote
from .zygote import LAST, MESSAGE_LIMIT, MORE, WARM_UP

_START = "import sys; sys.path.insert(0, {root!r}); from agent import zygote; zygote.main(int(sys.argv[1]))"
_ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class SpawnFailed(Exception):
    """The zygote could not fork: the container is full, or broken."""


class Nursery:
    """One zygote at a time; after ``massacre`` a new one."""

    def __init__(self) -> None:
        """Fork the first zygote from ourselves. Call it before the host has told us anything."""
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        if os.fork() == 0:
            _be_a_zygote(theirs)
        theirs.close()
        self._receive()
        self._is_warm = False

    def fileno(self) -> int:
        """What to poll for deaths."""
        return self._channel.fileno()

    def warm_up(self) -> None:
        """Have the zygote import what programs commonly import; worth it for the second program, not for one."""
        if not self._is_warm:
            self._channel.send(WARM_UP)
            self._receive()
            self._is_warm = True

    def spawn(self, order: dict[str, Any], descriptors: list[int], *, last: bool) -> int:
        """Fork one program; its pid. After the ``last`` of a step deaths can be heard of. Raises SpawnFailed."""
        message = (LAST if last else MORE) + marshal.dumps(order)
        socket.send_fds(self._channel, [message], descriptors)
        pid, _, reason = self._receive().partition(b" ")
        if pid == b"0":
            raise SpawnFailed(reason.decode())
        return int(pid)

    def death(self, timeout: float | None = None) -> tuple[int, int] | None:
        """The pid and wait status of the next to die; None if nobody did within ``timeout`` seconds."""
        if timeout is not None and not select.select([self._channel], [], [], timeout)[0]:
            return None
        pid, status = self._receive().split()
        return int(pid), int(status)

    def massacre(self) -> None:
        """Kill every process of the container but ourselves, the zygote too; then start a fresh one.

        Raises SpawnFailed where that would be every process of the host.
        """
        if os.getpid() != 1:
            raise SpawnFailed("not PID 1: this is no container of its own")
        self._channel.close()
        os.kill(-1, signal.SIGKILL)
        while True:
            try:
                os.waitpid(-1, 0)
            except ChildProcessError:
                break
        self._is_warm = False
        self._replace()

    def _replace(self) -> None:
        """A zygote that is no fork of ours: by now our memory holds payloads."""
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        os.set_inheritable(theirs.fileno(), True)
        os.posix_spawn(
            sys.executable,
            [sys.executable, "-B", "-c", _START.format(root=_ROOT), str(theirs.fileno())],
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0),
            ],
        )
        theirs.close()
        self._receive()

    def _receive(self) -> bytes:
        message = self._channel.recv(MESSAGE_LIMIT)
        if not message:
            raise SpawnFailed("the zygote is gone")
        return message


def _be_a_zygote(channel: socket.socket) -> Never:
    """In the first zygote: hold nothing of the supervisor's but diagnostics and the channel."""
    try:
        nothing = os.open("/dev/null", os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)
        own = os.dup2(channel.detach(), 3, inheritable=False)
        os.closerange(4, 64)
        zygote.main(own)
    finally:
        os._exit(1)
