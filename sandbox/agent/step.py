"""One step: start one program (or two, joined by a socket), watch it to its end, and tell the facts."""

import os
import select
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from . import cleaning, frames
from .counters import Counters
from .nursery import Nursery
from .streams import Input, Output

HOST = 0
"""The descriptor on which the host speaks to us."""

Send = Callable[[frames.Header, list[bytes]], None]


@dataclass(slots=True)
class Process:
    """A program while it runs, and what it became."""

    directory: str
    uid: int
    outputs: list[Output]
    pid: int = 0
    status: int | None = None


@dataclass(slots=True)
class Step:
    """The one step that is under way. ``order`` is the host's frame, ``blobs`` the files that it names."""

    order: dict[str, Any]
    blobs: list[bytes]
    send: Send
    counters: Counters
    nursery: Nursery
    processes: list[Process] = field(default_factory=list)

    def run(self) -> None:
        """From files to facts; sends the ``done`` frame. Raises SpawnFailed, EOFError (the host is gone)."""
        own_cpu = time.process_time()
        before = self.counters.read()
        standard_input = Input(HOST, self.order["stdin"])
        for index in range(len(self.order["processes"])):
            self.processes.append(self._prepare(index))
        started = time.monotonic()
        self._start(standard_input)
        limit = self._watch(standard_input, started, before.cpu_seconds)
        wall = time.monotonic() - started
        standard_input.close()
        self._end_all(before.processes)
        after = self.counters.read()
        clean = self._clean()
        dropped = [[output.dropped for output in process.outputs] for process in self.processes]
        if after.oom_kills > before.oom_kills:
            limit = "memory"
        elif limit is None and any(map(any, dropped)):
            limit = "output"
        facts = {
            "limit": limit,
            "statuses": [process.status for process in self.processes],
            "dropped": dropped,
            "cpu_seconds": max(after.cpu_seconds - before.cpu_seconds - (time.process_time() - own_cpu), 0.0),
            "wall_seconds": wall,
            "peak_bytes": max(after.peak_bytes - before.memory_bytes, 0),
            # The mark tells of this step only if this step raised it, or if the host had just reset it.
            "exact": after.peak_bytes > before.peak_bytes or before.peak_bytes <= before.memory_bytes,
            "clean": clean,
        }
        tails = [bytes(output.tail) for process in self.processes for output in process.outputs]
        self.send({"done": facts}, tails)

    def _prepare(self, index: int) -> Process:
        """Lay out the directory and the pipes of one process."""
        wanted = self.order["processes"][index]
        directory, uid = wanted["directory"], wanted["uid"]
        os.mkdir(directory, 0o700)
        for name, blob in wanted["files"]:
            path = os.path.join(directory, name)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o444)
            frames.write(descriptor, self.blobs[blob])
            os.close(descriptor)
        os.chown(directory, uid, uid)

        def forward(stream: int) -> Callable[[bytes], None]:
            return lambda data: self.send({"out": [index, stream]}, [data])

        limit = self.order["output_bytes"]
        return Process(directory, uid, [Output(limit, forward(0)), Output(limit, forward(1))])

    def _start(self, standard_input: Input) -> None:
        ends: list[socket.socket] = list(socket.socketpair()) if len(self.processes) > 1 else []
        nothing = os.open("/dev/null", os.O_RDONLY | os.O_CLOEXEC)
        for index, process in enumerate(self.processes):
            wanted = self.order["processes"][index]
            standard = [standard_input.theirs if index == 0 else nothing, *(o.theirs for o in process.outputs)]
            for pipe in standard if index == 0 else standard[1:]:
                os.fchown(pipe, process.uid, process.uid)  # or /dev/stdin and /dev/stdout could not be opened by name
            order = {
                "command": wanted["command"],
                "warm": wanted["warm"],
                "environment": wanted["environment"],
                "directory": process.directory,
                "uid": process.uid,
                "cpu_seconds": self.order["cpu_seconds"],
                "stack_bytes": self.order["stack_bytes"],
            }
            process.pid = self.nursery.spawn(order, standard + [end.fileno() for end in ends[index : index + 1]])
            for pipe in standard:
                os.close(pipe)
        for end in ends:
            end.close()
        self.nursery.wait()

    def _watch(self, standard_input: Input, started: float, cpu_before: float) -> str | None:
        """Drain, feed and wait until the leader has ended; the name of the limit that was hit first, if any."""
        leader = self.processes[-1]
        outputs = {output.descriptor: output for process in self.processes for output in process.outputs}
        poll = select.poll()
        for descriptor in outputs:
            poll.register(descriptor, select.POLLIN)
        poll.register(self.nursery, select.POLLIN)
        standard_input.feed()
        if standard_input.open:
            poll.register(standard_input.descriptor, select.POLLOUT)
        else:
            poll.register(HOST, select.POLLIN)
        while leader.status is None:
            cpu_left = self.order["cpu_seconds"] - (self.counters.cpu_seconds() - cpu_before)
            wall_left = self.order["wall_seconds"] - (time.monotonic() - started)
            if cpu_left <= 0:
                return "cpu"
            if wall_left <= 0:
                return "wall"
            for descriptor, _ in poll.poll(max(min(cpu_left, wall_left) * 1000, 1)):
                if descriptor in outputs:
                    output = outputs[descriptor]
                    output.drain()
                    if output.dropped:
                        return "output"
                    if not output.open:
                        poll.unregister(descriptor)
                elif descriptor == self.nursery.fileno():
                    self._bury()
                elif descriptor == HOST:
                    raise EOFError("the host spoke out of turn, or is gone")
                else:
                    standard_input.feed()
                    if not standard_input.open:
                        poll.unregister(descriptor)
                        poll.register(HOST, select.POLLIN)
        return None

    def _bury(self, timeout: float | None = None) -> bool:
        """Take note of the next death; False if there was none within ``timeout`` seconds."""
        death = self.nursery.death(timeout)
        for process in self.processes:
            if death and process.pid == death[0]:
                process.status = death[1]
        return death is not None

    def _end_all(self, processes_before: int) -> None:
        """Nothing that this step started is alive when this returns."""
        for process in self.processes:
            if process.status is None:
                os.kill(process.pid, signal.SIGKILL)
        while any(process.status is None for process in self.processes) and self._bury(timeout=2):
            pass
        if self.counters.processes() != processes_before or any(p.status is None for p in self.processes):
            self.nursery.massacre()
        for process in self.processes:
            process.status = signal.SIGKILL if process.status is None else process.status
            for output in process.outputs:
                output.drain_to_end()

    def _clean(self) -> bool:
        """Remove what was written; whether the container is as it was before."""
        for process in self.processes:
            directory = process.directory.encode()
            if self.order["keep"]:
                cleaning.seal(directory)
            else:
                cleaning.remove(directory, cleaning.WORK)
        cleaning.clear_shared()
        return cleaning.ipc_is_empty()
