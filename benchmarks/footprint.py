"""The memory of those who serve: the process that speaks HTTP, its keeper's, the engine's."""

import asyncio
import statistics
from dataclasses import dataclass, field

from benchmarks import processes
from benchmarks.figure import Claim, Series
from benchmarks.served import Served

MEGABYTE = 1_000_000
EVERY_SECONDS = 1.0
BOUNDS_MB = {"HTTP process": 8.0, "keeper": 4.0, "engine": 32.0}
"""Growth that allocators need for themselves; the engine is Go's, and others may use it."""


@dataclass(slots=True)
class Footprint:
    """Samples of the resident megabytes of each."""

    served: Served
    samples: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in BOUNDS_MB})

    async def watch(self) -> None:
        """Take one after another, for ever."""
        while True:
            self._look()
            await asyncio.sleep(EVERY_SECONDS)

    def _look(self) -> None:
        http, *keeper = self.served.family()
        groups = {"HTTP process": [http], "keeper": keeper, "engine": processes.named("dockerd", "containerd")}
        for name, pids in groups.items():
            self.samples[name].append(sum(map(processes.resident_bytes, pids)) / MEGABYTE)

    def series(self) -> tuple[Series, ...]:
        """All samples."""
        return tuple(Series(f"memory of {name}", "MB", tuple(found)) for name, found in self.samples.items())

    def claims(self) -> tuple[Claim, ...]:
        """Each is flat: the median of the last fifth of its samples is hardly above the second fifth's."""
        claims = []
        for name, found in self.samples.items():
            fifth = len(found) // 5
            grown = statistics.median(found[-fifth:]) - statistics.median(found[fifth : 2 * fifth])
            claims.append(Claim(f"growth of {name}", grown, BOUNDS_MB[name], "MB"))
        return tuple(claims)
