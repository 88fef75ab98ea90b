"""A container's memory limit, set where the engine would set it: in microseconds, not in its 7 milliseconds.

A compiled program changes it twice, since compilers may have more than programs: what the engine took for that was a
quarter of a small TypeScript program's time.
"""

from pathlib import Path

ROOT = Path("/sys/fs/cgroup")


class MemoryLimit:
    """One container's. Keeps the cgroup's path, which names the container: nobody else's can ever be there."""

    def __init__(self, directory: Path, *, unified: bool) -> None:
        self._directory = directory
        self._unified = unified

    @classmethod
    def of(cls, name: str, pid: int) -> "MemoryLimit | None":
        """That of the container ``name``, whose first process is ``pid``; None where it is out of our reach."""
        try:
            lines = Path(f"/proc/{pid}/cgroup").read_text().splitlines()
        except OSError:
            return None  # not a process of this host: an engine elsewhere, or in a machine of its own
        paths = {controllers: path.lstrip("/") for _, controllers, path in (line.split(":", 2) for line in lines)}
        for controllers, directory in (("memory", ROOT / "memory"), ("", ROOT)):
            if name in paths.get(controllers, ""):
                return cls(directory / paths[controllers], unified=not controllers)
        return None

    def set(self, limit_bytes: int) -> bool:
        """Whether the limit, of memory without swap, is ``limit_bytes`` now; if not, the engine must be asked."""
        text = str(limit_bytes)
        names = ["memory.max"] if self._unified else ["memory.limit_in_bytes", "memory.memsw.limit_in_bytes"]
        try:
            if not self._unified and int((self._directory / names[0]).read_text()) < limit_bytes:
                names.reverse()  # memory with swap is never less than memory
            for name in names:
                (self._directory / name).write_text(text)
        except OSError:
            return False
        return True
