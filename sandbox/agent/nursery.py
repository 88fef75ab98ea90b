"""The supervisor's end of the zygote: start it, ask it for programs, hear how they ended, do without it."""

import json
import os
import signal
import socket
import sys
from dataclasses import dataclass
from typing import Any

from .zygote import ENVIRONMENT, MESSAGE_LIMIT

_START = "import sys; sys.path.insert(0, {root!r}); from agent import zygote; zygote.main(int(sys.argv[1]))"
_ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class SpawnFailed(Exception):
    """The zygote could not fork: the container is full, or broken."""


@dataclass(frozen=True, slots=True)
class Death:
    """A program's end, as ``wait`` tells it."""

    pid: int
    status: int


class Nursery:
    """One zygote at a time; after ``massacre`` a new one."""

    def __init__(self) -> None:
        self._start()

    def fileno(self) -> int:
        """What to poll for deaths."""
        return self._channel.fileno()

    def spawn(self, order: dict[str, Any], descriptors: list[int]) -> int:
        """Fork one program; its pid. Raises SpawnFailed."""
        socket.send_fds(self._channel, [json.dumps(order).encode()], descriptors)
        while "spawned" not in (answer := self._receive()):
            if "error" in answer:
                raise SpawnFailed(answer["error"])
            self._deaths.append(Death(answer["pid"], answer["status"]))
        return int(answer["spawned"])

    def death(self, timeout: float = 0) -> Death | None:
        """The next death, waiting up to ``timeout`` seconds for it."""
        if self._deaths:
            return self._deaths.pop(0)
        self._channel.settimeout(timeout)
        try:
            answer = self._receive()
        except (BlockingIOError, TimeoutError):
            return None
        finally:
            self._channel.settimeout(None)
        return Death(answer["pid"], answer["status"])

    def massacre(self) -> None:
        """Kill every process of the container but ourselves, the zygote too; then start a fresh one."""
        self._channel.close()
        os.kill(-1, signal.SIGKILL)
        while True:
            try:
                os.waitpid(-1, 0)
            except ChildProcessError:
                break
        self._start()

    def _start(self) -> None:
        self._deaths: list[Death] = []
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        os.set_inheritable(theirs.fileno(), True)
        os.posix_spawn(
            sys.executable,
            [sys.executable, "-B", "-c", _START.format(root=_ROOT), str(theirs.fileno())],
            ENVIRONMENT,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0),
            ],
        )
        theirs.close()
        self._receive()

    def _receive(self) -> dict[str, Any]:
        message = self._channel.recv(MESSAGE_LIMIT)
        if not message:
            raise SpawnFailed("the zygote is gone")
        answer: dict[str, Any] = json.loads(message)
        return answer
