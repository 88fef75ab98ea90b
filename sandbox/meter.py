"""A container's cgroup as the host sees it: to reset its memory high-water mark, to count where the guest cannot."""

import contextlib
import os
from pathlib import Path
from typing import Self

from sandbox import cgroups


class Meter:
    """Counters of one container, by descriptors that outlive its cgroup's path. None of it raises."""

    def __init__(self, cpu: int | None, memory: int | None, peak: int | None, *, unified: bool) -> None:
        """Takes the open files over."""
        self.unified = unified
        self._cpu, self._memory, self._peak = cpu, memory, peak
        self._resets = True

    @classmethod
    def of(cls, pid: int) -> Self:
        """The meter of the container whose first process is ``pid`` on this host."""
        paths = cgroups.paths(pid)
        if "memory" in paths:
            cpu, memory = cgroups.ROOT / "cpuacct" / paths["cpuacct"], cgroups.ROOT / "memory" / paths["memory"]
            return cls(
                _open(cpu / "cpuacct.usage", os.O_RDONLY),
                _open(memory / "memory.usage_in_bytes", os.O_RDONLY),
                _open(memory / "memory.max_usage_in_bytes", os.O_RDWR),
                unified=False,
            )
        here = cgroups.ROOT / paths.get("", "nowhere")
        return cls(
            _open(here / "cpu.stat", os.O_RDONLY),
            _open(here / "memory.current", os.O_RDONLY),
            _open(here / "memory.peak", os.O_RDWR, os.O_RDONLY),
            unified=True,
        )

    @property
    def descriptors(self) -> dict[str, int]:
        """Those that are open, by what they count: keywords of a meter that has them."""
        every = {"cpu": self._cpu, "memory": self._memory, "peak": self._peak}
        return {name: descriptor for name, descriptor in every.items() if descriptor is not None}

    def reset_peak(self) -> bool:
        """Begin a new high-water mark, if the kernel lets us: on v1 for all to see, on v2 (since Linux 6.12) for us."""
        if self._peak is None or not self._resets:
            return False
        try:
            os.pwrite(self._peak, b"0", 0)
        except OSError:
            self._resets = False
        return self._resets

    def cpu_seconds(self) -> float:
        """CPU used so far; 0 where it cannot be read."""
        text = _read(self._cpu)
        if self.unified:
            return int(text.split()[1]) / 1e6 if text else 0.0  # the first field of cpu.stat is usage_usec
        return int(text or 0) / 1e9

    def memory_bytes(self) -> int:
        """Memory charged now; 0 where it cannot be read."""
        return int(_read(self._memory) or 0)

    def peak_bytes(self) -> int:
        """High-water mark since the last reset; 0 where it cannot be read."""
        return int(_read(self._peak) or 0)

    def close(self) -> None:
        """Give the descriptors back."""
        for descriptor in (self._cpu, self._memory, self._peak):
            if descriptor is not None:
                os.close(descriptor)


def _open(path: Path, *ways: int) -> int | None:
    """``path`` opened in the first of ``ways`` that is allowed."""
    for flags in ways:
        with contextlib.suppress(OSError):
            return os.open(path, flags | os.O_CLOEXEC)
    return None


def _read(descriptor: int | None) -> str:
    try:
        return "" if descriptor is None else os.pread(descriptor, 4096, 0).decode()
    except OSError:  # the container is gone
        return ""
