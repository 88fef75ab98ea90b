"""Twice as much as a server can do, a third of it hostile: nobody gets a wrong answer, and nothing is left."""

import asyncio
import contextlib
import math
import os
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from itertools import count, takewhile
from pathlib import Path

from benchmarks import leftovers, served
from benchmarks.caller import Caller
from benchmarks.errors import BenchmarkError
from benchmarks.figure import Claim, Figure, Series
from benchmarks.footprint import Footprint
from benchmarks.traffic import ATTACKS, SHARE, SHOWN, Order, orders
from sandbox import keys
from sandbox.protocol import Execution

TIMES = 2.0
"""The load, over the capacity."""
CLIENTS, TENANTS = 64, 4
SECONDS, QUICK_SECONDS = 300.0, 40.0
CAPACITY_SECONDS, QUICK_CAPACITY_SECONDS = 30.0, 10.0
OPTIONS = ("--tier", "core", "--slots", TENANTS, "--queue", 32, "--queue-seconds", 4, "--idle-seconds", 2, "--no-local")
"""A short queue and little patience: all three answers are to be seen."""
ALLOWED = (200, 429, 504)
QUOTED = 8
"""Answers that should not have been, in the notes."""


@dataclass(slots=True)
class Tally:
    """What was answered."""

    statuses: Counter[int] = field(default_factory=Counter)
    honest_ms: list[float] = field(default_factory=list)
    hostile_ms: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    """What the 200s that are not right have wrong."""
    strange: list[str] = field(default_factory=list)
    """Answers of another status than is allowed."""

    def count(self, order: Order, status: int, body: bytes, milliseconds: float) -> None:
        """One more answer."""
        self.statuses[status] += 1
        if status == 200:
            (self.honest_ms if order.honest else self.hostile_ms).append(milliseconds)
            if why := order.wrong(Execution.model_validate_json(body)):
                self.wrong.append(why)
        elif status not in ALLOWED:
            self.strange.append(f"{status}: {body[:SHOWN]!r}")


def measure(quick: bool) -> Figure:
    """Capacity first, then the load; statuses, latencies, growth, and what is left."""
    return asyncio.run(_measure(*((QUICK_CAPACITY_SECONDS, QUICK_SECONDS) if quick else (CAPACITY_SECONDS, SECONDS))))


async def _measure(capacity_seconds: float, seconds: float) -> Figure:
    with _keys() as (file, tokens):
        async with served.serving(*OPTIONS, "--keys", file) as server, _callers(server, tokens) as callers:
            alone = Tally()
            await _crowd(callers[: 3 * TENANTS], iter(count()), 0.0, capacity_seconds, alone)
            capacity = alone.statuses[200] / capacity_seconds
            if not capacity:
                raise BenchmarkError(f"no program was run within {capacity_seconds:g} s: {alone.statuses}")
            tally, footprint = Tally(), Footprint(server)
            watch = asyncio.create_task(footprint.watch())
            await _crowd(callers, iter(count()), 1 / (TIMES * capacity), seconds, tally)
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
            family = server.family()
            idle = await leftovers.when_idle(server, warm=TENANTS)
        ended = await leftovers.when_ended(server, family)
    tally.wrong += alone.wrong
    tally.strange += alone.strange
    offered = sum(tally.statuses.values()) / seconds / capacity
    return _figure(seconds, capacity, offered, tally, footprint, (*idle, *ended))


@contextlib.contextmanager
def _keys() -> Iterator[tuple[Path, list[str]]]:
    """A file of keys that the server can read when it is nobody, and the keys of its tenants."""
    with tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o755)  # noqa: S103  names and hashes; and so does the server's file lie
        file = Path(directory) / "keys.db"
        yield file, [keys.create(file, f"tenant-{number}") for number in range(TENANTS)]


@contextlib.asynccontextmanager
async def _callers(server: served.Served, tokens: list[str]) -> AsyncIterator[list[Caller]]:
    async with contextlib.AsyncExitStack() as stack:
        yield [await stack.enter_async_context(Caller(server, tokens[n % TENANTS])) for n in range(CLIENTS)]


async def _crowd(callers: list[Caller], numbers: Iterator[int], apart: float, seconds: float, tally: Tally) -> None:
    """For ``seconds``, a request each ``apart``, by whichever caller is free; at once if there is none in time."""
    began, order = time.perf_counter(), orders(seed=1)
    due = takewhile(lambda at: at < began + seconds, (began + number * apart for number in numbers))

    async def work(caller: Caller) -> None:
        for at in due:
            if (early := at - time.perf_counter()) > 0:
                await asyncio.sleep(early)
            elif time.perf_counter() > began + seconds:
                return
            asked, sent = order(), time.perf_counter()
            answer = await caller.post("/v1/execute", asked.body)
            tally.count(asked, answer.status, answer.body, 1000 * (time.perf_counter() - sent))

    async with asyncio.TaskGroup() as group:
        for caller in callers:
            group.create_task(work(caller))


def _figure(
    seconds: float, capacity: float, offered: float, tally: Tally, footprint: Footprint, left: tuple[Claim, ...]
) -> Figure:
    return Figure(
        "load",
        f"{CLIENTS} clients of {TENANTS} tenants at `{served.COMMAND} {' '.join(map(str, OPTIONS))}` for "
        f"{seconds:g} s, with {TIMES:g} times what it can do; one program in {SHARE} is one of "
        f"{len(ATTACKS)} attacks of the corpus, the others compute a sum in Python, C or Bash.",
        (
            Series("capacity with this mix", "programs/s", (capacity,)),
            Series("sent, over capacity", "x", (offered,)),
            Series("answered 200, a second", "programs/s", (tally.statuses[200] / seconds,)),
            *(Series(f"answered {status}", "requests", (tally.statuses[status],)) for status in ALLOWED),
            Series("honest and answered", "ms", tuple(tally.honest_ms)),
            Series("honest and answered: p99", "ms", (_p99(tally.honest_ms),)),
            Series("hostile and answered", "ms", tuple(tally.hostile_ms)),
            *footprint.series(),
        ),
        (
            Claim("sent, over capacity", offered, 0.9 * TIMES, "x", at_least=True),
            Claim("answers other than 200, 429, 504", len(tally.strange), 0, ""),
            Claim("wrong 200s", len(tally.wrong), 0, ""),
            *footprint.claims(),
            *left,
        ),
        notes=("An honest 200 is right if it tells the sum; a hostile one, if the attack did not get through and ended "
               "as its case says or by a limit. Growth is from the second fifth of the time to the last.",
               *[*tally.wrong, *tally.strange][:QUOTED]),
    )  # fmt: skip


def _p99(values: list[float]) -> float:
    return sorted(values)[math.ceil(0.99 * len(values)) - 1]
