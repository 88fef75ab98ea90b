"""Bring files out of a run's directory: regular files of a bounded size only, whatever the program put there."""

import os
import stat
from contextlib import ExitStack

from .walls import Wall, stands


class Refused(Exception):
    """Why a file is not brought out."""


def collect(directory: str, name: str, limit: int) -> bytes:
    """The file ``name`` (a path below ``directory``). Nothing of the program is alive. Raises Refused."""
    *parents, last = name.split("/")
    with ExitStack() as stack:
        try:
            place = _open(stack, directory, os.O_DIRECTORY, None)
            for parent in parents:
                place = _open(stack, parent, os.O_DIRECTORY, place)
            # A FIFO would keep us waiting for its writer.
            descriptor = _open(stack, last, os.O_NONBLOCK, place)
        except OSError as error:
            raise Refused(error.strerror or "cannot be opened") from error
        found = os.fstat(descriptor)
        if stands(Wall.CHECKED_COLLECTION) and not stat.S_ISREG(found.st_mode):
            raise Refused("not a regular file")
        if stands(Wall.CHECKED_COLLECTION) and found.st_size > limit:
            raise Refused(f"{found.st_size} bytes, more than {limit}")
        with os.fdopen(os.dup(descriptor), "rb") as file:
            return file.read(limit)


def _open(stack: ExitStack, name: str, flags: int, place: int | None) -> int:
    if stands(Wall.CHECKED_COLLECTION):
        flags |= os.O_NOFOLLOW
        if stat.S_ISLNK(os.stat(name, dir_fd=place, follow_symlinks=False).st_mode):  # gVisor follows it all the same
            raise Refused("a symbolic link")
    descriptor = os.open(name, os.O_RDONLY | os.O_CLOEXEC | flags, dir_fd=place)
    stack.callback(os.close, descriptor)
    return descriptor
