"""Who holds a container: a process, named so that its pid cannot be mistaken for a later one's."""

import os
from pathlib import Path

LABEL = "lovelace.owner"
"""Whose programs a container runs; when that process is dead, so shall it be."""
MAKER = "lovelace.maker"
"""Who asked the engine for it: one that never started, and whose maker is dead, has nobody."""


def name() -> str:
    """This process: its pid and when it started."""
    return f"{os.getpid()}-{_started(os.getpid())}"


def is_alive(owner: str) -> bool:
    """Whether the process that ``owner`` names still runs."""
    pid, _, started = owner.partition("-")
    return _started(int(pid)) == started


def _started(pid: int) -> str | None:
    try:
        # The command's name, in brackets, may hold spaces; field 22 is counted from behind it.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):  # the latter if it ends while we read
        return None
    return None if fields[0] in "ZX" else fields[19]  # dead, but for a parent that has not looked
