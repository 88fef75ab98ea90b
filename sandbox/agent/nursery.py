"""The supervisor's end of the zygote: start it, hand its spare children their programs, hear how they ended."""

import contextlib
import marshal
import os
import select
import signal
import socket
import sys
from typing import Any, Never

from . import zygote
from .resident import Resident
from .zygote import FULL, MESSAGE_LIMIT, SPARE, WARM_UP

SLOTS = 2
"""Programs that a step may have."""
PATIENCE_SECONDS = 2.0
"""How long the zygote may take to fork."""
_START = "import sys; sys.path.insert(0, {root!r}); from agent import zygote; zygote.main(list(map(int, sys.argv[1:])))"
_ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class SpawnFailed(Exception):
    """The zygote could not fork: the container is full, or broken."""


class Nursery:
    """One zygote at a time, with a blank child for each slot; after ``massacre`` a new one."""

    def __init__(self) -> None:
        """Fork the first zygote from ourselves. Call it before the host has told us anything."""
        self._is_warm = False
        self.resident: Resident | None = None
        """It has the last slot, for as long as it lives."""
        theirs = self._connect()
        self._zygote = os.fork()
        if self._zygote == 0:
            _be_a_zygote(theirs)
        self._begin(theirs)

    def fileno(self) -> int:
        """What to poll for reports."""
        return self._reports.fileno()

    def warm_up(self) -> None:
        """Have what programs are forked from import what they commonly import; worth it for the second, not for one.

        A spare child becomes the new zygote: the old one waits for deaths alone, and is not disturbed.
        """
        if not self._is_warm:
            self.dismiss()
            self._await_spares()
            for pid in self._zygote, self._spares[1]:  # orphans are ours
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            self._zygote = self._spares[0]
            self._spares.clear()
            self._orders[0].send(WARM_UP)
            self._await_spares(None)
            self._is_warm = True

    def spawn(self, slot: int, order: dict[str, Any], descriptors: list[int]) -> int:
        """Have the spare child of ``slot`` become a program; its pid. Raises SpawnFailed."""
        while slot not in self._spares:
            self.hear()
        socket.send_fds(self._orders[slot], [marshal.dumps(order)], descriptors)
        return self._spares.pop(slot)

    def hear(self, timeout: float | None = None) -> bool:
        """Take note of the zygote's next report; False if there is none within ``timeout`` seconds."""
        if timeout is not None and not select.select([self._reports], [], [], timeout)[0]:
            return False
        report = self._reports.recv(MESSAGE_LIMIT)
        if not report or report.startswith(FULL):
            raise SpawnFailed(report.decode() or "the zygote is gone")
        first, second = map(int, report.removeprefix(SPARE).split())
        if report.startswith(SPARE):
            self._spares[first] = second
        else:
            self._statuses[first] = second
            if self.resident is not None and self.resident.pid == first:
                self.resident.close()
                self.resident = None
        return True

    def status(self, pid: int) -> int | None:
        """The wait status of ``pid``, once, if its death was heard of."""
        return self._statuses.pop(pid, None)

    def is_whole(self) -> bool:
        """Whether the zygote soon has a spare child for every slot again."""
        with contextlib.suppress(SpawnFailed):
            self._await_spares()
        return len(self._spares) == self._vacant()

    def dismiss(self) -> None:
        """End the resident, if there is one. Raises SpawnFailed."""
        if self.resident is not None:
            pid = self.resident.pid
            self.resident.kill()
            while self.resident is not None:
                self.hear()
            self.status(pid)

    def massacre(self) -> None:
        """Kill every process of the container but ourselves, the zygote too; then start a fresh one.

        Raises SpawnFailed where that would be every process of the host.
        """
        if os.getpid() != 1:
            raise SpawnFailed("not PID 1: this is no container of its own")
        for channel in (self._reports, *self._orders):
            channel.close()
        if self.resident is not None:
            self.resident.close()
            self.resident = None
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
        theirs = self._connect()
        for end in theirs:
            os.set_inheritable(end.fileno(), True)
        self._zygote = os.posix_spawn(
            sys.executable,
            [sys.executable, "-B", "-c", _START.format(root=_ROOT), *(str(end.fileno()) for end in theirs)],
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0),
            ],
        )
        self._begin(theirs)

    def _connect(self) -> list[socket.socket]:
        """Sockets to a zygote that is still to come, for its reports and for the orders of each slot; its ends."""
        pairs = [socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET) for _ in range(1 + SLOTS)]
        self._reports, *self._orders = (ours for ours, _ in pairs)
        return [theirs for _, theirs in pairs]

    def _begin(self, theirs: list[socket.socket]) -> None:
        for end in theirs:
            end.close()
        self._spares: dict[int, int] = {}
        self._statuses: dict[int, int] = {}
        self._await_spares(None)

    def _await_spares(self, timeout: float | None = PATIENCE_SECONDS) -> None:
        while len(self._spares) < self._vacant() and self.hear(timeout):
            pass

    def _vacant(self) -> int:
        return SLOTS - (self.resident is not None)


def _be_a_zygote(channels: list[socket.socket]) -> Never:
    """In the first zygote: hold nothing of the supervisor's but diagnostics and the channels."""
    try:
        nothing = os.open("/dev/null", os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)
        zygote.main([channel.detach() for channel in channels])
    finally:
        os._exit(1)
