"""The memory of a warm container that nobody has leased yet."""

import asyncio

from benchmarks import processes, rig
from benchmarks.figure import Claim, Figure, Series

BOUND_MB = 20.0
MEGABYTE = 1_000_000
CONTAINERS, QUICK_CONTAINERS = 10, 2


def measure(quick: bool) -> Figure:
    """Megabytes charged to the control group of each warm container of a pool."""
    return asyncio.run(_measure(QUICK_CONTAINERS if quick else CONTAINERS))


async def _measure(containers: int) -> Figure:
    async with rig.rig(slots=1, warm=containers) as bench:
        found = [processes.memory(pid) for pid in bench.pids()]
    without_cache = Series("all but page cache", "MB", tuple(one.without_cache / MEGABYTE for one in found))
    anonymous = Series("of it anonymous", "MB", tuple(one.anonymous / MEGABYTE for one in found))
    cache = Series("page cache", "MB", tuple(one.file / MEGABYTE for one in found))
    return Figure(
        "idle-memory",
        f"{containers} warm containers, their agents ready, nothing run yet: what each control group is charged.",
        (without_cache, anonymous, cache),
        (Claim("an idle warm container, less page cache", without_cache.median, BOUND_MB, "MB"),),
        notes=("`all but page cache` holds what the kernel keeps for the container, too: page tables, stacks, tmpfs. "
               "Page cache is the image's files, charged to the first container that reads them, and shared by all.",),
    )  # fmt: skip
