"""What a server has left behind: while it idles, and when it has ended."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import processes, rig
from benchmarks.figure import Claim
from benchmarks.served import Served
from sandbox import owner, uids

PATIENCE_SECONDS = 60.0


async def when_idle(server: Served, *, warm: int, patience_seconds: float = PATIENCE_SECONDS) -> tuple[Claim, ...]:
    """Once nobody asks any more, it has its warm containers, and as many blocks of uids."""
    await _until(lambda: _containers(server) <= warm, patience_seconds)
    return (
        Claim("idle: containers besides the warm ones", _containers(server) - warm, 0, ""),
        Claim("idle: blocks of uids besides theirs", processes.open_files_in(server.pid, uids.DIRECTORY) - warm, 0, ""),
    )


async def when_ended(server: Served, family: list[int]) -> tuple[Claim, ...]:
    """Once it was told to end, there is nothing."""
    await _until(lambda: not _containers(server) and not any(map(_lives, family)), PATIENCE_SECONDS)
    return (
        Claim("ended: containers", _containers(server), 0, ""),
        Claim("ended: processes", sum(map(_lives, family)), 0, ""),
    )


def _containers(server: Served) -> int:
    with rig.connected() as client:
        found = client.containers(all=True, filters={"label": owner.LABEL})
    return sum(one["Labels"][owner.LABEL].startswith(f"{server.pid}-") for one in found)


def _lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


async def _until(so: Callable[[], bool], seconds: float) -> None:
    """Wait for it, so long at most."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if so():
            return
        await asyncio.sleep(0.2)
