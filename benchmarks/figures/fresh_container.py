"""One program in a container that nobody used before, against ``docker run --rm``."""

import asyncio
import time

from benchmarks import docker_run, programs, rig
from benchmarks.figure import Claim, Figure, Series, paired
from sandbox.pool import Pool

BOUND = 20.0
ROUNDS, QUICK_ROUNDS = 40, 3
STDOUT = b"hello\n"


def measure(quick: bool) -> Figure:
    """Seconds from asking for a lease until it is given up, out of a pool that was full."""
    return asyncio.run(_measure(QUICK_ROUNDS if quick else ROUNDS))


async def _measure(rounds: int) -> Figure:
    ours, theirs = [], []
    async with rig.rig(slots=2, warm=2) as bench:
        for _ in range(rounds):
            await bench.pool.settled()
            ours.append(await _seconds(bench.pool))
            await bench.pool.settled()
            theirs.append(await docker_run.seconds(bench.image, programs.HELLO, STDOUT))
    of_each = paired("theirs / ours, of each pair", theirs, ours)
    milliseconds = (
        Series("ours", "ms", tuple(1000 * took for took in ours)),
        Series("docker run", "ms", tuple(1000 * took for took in theirs)),
    )
    ratio = milliseconds[1].median / milliseconds[0].median
    return Figure(
        "fresh-container",
        "Lease, run one program, give the lease up; alternating with `docker run --rm` of the same image and program. "
        "Before each, the pool (2 warm) is full and nothing is being removed.",
        (*milliseconds, of_each),
        (Claim("p50 of `docker run --rm` over our p50", ratio, BOUND, "x", at_least=True),),
        peer=docker_run.COMMAND,
        notes=("Making the next warm container begins with the lease, and goes on while ours is timed; "
               "it is the latency that is claimed here. What it costs is in `sustained`.",),
    )  # fmt: skip


async def _seconds(pool: Pool) -> float:
    began = time.perf_counter()
    async with pool.lease() as lease:
        step = await rig.run(lease, programs.python(programs.HELLO))
    took = time.perf_counter() - began
    assert step.stdout == STDOUT
    return took
