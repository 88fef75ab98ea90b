"""Programs in fresh containers without end, against as many ``docker run --rm`` at a time."""

import asyncio

from benchmarks import crowd, docker_run, programs, rig
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
            ours.append(block / await crowd.seconds(block, [one_of_ours] * AT_A_TIME, bench.pool.settled))
            theirs.append(block / await crowd.seconds(block, [one_of_theirs] * AT_A_TIME))
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
