"""One step: start one program (or two, joined by a socket), watch it to its end, and tell the facts."""

import contextlib
import os
import select
import signal
import socket
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from . import cleaning, frames
from .collecting import Refused, collect
from .counters import Counters, Reading
from .live import Live
from .nursery import SLOTS, Nursery, SpawnFailed
from .process import Process, place
from .resident import Resident
from .streams import Input, Output
from .walls import Wall, stands

HOST = 0
"""The descriptor on which the host speaks to us."""

LOOK_SECONDS = 0.1
"""How often to look at the counters of a step that is under way."""


class HostFull(Exception):
    """The kernel ended a process for want of memory that the container had not used up: the host's fault."""


Send = Callable[[frames.Header, list[bytes]], None]


class Agent(NamedTuple):
    """What lasts from step to step."""

    counters: Counters
    nursery: Nursery
    ipc: cleaning.Ipc
    nothing: int
    """/dev/null, for programs that are given no input."""
    remembered: list[str]
    """What earlier programs were given: nothing, but in a test of what that is good for."""


class Mark(NamedTuple):
    """What the clock and the counters said when the programs started."""

    started: float
    cpu_seconds: float
    oom_kills: int


class Step:
    """The one step that is under way."""

    def __init__(self, order: dict[str, Any], blobs: list[bytes], send: Send, agent: Agent) -> None:
        """``order`` is the host's frame, ``blobs`` the files that it names."""
        self.order = order
        self.blobs = blobs
        self.send = send
        self.agent = agent
        self.processes: list[Process] = []
        self._live = Live(self.processes, asked=order["live"])
        self._disk_bytes: int | None = None
        """How full the disk may become; None where the kernel sees to it."""

    def run(self) -> None:
        """From files to facts; sends the ``done`` frame. Raises SpawnFailed, HostFull, EOFError (the host is gone)."""
        counters = self.agent.counters
        before, cpu_before = counters.read(), self._cpu_seconds()
        standard_input = Input(HOST, self.order["stdin"])
        if self.order["resident"] != "kept":
            self.agent.nursery.dismiss()
        for index in range(len(self.order["processes"])):
            self.processes.append(self._prepare(index))
        if self.order["disk_bytes"] is not None and stands(Wall.DISK_BYTES):
            self._disk_bytes = cleaning.used_bytes() + self.order["disk_bytes"]
        started = time.monotonic()
        self._start(standard_input)
        limit = self._watch(standard_input, Mark(started, cpu_before, before.oom_kills))
        wall = time.monotonic() - started
        standard_input.close()
        self._end_all()
        after, cpu_after = counters.read(), self._cpu_seconds()
        pressed = after.pressures > before.pressures
        if after.oom_kills > before.oom_kills and not pressed:
            raise HostFull("the host ran out of memory")
        # The mark tells of this step only if this step raised it, or if the host had just reset it.
        raised = after.peak_bytes > before.peak_bytes or before.peak_bytes <= before.memory_bytes
        marked = counters.marked and raised
        facts: dict[str, Any] = {
            "limit": self._limit(limit, before, after),
            "statuses": [process.status for process in self.processes],
            "dropped": [process.dropped() for process in self.processes],
            "cpu_seconds": max(cpu_after - cpu_before, 0.0),
            "wall_seconds": wall,
            "peak_bytes": max((after.peak_bytes if marked else after.seen_bytes) - before.memory_bytes, 0),
            "exact": marked and not pressed,
            "pressed": pressed,
        }
        if self.order["resident"]:
            facts["resident"] = self.agent.nursery.resident is not None
        tails = [tail for process in self.processes for tail in process.tails()]
        facts["refused"], files = self._collect()
        facts["clean"] = self._clean()
        facts["counted"] = counters.counted
        self.send({"done": facts}, tails + files)

    def _cpu_seconds(self) -> float:
        """CPU used in the container so far by all but ourselves."""
        return self.agent.counters.cpu_seconds() - time.process_time()

    def _prepare(self, index: int) -> Process:
        """Lay out the directory and the pipes of one process."""
        wanted = self.order["processes"][index]
        directory, uid = wanted["directory"], wanted["uid"]
        is_resident = index > 0 and self.order["resident"]
        if is_resident == "kept":
            return Process("", uid, [])
        os.mkdir(directory, 0o700)
        if not stands(Wall.OWN_DIRECTORY):
            os.chmod(directory, 0o777)  # noqa: S103
        os.chown(directory, uid, uid)
        for name, blob in wanted["files"]:
            place(directory, name, self.blobs[blob], uid)

        def forward(stream: int) -> Callable[[bytes], None]:
            return lambda data: self.send({"out": [index, stream]}, [data])

        limit = self.order["output_bytes"]
        return Process(directory, uid, [] if is_resident else [Output(limit, forward(0)), Output(limit, forward(1))])

    def _start(self, standard_input: Input) -> None:
        ends: list[socket.socket] = list(socket.socketpair()) if len(self.processes) > 1 else []
        for index, process in enumerate(self.processes):
            if index > 0 and self.order["resident"]:
                self._ask(process, ends[index])
                continue
            pipes = [output.theirs for output in process.outputs if isinstance(output, Output)]
            if index == 0 and standard_input.open:
                pipes.insert(0, standard_input.theirs)
            for pipe in pipes:
                with contextlib.suppress(PermissionError):  # pipes of gVisor cannot change hands
                    os.fchown(pipe, process.uid, process.uid)  # or /dev/stdin could not be opened by name
            standard = [self.agent.nothing, *pipes][-3:]
            self._spawn(index, standard + [end.fileno() for end in ends[index : index + 1]])
            for pipe in pipes:
                os.close(pipe)
        for end in ends:
            end.close()

    def _spawn(self, index: int, descriptors: list[int]) -> None:
        """Have a spare child become a process of ours. Raises SpawnFailed."""
        process, wanted = self.processes[index], self.order["processes"][index]
        order = {
            "command": wanted["command"],
            "warm": wanted["warm"],
            "environment": wanted["environment"],
            "directory": process.directory,
            "uid": process.uid,
            "cpu_seconds": self.order["cpu_seconds"],
        }
        if not stands(Wall.BLANK_ZYGOTE):
            self.agent.remembered.extend(self.blobs[number].decode("latin-1") for _, number in wanted["files"])
            order["remembered"] = self.agent.remembered
        process.pid = self.agent.nursery.spawn(index, order, descriptors)

    def _ask(self, process: Process, joined: socket.socket) -> None:
        """Ask the resident, started anew unless the host says that it is there. Raises SpawnFailed."""
        nursery = self.agent.nursery
        if self.order["resident"] == "new":
            resident = Resident()
            nothing = os.open("/dev/null", os.O_RDWR | os.O_CLOEXEC)
            self._spawn(SLOTS - 1, [nothing, nothing, nothing, resident.theirs.fileno()])
            os.close(nothing)
            resident.theirs.close()
            resident.pid, nursery.resident = process.pid, resident
        if nursery.resident is None:
            raise SpawnFailed("the resident is gone")
        process.pid = nursery.resident.pid
        process.answer = nursery.resident.ask(self.blobs[self.order["question"]], joined, self.order["output_bytes"])
        process.outputs.append(process.answer)

    def _watch(self, standard_input: Input, before: Mark) -> str | None:
        """Drain, feed and wait until the leader has ended; the name of the limit that was hit first, if any."""
        leader, nursery = self.processes[-1], self.agent.nursery
        outputs = {output.descriptor: output for process in self.processes for output in process.outputs}
        poll = select.poll()
        for descriptor in outputs:
            poll.register(descriptor, select.POLLIN)
        poll.register(nursery, select.POLLIN)
        standard_input.feed()
        if standard_input.open:
            poll.register(standard_input.descriptor, select.POLLOUT)
        else:
            poll.register(HOST, select.POLLIN)
        next_look = before.started + min(LOOK_SECONDS, self.order["cpu_seconds"], self.order["wall_seconds"])
        while leader.status is None:
            now = time.monotonic()
            if now >= next_look:
                left, limit = self._time_left(before, now)
                if left <= 0:
                    return limit
                if self.agent.counters.oom_kills() > before.oom_kills:  # a parent may outlive its killed child for long
                    return "memory"
                if self._takes_too_much_disk():
                    return "disk"
                self.agent.counters.look()
                next_look = now + min(left, LOOK_SECONDS)
            wait = self._live.wait(now, next_look - now)
            for descriptor, _ in poll.poll(max(wait * 1000, 1)):
                if descriptor in outputs:
                    output = outputs[descriptor]
                    self._live.before(output)
                    output.drain()
                    if output is leader.answer and leader.status is None:
                        leader.status = leader.answer.status
                    if output.dropped and stands(Wall.OUTPUT_LIMIT):
                        return "output"
                    if not output.open:
                        poll.unregister(descriptor)
                elif descriptor == nursery.fileno():
                    self._bury()
                elif descriptor == HOST:
                    raise EOFError("the host spoke out of turn, or is gone")
                else:
                    standard_input.feed()
                    if not standard_input.open:
                        poll.unregister(descriptor)
                        poll.register(HOST, select.POLLIN)
        return None

    def _time_left(self, before: Mark, now: float) -> tuple[float, str]:
        """Seconds for which no time limit can be hit, and which is the next. A container has one CPU."""
        cpu = self.order["cpu_seconds"] - (self._cpu_seconds() - before.cpu_seconds)
        wall = self.order["wall_seconds"] - (now - before.started) if stands(Wall.WALL_LIMIT) else 60.0
        return (cpu, "cpu") if cpu < wall and stands(Wall.CPU_LIMIT) else (wall, "wall")

    def _bury(self, timeout: float | None = None) -> bool:
        """Take note of the zygote's next report; False if there was none within ``timeout`` seconds."""
        heard = self.agent.nursery.hear(timeout)
        for process in self.processes:
            if process.status is None:
                process.status = self.agent.nursery.status(process.pid)
        return heard

    def _end_all(self) -> None:
        """Nothing that this step started is alive when this returns."""
        for process in self.processes:
            if process.status is None:
                with contextlib.suppress(ProcessLookupError):  # it has just ended, and we have not heard of it yet
                    os.kill(process.pid, signal.SIGKILL)
        while any(process.status is None for process in self.processes) and self._bury(timeout=2):
            pass
        nursery = self.agent.nursery
        if nursery.resident is not None and not nursery.resident.stays:
            nursery.dismiss()
        if any(process.status is None for process in self.processes) or (
            self._has_leftovers() and stands(Wall.KILLED_LEFTOVERS)
        ):
            nursery.massacre()
        for process in self.processes:
            process.status = signal.SIGKILL if process.status is None else process.status
            for output in process.outputs:
                self._live.before(output)
                output.drain_to_end()

    def _has_leftovers(self) -> bool:
        """Whether a program left something alive. The spare children that replace it may be there, or on their way."""
        alive, own = self.agent.counters.processes, 2 + SLOTS  # ourselves, the zygote, its children
        if alive() <= own - len(self.processes) + (self.agent.nursery.resident is not None):
            return False
        return not self.agent.nursery.is_whole() or alive() != own

    def _limit(self, hit: str | None, before: Reading, after: Reading) -> str | None:
        """The limit that explains how the step ended. A program that was refused something and coped is not blamed."""
        if after.oom_kills > before.oom_kills:
            return "memory"
        failed = hit is not None or self.processes[0].status != 0
        if failed and after.refused_forks > before.refused_forks:
            return "processes"
        if self._takes_too_much_disk() or (failed and cleaning.is_full()):
            return "disk"
        if (
            hit is None
            and stands(Wall.OUTPUT_LIMIT)
            and any(output.dropped for process in self.processes for output in process.outputs)
        ):
            return "output"
        return hit

    def _takes_too_much_disk(self) -> bool:
        return self._disk_bytes is not None and cleaning.used_bytes() > self._disk_bytes

    def _collect(self) -> tuple[dict[str, str], list[bytes]]:
        """The files that the host asked for: why some are missing, and in order the bytes of those that are not."""
        refused: dict[str, str] = {}
        files: list[bytes] = []
        for name in self.order["collect"]:
            try:
                files.append(collect(self.processes[0].directory, name, self.order["output_bytes"]))
            except Refused as reason:
                refused[name] = str(reason)
        return refused, files

    def _clean(self) -> bool:
        """Remove what was written; whether the container is as it was before."""
        for process in self.processes:
            if not process.directory:
                continue
            directory = process.directory.encode()
            if self.order["keep"]:
                cleaning.seal(directory)
            elif stands(Wall.CLEANED_FILES):
                cleaning.remove(directory, cleaning.RUNS)
        if stands(Wall.CLEANED_FILES):
            cleaning.clear_shared()
        return self.agent.ipc.is_empty() or not stands(Wall.CHECKED_IPC)
