"""What the queue costs: the daemon with everything recorded, against the bare sandbox on the same programs."""

import asyncio
import contextlib
import os
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

from benchmarks import rig, service
from benchmarks.errors import WrongAnswer
from benchmarks.figure import Claim, Figure, Series, paired
from benchmarks.service import Service
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


def measure(quick: bool) -> Figure:
    """Evaluations a second: programs that stand ready in leases that stand, an empty daemon, one with a past."""
    repeats, rounds, rows = (QUICK_REPEATS, QUICK_ROUNDS, QUICK_ROWS) if quick else (REPEATS, ROUNDS, ROWS)
    return asyncio.run(_measure(repeats, rounds, rows))


async def _measure(repeats: int, rounds: int, rows: int) -> Figure:
    problems = load("humaneval")
    count, cores = len(problems) * repeats, len(os.sched_getaffinity(0))
    bare, empty, full = list[float](), list[float](), list[float]()
    async with rig.rig(slots=cores, warm=cores) as bench, _daemons(problems, cores, rows) as (young, old):
        for _ in range(rounds):
            bare.append(count / await _bare(bench.pool, problems, repeats))
            empty.append(count / await young.judge(problems, repeats))
            full.append(count / await old.judge(problems, repeats))
    over_bare, over_empty = paired("daemon / bare", empty, bare), paired("with a past / without", full, empty)
    return Figure(
        "daemon",
        f"{count:,} evaluations a round ({repeats} x HumanEval's canonical solutions, in two processes each): programs "
        f"that are assembled already, run in {cores} leases that stand; the daemon ({cores} workers, SQLite) from the "
        "submission over HTTP to the last outcome; another one whose tables hold a past.",
        (
            Series("bare sandbox", "programs/s", tuple(bare)),
            Series("daemon", "evaluations/s", tuple(empty)),
            Series(f"daemon with {rows:,} evaluations done", "evaluations/s", tuple(full)),
            over_bare,
            over_empty,
        ),
        (
            Claim("throughput over the bare sandbox", over_bare.median, BARE_BOUND, "x", at_least=True),
            Claim(f"throughput with {rows:,} rows over without", over_empty.median, FULL_BOUND, "x", at_least=True),
        ),
        notes=("The daemon also cuts the code out of each answer, grades, records verdict, code and facts (synchronous "
               "commits), and tells the outcomes over HTTP.",),
    )  # fmt: skip


@contextlib.asynccontextmanager
async def _daemons(problems: tuple[Problem, ...], workers: int, rows: int) -> AsyncIterator[tuple[Service, Service]]:
    """One without a past, and one with ``rows`` evaluations done."""
    with tempfile.TemporaryDirectory() as young, tempfile.TemporaryDirectory() as old:
        async with service.serving(Path(old), workers) as daemon:
            await daemon.judge(problems, 1)
        await asyncio.to_thread(service.fill, Path(old), rows)
        async with service.serving(Path(young), workers) as first, service.serving(Path(old), workers) as second:
            for daemon in (first, second):
                await daemon.judge(problems, 1)  # containers stand, caches are warm
            yield first, second


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
