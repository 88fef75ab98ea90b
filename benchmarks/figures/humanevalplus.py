"""Throughput of split grading on HumanEval+, with hundreds of inputs a problem, against evalplus' own harness."""

import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import peer, rig
from benchmarks.errors import WrongAnswer
from benchmarks.figure import Claim, Figure, Series, paired
from evaluator.batch import Jobs, Unjudged, judge_all
from evaluator.datasets.plus import answered, humanevalplus
from evaluator.judging import Judgement
from sandbox.pool import Pool

BOUND = 1.0
ROUNDS, QUICK_ROUNDS = 3, 1
PROBLEMS = Path(__file__).parents[3] / "shared" / "data" / "humanevalplus" / "HumanEvalPlus.jsonl.gz"
FIT = 0.95
"""The share that evalplus must pass: its limits are wall time, and a busy machine breaks some."""


def measure(quick: bool) -> Figure:
    """Completions a second from text to verdict: canonical solutions, a lease a core."""
    return asyncio.run(_measure(QUICK_ROUNDS if quick else ROUNDS))


async def _measure(rounds: int) -> Figure:
    ours, peers, shares = [], [], []
    cores = len(os.sched_getaffinity(0))
    async with rig.rig(slots=cores, warm=cores) as bench:
        async with bench.pool.lease() as lease:
            problems = await answered(humanevalplus(PROBLEMS), lease)
        jobs = [(problem, problem.canonical_solution) for problem in problems]
        for _ in range(rounds):
            ours.append(len(jobs) / await _seconds(bench.pool, jobs))
            await bench.pool.settled()
            seconds, share = await _theirs(jobs, cores)
            peers.append(len(jobs) / seconds)
            shares.append(share)
    ratio = paired("ours / theirs", ours, peers)
    return Figure(
        "humanevalplus",
        f"{len(jobs)} canonical solutions a round, each with all of its inputs (760 on average), from text to verdict: "
        f"a lease a core ({cores}), against evalplus with {cores} workers; what is expected is known on both sides.",
        (Series("ours", "completions/s", tuple(ours)), Series("evalplus", "completions/s", tuple(peers)), ratio),
        (Claim("throughput over evalplus'", ratio.median, BOUND, "x", at_least=True),),
        peer=f"python -m benchmarks.evalplus_peer PROBLEMS SAMPLES {cores}",
        notes=(
            f"All were seen to pass with us, of evalplus at least {min(shares):.1%}. Its answers are compared in the "
            "process that gave them; ours cross to another, one by one.",
            "Ours keep a digest of each expected answer, evalplus the answers: 254 MB.",
        ),
    )


async def _seconds(pool: Pool, jobs: Jobs) -> float:
    def judged(index: int, judgement: Judgement | Unjudged) -> None:
        if isinstance(judgement, Unjudged) or not judgement.verdict.passed:
            raise WrongAnswer(f"{jobs[index][0].task_id}: the canonical solution does not pass: {judgement}")

    began = time.perf_counter()
    await judge_all(jobs, pool, judged)
    return time.perf_counter() - began


async def _theirs(jobs: Jobs, workers: int) -> tuple[float, float]:
    """The seconds that evalplus takes, and the share that it passes. Raises WrongAnswer if that is below ``FIT``."""
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "samples.jsonl"
        lines = (json.dumps({"task_id": problem.task_id, "completion": completion}) for problem, completion in jobs)
        file.write_text("\n".join(lines) + "\n")
        words = [sys.executable, "-m", "benchmarks.evalplus_peer", str(PROBLEMS), str(file), str(workers)]
        answer = json.loads((await peer.output(words, within_seconds=1200)).splitlines()[-1])
    if answer["pass@1"] < FIT:
        raise WrongAnswer(f"evalplus passes {answer['pass@1']:.1%} of the canonical solutions")
    return float(answer["seconds"]), float(answer["pass@1"])
