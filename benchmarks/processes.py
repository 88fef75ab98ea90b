"""What the kernel says of processes and of their control groups (v1 and v2)."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

_PAGE = os.sysconf("SC_PAGE_SIZE")
_CGROUPS = Path("/sys/fs/cgroup")


def cpu_seconds(pid: int) -> float:
    """CPU used by the threads that a process has now, exactly; its children's is not in it."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9


def parent(pid: int) -> int:
    """The process that made it, or took it over."""
    return int(_stat(pid)[1])


def children(pid: int) -> list[int]:
    """The processes that it made and has not buried."""
    return [one for one in _all() if _alive(parent, one) == pid]


def named(*names: str) -> list[int]:
    """Every process whose program has one of these names."""
    return [one for one in _all() if _alive(_name, one) in names]


def resident_bytes(pid: int | None = None) -> int:
    """Memory of a process, of this one unless given."""
    return int(Path(f"/proc/{pid or 'self'}/statm").read_text().split()[1]) * _PAGE


def descriptors(pid: int) -> int:
    """Open descriptors of a process; 0 where we may not look."""
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except PermissionError:
        return 0


def open_files_in(pid: int, directory: Path) -> int:
    """How many files of ``directory`` a process has open; 0 where we may not look."""
    found, listing = 0, Path(f"/proc/{pid}/fd")
    try:
        names = os.listdir(listing)
    except PermissionError:
        return 0
    for name in names:
        try:
            found += Path(os.readlink(listing / name)).parent == directory
        except FileNotFoundError:  # closed by now; if we look at ourselves, the listing's own
            continue
    return found


@dataclass(frozen=True, slots=True)
class Memory:
    """A control group's memory, in bytes."""

    charged: int
    file: int
    """Page cache: what the kernel can take back at once."""
    anonymous: int

    @property
    def without_cache(self) -> int:
        """All that is charged, the kernel's own memory for it and its tmpfs too, less page cache."""
        return self.charged - self.file


def memory(pid: int) -> Memory:
    """The memory of the control group that a process is in."""
    group, current, anonymous = _memory_group(pid)
    stat = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
    file = int(stat["active_file"]) + int(stat["inactive_file"])
    return Memory(int((group / current).read_text()), file, int(stat[anonymous]))


def _memory_group(pid: int) -> tuple[Path, str, str]:
    """The directory, and what it calls the charge and anonymous memory."""
    unified = _CGROUPS
    for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if "memory" in controllers.split(","):
            return _CGROUPS / "memory" / path.lstrip("/"), "memory.usage_in_bytes", "rss"
        if not controllers:
            unified = _CGROUPS / path.lstrip("/")
    return unified, "memory.current", "anon"


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat behind the command's name, which may itself hold spaces."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _all() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _name(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text().strip()


def _alive(question: Callable[[int], T], pid: int) -> T | None:
    """The answer, unless the process ended while we looked."""
    try:
        return question(pid)
    except (FileNotFoundError, ProcessLookupError):
        return None
