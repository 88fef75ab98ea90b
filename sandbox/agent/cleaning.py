"""Leave nothing of a run behind: its files, and proof that no IPC object is left.

Trees may be 5,000 levels deep, unreadable, sticky, or named in bytes that are no text: so no recursion and no long
paths; a directory is first made ours, then its sub-directories are moved up beside it.
"""

import contextlib
import os
import stat
from itertools import count

WORK = b"/work"
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
        with os.scandir(place) as entries:
            for entry in list(entries):
                if entry.is_dir(follow_symlinks=False):
                    remove(entry.path, place)
                else:
                    os.unlink(entry.path)


def seal(directory: bytes) -> None:
    """Make what a compiler wrote root's and read-only; the rest is deleted.

    The rest: what is neither file nor directory, what lies too deep, and what is set-uid, of which root without
    CAP_FOWNER cannot even change the owner.
    """
    waiting = [directory]
    while waiting:
        current = waiting.pop()
        os.chown(current, 0, 0, follow_symlinks=False)
        os.chmod(current, 0o755)  # noqa: S103  others must be able to read it
        with os.scandir(current) as entries:
            for entry in list(entries):
                if entry.is_dir(follow_symlinks=False):
                    if len(entry.path) > PATH_BYTES:
                        remove(entry.path, WORK)
                    else:
                        waiting.append(entry.path)
                elif entry.is_file(follow_symlinks=False) and not entry.stat(follow_symlinks=False).st_mode & SET_ID:
                    os.chown(entry.path, 0, 0, follow_symlinks=False)
                    os.chmod(entry.path, 0o555)  # noqa: S103
                else:
                    os.unlink(entry.path)


def ipc_is_empty() -> bool:
    """No System V object and no POSIX message queue exists in the container."""
    for kind in ("shm", "sem", "msg"):
        with contextlib.suppress(FileNotFoundError), open(f"/proc/sysvipc/{kind}") as table:
            if len(table.readlines()) > 1:
                return False
    return not os.path.isdir("/dev/mqueue") or not os.listdir("/dev/mqueue")


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
