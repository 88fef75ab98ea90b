"""Compile and run, against the same image's plain toolchain without a sandbox."""

import asyncio
import os
import time

from benchmarks import humaneval_x, rig
from benchmarks.errors import WrongAnswer
from benchmarks.figure import Claim, Figure, Series, paired
from benchmarks.toolchains import PLAIN, Cost, PlainContainer, plain_container
from sandbox.lease import Lease
from sandbox.protocol import Program, Run

BOUNDS = {
    "C++ with <bits/stdc++.h>": 3.0,
    "Java": 2.0,
    "TypeScript": 5.0,
    "Rust": 1.2,
    "Go, cold cache": 30.0,
    "Go, warm cache": 1.3,
}
INPUTS_BOUND = 10.0
PROGRAMS, QUICK_PROGRAMS = 20, 1
COLD, QUICK_COLD = 3, 1
"""A cold cache takes many seconds, and the same ones whatever the program."""
INPUTS, QUICK_INPUTS = 100, 3
DOUBLE = "#include <bits/stdc++.h>\nint main() { long n; std::cin >> n; std::cout << 2 * n << '\\n'; }\n"


def measure(quick: bool) -> Figure:
    """Whole calls of ours, and the plain toolchain's compile and run, in turn, on as many CPUs each."""
    return asyncio.run(_measure(quick))


async def _measure(quick: bool) -> Figure:
    series, claims = [], []
    for cpus in sorted({1, len(os.sched_getaffinity(0))}):
        more, claimed = await _on(cpus, quick)
        series += more
        claims += claimed
    return Figure(
        "compilers",
        f"{PROGRAMS} programs of HumanEval-X a language, each compiled and run: a call of ours in a warm lease, and "
        "the same program with the image's plain toolchain in a container without sandbox, in turn. "
        "Every source is new to both sides, and both sides' containers have the same number of CPUs.",
        tuple(series),
        tuple(claims),
        peer="docker exec -i CONTAINER python3 -c PLAIN_COMPILE",
        notes=(
            "A lease has one CPU unless the service is told otherwise (--cpus); with 1 CPU, the plain toolchain's "
            "container has --cpus 1 too. With as many as the machine has, neither side is limited, and both may use "
            "their threads. The claims are made of both.",
            "The plain side times itself in its container, so that Docker's time is not in it; ours is a whole call.",
            "CPU is user's and system's: of the plain side's processes by wait4, of ours by the container's cgroup.",
            "Its flags are ours, less what makes ours fast. For TypeScript these are --skipLibCheck, --singleThreaded "
            "and GOGC=off; the series with --skipLibCheck grants the peer that one, and no claim is made of it.",
            f"Go's programs are tests with testify. With a cold cache {COLD} were measured, each with an empty one. "
            "Our Go uses one CPU.",
        ),
    )  # fmt: skip


async def _on(cpus: int, quick: bool) -> tuple[list[Series], list[Claim]]:
    """Every toolchain with so many CPUs on both sides."""
    series: list[Series] = []
    claims: list[Claim] = []
    wanted = {toolchain.language for toolchain in PLAIN.values()}
    async with (
        rig.rig(slots=1, warm=1, wanted=sorted(wanted), cpus=cpus) as bench,
        plain_container(bench.image, cpus) as plain,
        bench.pool.lease() as lease,
    ):
        for name in PLAIN:
            ours, theirs = await _both(lease, plain, name, _count(name, quick))
            title = f"{name}, {cpus} CPU{'s' * (cpus > 1)}"
            measured = _compared(title, ours, theirs)
            series += measured
            if name in BOUNDS:
                claims.append(Claim(f"{title}: plain over ours", measured[2].median, BOUNDS[name], "x", at_least=True))
        if cpus == 1:
            inputs, more = await _inputs(lease, QUICK_INPUTS if quick else INPUTS)
            series += more
            claims.append(inputs)
    return series, claims


def _compared(title: str, ours: list[Cost], theirs: list[Cost]) -> list[Series]:
    """Both sides' milliseconds, their ratio in each pair, and the same of CPU."""
    found = []
    for kind, values in (
        ("", [[1000 * cost.seconds for cost in side] for side in (ours, theirs)]),
        (", CPU", [[1000 * cost.cpu_seconds for cost in side] for side in (ours, theirs)]),
    ):
        found += [
            Series(f"{title}: ours{kind}", "ms", tuple(values[0])),
            Series(f"{title}: plain{kind}", "ms", tuple(values[1])),
            paired(f"{title}: plain / ours, of each pair{kind}", values[1], values[0]),
        ]
    return found


def _count(name: str, quick: bool) -> int:
    if "cold" in name:
        return QUICK_COLD if quick else COLD
    return QUICK_PROGRAMS if quick else PROGRAMS


async def _both(lease: Lease, plain: PlainContainer, name: str, count: int) -> tuple[list[Cost], list[Cost]]:
    """What each program cost the two sides; the first program is run once before, unmeasured."""
    toolchain = PLAIN[name]
    sources = humaneval_x.sources(toolchain.language, count)
    ours, theirs = [], []
    for number, source in enumerate([sources[0], *sources]):
        new = f"{source}\n// {name} {number} {time.time_ns()}\n"
        program = Program(language=toolchain.language, source=new.encode())
        ours.append(await _cost(lease, program))
        if number or "cold" not in name:
            theirs.append(await plain.cost(toolchain, new))
    return ours[-count:], theirs[-count:]


async def _cost(lease: Lease, program: Program) -> Cost:
    """Of a whole call. Raises WrongAnswer unless every run returned 0."""
    began = time.perf_counter()
    execution = await lease.execute(program)
    took = time.perf_counter() - began
    if len(execution.runs) != len(program.runs) or not all(run.succeeded for run in execution.runs):
        raise WrongAnswer(f"a program did not return 0: {execution}")
    steps = [*execution.runs, *([execution.compile] if execution.compile else [])]
    return Cost(took, sum(step.cpu_seconds for step in steps))


async def _inputs(lease: Lease, count: int) -> tuple[Claim, tuple[Series, ...]]:
    """One C++ program with ``count`` inputs in one call, against as many calls that compile it anew each time."""
    runs = tuple(Run(stdin=b"%d\n" % number) for number in range(count))
    one = Program(language="cpp", source=DOUBLE.encode(), runs=runs)
    together = 1000 * (await _cost(lease, one)).seconds
    apart = again = 0.0
    for number, run in enumerate(runs):
        new = f"{DOUBLE}// {number}\n".encode()
        apart += 1000 * (await _cost(lease, one.model_copy(update={"source": new, "runs": (run,)}))).seconds
    await _cost(lease, one)
    for run in runs:
        again += 1000 * (await _cost(lease, one.model_copy(update={"runs": (run,)}))).seconds
    series = (
        Series(f"C++, {count} inputs in one call", "ms", (together,)),
        Series(f"C++, {count} calls of one input", "ms", (apart,)),
        Series(f"C++, {count} calls of one input, of a program that the lease has compiled before", "ms", (again,)),
    )
    return Claim(
        f"C++: {count} calls over one call of {count} inputs", apart / together, INPUTS_BOUND, "x", True
    ), series
