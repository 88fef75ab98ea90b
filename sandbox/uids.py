"""Blocks of uids, one for each live container of this machine.

RLIMIT_NPROC and the pipe quotas count per uid of the *host*: two containers that share a uid share them. A block is
held by a file lock, so it is free again whenever and however its holder ends.
"""

import contextlib
import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SandboxError

FIRST = 10_000
SIZE = 500
BLOCKS = 100
"""10,000 … 59,999: above Debian's users, below 65,536."""
DIRECTORY = Path("/tmp/lovelace-uids")  # noqa: S108  the same for every process, whatever its TMPDIR


@dataclass(slots=True)
class Block:
    """``SIZE`` uids that no other live container of this machine uses."""

    first: int
    lock: int
    """A descriptor; whoever has it, or a copy, holds the block."""
    _used: int = 0

    def next(self) -> int:
        """A uid that this container has not used lately: a run never meets its predecessor's."""
        uid = self.first + self._used % SIZE
        self._used += 1
        return uid

    def release(self) -> None:
        """Give the block back."""
        os.close(self.lock)


def claim() -> Block:
    """A free block. Raises SandboxError when all are taken."""
    with contextlib.suppress(FileExistsError):
        DIRECTORY.mkdir()
        DIRECTORY.chmod(0o1777)  # whatever the umask: other users lease too
    for number in range(BLOCKS):
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        try:
            descriptor = os.open(DIRECTORY / str(number), flags, 0o600)
        except PermissionError:  # another user's
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            continue
        return Block(FIRST + number * SIZE, descriptor)
    raise SandboxError(f"all {BLOCKS} blocks of uids are taken: is something leaking containers?")
