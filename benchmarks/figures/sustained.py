"""Programs in fresh containers without end, against as many ``docker run --rm`` at a time."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from benchmarks import docker_run, programs, rig
from benchmarks.figure import Claim, Figure, Series, paired

BOUND = 1.2
AT_A_TIME = 8
BLOCKS, QUICK_BLOCKS = 4, 1
BLOCK, QUICK_BLOCK = 125, 16
STDOUT = b"hello\n"


def measure(quick: bool) -> Figure:
    """Programs a second, all containers made and removed within the time."""
    return asyncio.run(_measure(QUICK_BLOCKS if quick else BLOCKS, QUICK_BLOCK if quick else BLOCK))


async def _measure(blocks: int, block: int) -> Figure:
    ours, theirs = [], []
    async with rig.rig(slots=AT_A_TIME, warm=AT_A_TIME) as bench:

        async def one_of_ours() -> None:
            async with bench.pool.lease() as lease:
                await rig.run(lease, programs.python(programs.HELLO))

        async def one_of_theirs() -> None:
            await docker_run.seconds(bench.image, programs.HELLO, STDOUT)

        for _ in range(blocks):
            ours.append(block / await _seconds(block, one_of_ours, bench.pool.settled))
            theirs.append(block / await _seconds(block, one_of_theirs))
    ratio = paired("ours / theirs", ours, theirs)
    return Figure(
        "sustained",
        f"{blocks * block} programs, each in a fresh container, {AT_A_TIME} at a time, in blocks of {block} that "
        f"alternate with `docker run --rm`, {AT_A_TIME} at a time.",
        (Series("ours", "programs/s", tuple(ours)), Series("docker run", "programs/s", tuple(theirs)), ratio),
        (Claim("programs a second, over `docker run --rm`", ratio.median, BOUND, "x", at_least=True),),
        peer=docker_run.COMMAND,
        notes=(f"A block of ours begins with a full pool ({AT_A_TIME} warm) and ends when the pool is full again and "
               f"every used container is gone: {block} made, {block} removed, as for `docker run`.",),
    )  # fmt: skip


async def _nothing() -> None:
    """There is nothing to wait for: ``docker run --rm`` returns when its container is gone."""


async def _seconds(
    count: int, one: Callable[[], Awaitable[None]], settled: Callable[[], Awaitable[None]] = _nothing
) -> float:
    waiting = iter(range(count))

    async def work() -> None:
        for _ in waiting:
            await one()

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(AT_A_TIME):
            group.create_task(work())
    await settled()
    return time.perf_counter() - began
