"""The container's own cgroup counters, read from inside (they are mounted read-only), on v1 and on v2 hosts.

``wait4`` lies: children that were not waited for are missing from it. A cgroup counts the whole tree.
"""

import os
from typing import NamedTuple

ROOT = "/sys/fs/cgroup"


class Reading(NamedTuple):
    memory_bytes: int
    peak_bytes: int
    """High-water mark since the container began, or since the host last reset it."""
    seen_bytes: int
    """The most memory that was seen since the reading before."""
    oom_kills: int
    refused_forks: int
    """How often the process limit said no."""
    pressures: int
    """How often memory stood at its limit, and file pages made room: the mark then tells too little of a step."""


class Counters:
    """Open descriptors of the counter files; a reading costs a few microseconds each."""

    def __init__(self) -> None:
        self.unified = os.path.exists(f"{ROOT}/cgroup.controllers")
        names = (
            (
                "cpu.stat",
                "memory.current",
                "memory.peak",
                "memory.events",
                "pids.current",
                "pids.events",
                "memory.events",
            )
            if self.unified
            else (
                "cpuacct/cpuacct.usage",
                "memory/memory.usage_in_bytes",
                "memory/memory.max_usage_in_bytes",
                "memory/memory.oom_control",
                "pids/pids.current",
                "pids/pids.events",
                "memory/memory.failcnt",
            )
        )
        self._files = [_open(f"{ROOT}/{name}") for name in names]
        self.counted = self._files[0] is not None
        """Whether there is anything to read: a gVisor guest sees no cgroup."""
        self.marked = self._files[2] is not None
        """Whether the kernel keeps a high-water mark of memory: on v1, and on v2 since Linux 5.19."""
        self._seen = 0

    def read(self) -> Reading:
        """Memory and refusals now. What the host does not offer reads as 0."""
        memory_bytes = self._number(1)
        seen_bytes, self._seen = max(self._seen, memory_bytes), 0
        return Reading(
            memory_bytes,
            self._number(2),
            seen_bytes,
            self.oom_kills(),
            _field(self._read(5), b"max"),
            _field(self._read(6), b"max") if self.unified else self._number(6),
        )

    def look(self) -> None:
        """Remember how much memory is used now: the kernel's mark may tell of an earlier step."""
        self._seen = max(self._seen, self._number(1))

    def cpu_seconds(self) -> float:
        """CPU used by every process of the container so far."""
        if self.unified:
            return _field(self._read(0), b"usage_usec") / 1e6
        return self._number(0) / 1e9

    def oom_kills(self) -> int:
        """Processes of the container that were killed for want of memory so far."""
        return _field(self._read(3), b"oom_kill")

    def processes(self) -> int:
        """Tasks alive in the container, threads and zombies included."""
        return self._number(4) or sum(name.isdigit() for name in os.listdir("/proc"))

    def _read(self, index: int) -> bytes:
        descriptor = self._files[index]
        return b"" if descriptor is None else os.pread(descriptor, 4096, 0)

    def _number(self, index: int) -> int:
        return int(self._read(index) or 0)


def _open(path: str) -> int | None:
    try:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None


def _field(text: bytes, name: bytes) -> int:
    for line in text.split(b"\n"):
        if line.startswith(name + b" "):
            return int(line[len(name) :])
    return 0
