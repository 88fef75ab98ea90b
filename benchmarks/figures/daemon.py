"""What the queue costs: the daemon with everything recorded, against the bare sandbox on the same programs."""

import asyncio
import contextlib
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import rig, service
from benchmarks.errors import WrongAnswer
from benchmarks.figure import Claim, Figure, Series, paired
from benchmarks.service import Service
from evaluator.daemon.testing import open_postgres
from evaluator.datasets import load
from evaluator.extraction import extract
from evaluator.graders import assemble, grade
from evaluator.programs import prepare
from evaluator.protocol import Problem
from sandbox.lease import Lease
from sandbox.pool import Pool
from sandbox.protocol import Program

BARE_BOUND, FULL_BOUND = 0.8, 0.9
REPEATS, QUICK_REPEATS = 10, 1
ROUNDS, QUICK_ROUNDS = 5, 1
ROWS, QUICK_ROWS = 1_000_000, 5_000


@dataclass(frozen=True, slots=True)
class Side:
    """Two daemons on one kind of database, and their evaluations a second."""

    kind: str
    young: Service
    old: Service
    """Its tables hold a past."""
    empty: list[float] = field(default_factory=list)
    full: list[float] = field(default_factory=list)

    def series(self, rows: int) -> tuple[Series, ...]:
        """What it did."""
        return (
            Series(f"daemon on {self.kind}", "evaluations/s", tuple(self.empty)),
            Series(f"daemon on {self.kind} with {rows:,} evaluations done", "evaluations/s", tuple(self.full)),
        )

    def ratios(self, bare: list[float]) -> tuple[Series, Series]:
        """Over the bare sandbox, and with a past over without."""
        return (
            paired(f"{self.kind} / bare", self.empty, bare),
            paired(f"{self.kind}, with a past / without", self.full, self.empty),
        )


def measure(quick: bool) -> Figure:
    """Evaluations a second: programs that stand ready in leases that stand, empty daemons, some with a past."""
    repeats, rounds, rows = (QUICK_REPEATS, QUICK_ROUNDS, QUICK_ROWS) if quick else (REPEATS, ROUNDS, ROWS)
    return asyncio.run(_measure(repeats, rounds, rows))


async def _measure(repeats: int, rounds: int, rows: int) -> Figure:
    problems = load("humaneval")
    count, cores = len(problems) * repeats, len(os.sched_getaffinity(0))
    bare = list[float]()
    async with rig.rig(slots=cores, warm=cores) as bench, contextlib.AsyncExitStack() as stack:
        urls = stack.enter_context(_databases())
        sides = [await _side(stack, kind, *pair, problems, cores, rows) for kind, pair in urls.items()]
        for _ in range(rounds):
            bare.append(count / await _bare(bench.pool, problems, repeats))
            for side in sides:
                side.empty.append(count / await side.young.judge(problems, repeats))
                side.full.append(count / await side.old.judge(problems, repeats))
    return _figure(count, cores, rows, bare, sides)


def _figure(count: int, cores: int, rows: int, bare: list[float], sides: Sequence[Side]) -> Figure:
    claims, series = [], [Series("bare sandbox", "programs/s", tuple(bare))]
    for side in sides:
        over_bare, over_empty = side.ratios(bare)
        series += [*side.series(rows), over_bare, over_empty]
        claims += [
            Claim(f"{side.kind}: throughput over the bare sandbox", over_bare.median, BARE_BOUND, "x", at_least=True),
            Claim(f"{side.kind}: with {rows:,} rows over without", over_empty.median, FULL_BOUND, "x", at_least=True),
        ]
    return Figure(
        "daemon",
        f"{count:,} evaluations a round (HumanEval's canonical solutions, in two processes each): programs that are "
        f"assembled already, run in {cores} leases that stand; the daemon ({cores} workers) from the submission over "
        "HTTP to the last outcome; another one whose tables hold a past; both on SQLite and on PostgreSQL.",
        tuple(series),
        tuple(claims),
        notes=("The daemon also cuts the code out of each answer, grades, records verdict, code and facts (synchronous "
               "commits), and tells the outcomes over HTTP.",),
    )  # fmt: skip


@contextlib.contextmanager
def _databases() -> Iterator[dict[str, tuple[str, str]]]:
    """The URLs of two empty databases of each kind."""
    with tempfile.TemporaryDirectory() as folder, open_postgres() as server:
        os.chmod(folder, 0o755)  # noqa: S103  # the daemons' processes give root up
        names = ("young", "old")
        for name in names:
            Path(folder, name).mkdir(mode=0o755)
        young, old = (f"sqlite:///{folder}/{name}/queue.db" for name in names)
        yield {"SQLite": (young, old), "PostgreSQL": (server.url("young"), server.url("old"))}


async def _side(
    stack: contextlib.AsyncExitStack,
    kind: str,
    young: str,
    old: str,
    problems: tuple[Problem, ...],
    workers: int,
    rows: int,
) -> Side:
    """One daemon without a past, and one with ``rows`` evaluations done; both are warm."""
    first = await stack.enter_async_context(service.serving(young, workers))
    second = await stack.enter_async_context(service.serving(old, workers))
    side = Side(kind, first, second)
    for daemon in (side.young, side.old):
        await daemon.judge(problems, 1)
    await asyncio.to_thread(service.fill, old, rows)
    return side


async def _bare(pool: Pool, problems: tuple[Problem, ...], repeats: int) -> float:
    """The seconds of the programs alone: the very ones that the daemon's workers send, with compiled drivers."""
    async with pool.lease() as lease:
        await prepare((), lease)
    programs = [
        (problem, assemble(problem, extract(problem, problem.canonical_solution) or "")) for problem in problems
    ]
    waiting = iter(programs * repeats)

    async def work(lease: Lease) -> None:
        for problem, program in waiting:
            if not grade(problem, await lease.execute(program)).passed:
                raise WrongAnswer(f"the canonical solution of {problem.task_id} does not pass")

    async with contextlib.AsyncExitStack() as stack:
        leases = [await stack.enter_async_context(pool.lease()) for _ in range(pool.slots)]
        for lease in leases:
            await lease.execute(Program(language="python", source=b""))
        await pool.settled()
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for lease in leases:
                group.create_task(work(lease))
        return time.perf_counter() - began
