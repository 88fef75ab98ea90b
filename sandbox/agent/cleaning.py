"""Leave nothing of a run behind: its files, and proof that no IPC object is left.

Trees may be 5,000 levels deep, unreadable, sticky, or named in bytes that are no text: so no recursion and no long
paths; a directory is first made ours, then its sub-directories are moved up beside it.
"""

import contextlib
import os
import stat
from itertools import count

from .walls import Wall, stands

RUNS = b"/runs"
SHARED = (b"/tmp", b"/dev/shm")
PATH_BYTES = 2048
"""No path that we build is longer than this and a name: the kernel takes 4,095."""
SET_ID = stat.S_ISUID | stat.S_ISGID
_numbers = count()


def remove(directory: bytes, mount: bytes) -> None:
    """Delete ``directory`` (on the file system ``mount``) and all below it, whoever owns it."""
    waiting = [directory]
    while waiting:
        current = waiting.pop()
        # Without CAP_FOWNER, root may unlink in a sticky directory only if the directory is its own.
        os.chown(current, 0, 0, follow_symlinks=False)
        with os.scandir(current) as entries:
            for entry in list(entries):
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(_move_up(entry.path, mount))
                else:
                    os.unlink(entry.path)
        os.rmdir(current)


def clear_shared() -> None:
    """Empty the places that every run may write to."""
    for place in SHARED:
        found = os.statvfs(place)
        if found.f_files and found.f_files - found.f_ffree == 1:  # its root alone
            continue
        with os.scandir(place) as entries:
            for entry in list(entries):
                if entry.is_dir(follow_symlinks=False):
                    remove(entry.path, place)
                else:
                    os.unlink(entry.path)


def used_bytes() -> int:
    """What all files take that lie where runs may write."""
    places = map(os.statvfs, (RUNS, *SHARED))
    return sum((found.f_blocks - found.f_bfree) * found.f_frsize for found in places)


def is_full() -> bool:
    """Whether a place that runs write to has no bytes or no inodes left. Before cleaning."""
    for place in (RUNS, *SHARED):
        found = os.statvfs(place)
        if not found.f_bavail or (found.f_files and not found.f_favail):
            return True
    return False


def seal(directory: bytes) -> None:
    """Make what a compiler wrote root's and read-only; the rest is deleted.

    The rest: what is neither file nor directory, what lies too deep, and what is set-uid, of which root without
    CAP_FOWNER cannot even change the owner.
    """
    if not stands(Wall.SEALED_ARTEFACTS):
        os.chown(directory, 0, 0)
        os.chmod(directory, 0o777)  # noqa: S103
        return
    waiting = [directory]
    while waiting:
        current = waiting.pop()
        os.chown(current, 0, 0, follow_symlinks=False)
        os.chmod(current, 0o755)  # noqa: S103  others must be able to read it
        with os.scandir(current) as entries:
            for entry in list(entries):
                if entry.is_dir(follow_symlinks=False):
                    if len(entry.path) > PATH_BYTES:
                        remove(entry.path, RUNS)
                    else:
                        waiting.append(entry.path)
                elif entry.is_file(follow_symlinks=False) and not entry.stat(follow_symlinks=False).st_mode & SET_ID:
                    os.chown(entry.path, 0, 0, follow_symlinks=False)
                    os.chmod(entry.path, 0o555)  # noqa: S103
                else:
                    os.unlink(entry.path)


class Ipc:
    """Watches for System V objects and POSIX message queues, which outlive the processes that made them."""

    def __init__(self) -> None:
        self._tables = [_open(f"/proc/sysvipc/{kind}") for kind in ("shm", "sem", "msg")]
        self._queues = _open("/dev/mqueue")

    def is_empty(self) -> bool:
        """Whether none exists in the container."""
        for table in self._tables:
            if table is not None and os.pread(table, 4096, 0).count(b"\n") > 1:  # the first line names the columns
                return False
        return self._queues is None or not os.listdir(self._queues)


def _open(path: str) -> int | None:
    with contextlib.suppress(FileNotFoundError):
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    return None


def _move_up(path: bytes, mount: bytes) -> bytes:
    os.chown(path, 0, 0, follow_symlinks=False)
    while True:
        aside = b"%s/.aside-%d" % (mount, next(_numbers))
        try:
            os.rename(path, aside)
        except OSError:  # a program may have taken the name: there are more
            if not os.path.lexists(aside):
                raise
        else:
            return aside
