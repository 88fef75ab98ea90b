"""The supervisor's end of the zygote: start it, ask it for programs, hear how they ended, do without it."""

import json
import os
import select
import signal
import socket
import sys
from typing import Any

from .walls import VARIABLE
from .zygote import ENVIRONMENT, MESSAGE_LIMIT

_START = "import sys; sys.path.insert(0, {root!r}); from agent import zygote; zygote.main(int(sys.argv[1]))"
_ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class SpawnFailed(Exception):
    """The zygote could not fork: the container is full, or broken."""


class Nursery:
    """One zygote at a time; after ``massacre`` a new one."""

    def __init__(self) -> None:
        self._start()

    def fileno(self) -> int:
        """What to poll for deaths."""
        return self._channel.fileno()

    def spawn(self, order: dict[str, Any], descriptors: list[int]) -> int:
        """Fork one program; its pid. Not while waiting. Raises SpawnFailed."""
        socket.send_fds(self._channel, [json.dumps(order).encode()], descriptors)
        pid, _, reason = self._receive().partition(b" ")
        if pid == b"0":
            raise SpawnFailed(reason.decode())
        return int(pid)

    def wait(self) -> None:
        """From now on, hear of deaths, until all that were spawned are dead."""
        self._channel.send(b"wait")

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
        self._start()

    def _start(self) -> None:
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        os.set_inheritable(theirs.fileno(), True)
        os.posix_spawn(
            sys.executable,
            [sys.executable, "-B", "-c", _START.format(root=_ROOT), str(theirs.fileno())],
            ENVIRONMENT | {name: value for name, value in os.environ.items() if name == VARIABLE},
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
