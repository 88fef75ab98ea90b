"""A sandbox server as its operator starts it: the real command, on loopback, in processes of its own."""

import asyncio
import contextlib
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from dataclasses import dataclass

from benchmarks import processes
from benchmarks.errors import BenchmarkError

MOST_SECONDS = 1800
"""It ends by then, even if whoever measures was killed."""
COMMAND = "lovelace sandbox serve"


@dataclass(frozen=True, slots=True)
class Served:
    """A server that answers."""

    host: str
    port: int
    pid: int
    """Of the process that speaks HTTP."""

    def family(self) -> list[int]:
        """That process, and all that it started (the keeper's), while they live."""
        found = [self.pid]
        for pid in found:
            found += processes.children(pid)
        return found


@contextlib.asynccontextmanager
async def serving(*options: object) -> AsyncIterator[Served]:
    """A server with these options; when the block ends it has ended, in peace. Raises BenchmarkError."""
    words = ["timeout", "--foreground", str(MOST_SECONDS), sys.executable, "-m", *COMMAND.split(), "--port", "0"]
    process = await asyncio.create_subprocess_exec(*words, *map(str, options), stdout=PIPE)
    assert process.stdout is not None
    try:
        line = (await process.stdout.readline()).decode()
        if not line:
            raise BenchmarkError(f"`{COMMAND} {' '.join(map(str, options))}` does not start: see its own words above")
        host, _, port = line.split("//")[-1].strip().rpartition(":")
        (pid,) = processes.children(process.pid)
        yield Served(host, int(port), pid)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
