"""Nothing grows and nothing slows down: many programs in one lease, many leases in a row."""

import asyncio
import time
from array import array

from benchmarks import rig
from benchmarks.figure import Claim, Figure, Series
from benchmarks.holdings import growth, holdings
from benchmarks.programs import python

PROGRAMS, QUICK_PROGRAMS = 100_000, 5_000
LEASES, QUICK_LEASES = 500, 50
EDGE = 1_000
"""So many programs at the beginning are compared with as many at the end."""
SLOWER = 1.1
"""As fast: the medians differ by less than a tenth."""
FIRST_LEASES = 10
"""After these the memory of the host is what it will be: threads and connections are made once."""
PROGRAM_SECONDS, LEASE_SECONDS = 420.0, 240.0
"""No soak lasts longer, once it can compare. What it did not come to is seen in the claim on its number."""

SOURCES = (
    "print('hello')",
    "held = bytearray(8_000_000); print(len(held))",
    "import os\nfor name in ('left', '/tmp/left', '/dev/shm/left'):\n    open(name, 'w').write('x' * 10_000)\n",
    "import json, random\nprint(len(json.dumps([random.random() for _ in range(500)])))",
)
"""Run in turn: one that does nothing, one that holds memory, one that leaves files, one that computes."""


def measure(quick: bool) -> Figure:
    """Growth of all that we hold, and the last programs' time over the first ones'."""
    return asyncio.run(_measure(QUICK_PROGRAMS if quick else PROGRAMS, QUICK_LEASES if quick else LEASES))


async def _measure(programs: int, leases: int) -> Figure:
    by_program, program_claims = await _one_lease(programs)
    by_lease, lease_claims = await _many_leases(leases)
    return Figure(
        "soak",
        f"{programs:,} programs in one lease, then {leases} leases in a row of one program each. Growth is from after "
        f"the first {EDGE:,} programs, or {FIRST_LEASES} leases, to the end.",
        (*by_program, *by_lease),
        (*program_claims, *lease_claims),
    )


async def _one_lease(count: int) -> tuple[tuple[Series, ...], tuple[Claim, ...]]:
    took = array("d", bytes(8 * count))  # all at once: the measurements' own memory must not look like growth
    chosen = [python(source) for source in SOURCES]
    done, until = 0, time.monotonic() + PROGRAM_SECONDS
    async with rig.rig(slots=1, warm=0) as bench, bench.pool.lease() as lease:
        while done < count and (done <= EDGE or time.monotonic() < until):
            if done == EDGE:
                before = holdings(bench)
            began = time.perf_counter()
            await rig.run(lease, chosen[done % len(chosen)])
            took[done] = 1000 * (time.perf_counter() - began)
            done += 1
        after = holdings(bench)
    first = Series(f"the first {EDGE:,} programs", "ms", tuple(took[:EDGE]))
    last = Series(f"the last {EDGE:,} programs", "ms", tuple(took[done - EDGE : done]))
    return (first, last), (
        Claim("programs in one lease", done, count, "", at_least=True),
        Claim(f"the last {EDGE:,} over the first", last.median / first.median, SLOWER, "x"),
        *growth("one lease", before, after),
    )


async def _many_leases(count: int) -> tuple[tuple[Series, ...], tuple[Claim, ...]]:
    took: list[float] = [0.0] * count
    done, until = 0, time.monotonic() + LEASE_SECONDS
    async with rig.rig(slots=2, warm=2) as bench:
        while done < count and (done <= FIRST_LEASES or time.monotonic() < until):
            if done == FIRST_LEASES:
                await bench.pool.settled()
                before = holdings(bench)
            began = time.perf_counter()
            async with bench.pool.lease() as lease:
                await rig.run(lease, python(SOURCES[done % len(SOURCES)]))
            took[done] = 1000 * (time.perf_counter() - began)
            done += 1
        await bench.pool.settled()
        after = holdings(bench)
    return (Series("leases in a row", "ms", tuple(took[:done])),), (
        Claim("leases in a row", done, count, "", at_least=True),
        *growth("leases", before, after),
    )
