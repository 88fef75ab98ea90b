"""A container's memory and processes, bounded where the engine would do it: in microseconds, not in its 7 milliseconds.

A compiled program changes them twice, since compilers may have more than programs: what the engine took for that was a
quarter of a small TypeScript program's time.
"""

from collections.abc import Mapping
from pathlib import Path

from sandbox import cgroups

V1 = {
    "Memory": ("memory", "memory.limit_in_bytes"),
    "MemorySwap": ("memory", "memory.memsw.limit_in_bytes"),
    "PidsLimit": ("pids", "pids.max"),
}
V2 = {"Memory": "memory.max", "PidsLimit": "pids.max"}
"""Files, by the engine's words for what they hold. On v2 the engine has set swap to none, which stays."""


class Bounds:
    """One container's. Keeps the cgroup's paths, which name the container: nobody else's can ever be there."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        """By the engine's words for what they hold."""
        self._files = files

    @classmethod
    def of(cls, name: str, pid: int) -> "Bounds | None":
        """Those of the container ``name``, whose first process is ``pid``; None where they are out of our reach."""
        paths = cgroups.paths(pid)
        if "memory" in paths:
            files = {word: cgroups.ROOT / place / paths.get(place, "") / file for word, (place, file) in V1.items()}
        else:
            files = {word: cgroups.ROOT / paths.get("", "") / file for word, file in V2.items()}
        return cls(files) if all(name in str(file) for file in files.values()) else None

    def set(self, wanted: Mapping[str, int]) -> bool:
        """Whether they are as ``wanted``, in the engine's words, now; if not, the engine must be asked."""
        words = [word for word in wanted if word in self._files]
        try:
            if "MemorySwap" in words and int(self._files["Memory"].read_text()) < wanted["Memory"]:
                words.reverse()  # memory with swap is never less than memory
            for word in words:
                self._files[word].write_text("max" if wanted[word] < 0 else str(wanted[word]))
        except (OSError, KeyError):
            return False
        return True
