"""Compile and run, against the same image's plain toolchain without a sandbox."""

import asyncio
import time

from benchmarks import humaneval_x, rig
from benchmarks.errors import WrongAnswer
from benchmarks.figure import Claim, Figure, Series, paired
from benchmarks.toolchains import PLAIN, PlainContainer, plain_container
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
    """Seconds of whole calls of ours, and of the plain toolchain's compile and run, in turn."""
    return asyncio.run(_measure(quick))


async def _measure(quick: bool) -> Figure:
    series, claims = [], []
    wanted = {toolchain.language for toolchain in PLAIN.values()}
    async with (
        rig.rig(slots=1, warm=1, wanted=sorted(wanted)) as bench,
        plain_container(bench.image) as plain,
        bench.pool.lease() as lease,
    ):
        for name in PLAIN:
            ours, theirs = await _both(lease, plain, name, _count(name, quick))
            ratio = paired(f"{name}: plain / ours, of each pair", theirs.values, ours.values)
            series += [ours, theirs, ratio]
            if name in BOUNDS:
                claims.append(Claim(f"{name}: plain over ours", ratio.median, BOUNDS[name], "x", at_least=True))
        inputs, more = await _inputs(lease, QUICK_INPUTS if quick else INPUTS)
    return Figure(
        "compilers",
        f"{PROGRAMS} programs of HumanEval-X a language, each compiled and run: a call of ours in a warm lease, and "
        "the same program with the image's plain toolchain in a container without sandbox or limits, in turn. "
        "Every source is new to both sides.",
        (*series, *more),
        (*claims, inputs),
        peer="docker exec -i CONTAINER python3 -c PLAIN_COMPILE",
        notes=(
            "The plain side times itself in its container, so that Docker's time is not in it. It has all cores, "
            "ours one.",
            "Its flags are ours, less what makes ours fast. For TypeScript these are --skipLibCheck, --singleThreaded "
            "and GOGC=off; the series with --skipLibCheck grants the peer that one, and no claim is made of it.",
            f"Go's programs are tests with testify. With a cold cache {COLD} were measured, each with an empty one.",
        ),
    )  # fmt: skip


def _count(name: str, quick: bool) -> int:
    if "cold" in name:
        return QUICK_COLD if quick else COLD
    return QUICK_PROGRAMS if quick else PROGRAMS


async def _both(lease: Lease, plain: PlainContainer, name: str, count: int) -> tuple[Series, Series]:
    """The two sides' milliseconds; the first program is run once before, unmeasured."""
    toolchain = PLAIN[name]
    sources = humaneval_x.sources(toolchain.language, count)
    ours, theirs = [], []
    for number, source in enumerate([sources[0], *sources]):
        new = f"{source}\n// {name} {number} {time.time_ns()}\n"
        program = Program(language=toolchain.language, source=new.encode())
        ours.append(1000 * await _seconds(lease, program))
        if number or "cold" not in name:
            theirs.append(1000 * await plain.seconds(toolchain, new))
    return Series(f"{name}: ours", "ms", tuple(ours[-count:])), Series(f"{name}: plain", "ms", tuple(theirs[-count:]))


async def _seconds(lease: Lease, program: Program) -> float:
    """Of a whole call. Raises WrongAnswer unless every run returned 0."""
    began = time.perf_counter()
    execution = await lease.execute(program)
    took = time.perf_counter() - began
    if len(execution.runs) != len(program.runs) or not all(run.succeeded for run in execution.runs):
        raise WrongAnswer(f"a program did not return 0: {execution}")
    return took


async def _inputs(lease: Lease, count: int) -> tuple[Claim, tuple[Series, ...]]:
    """One C++ program with ``count`` inputs in one call, against as many calls."""
    runs = tuple(Run(stdin=b"%d\n" % number) for number in range(count))
    one = Program(language="cpp", source=DOUBLE.encode(), runs=runs)
    together = 1000 * await _seconds(lease, one)
    apart = 0.0
    for run in runs:
        apart += 1000 * await _seconds(lease, one.model_copy(update={"runs": (run,)}))
    series = (
        Series(f"C++, {count} inputs in one call", "ms", (together,)),
        Series(f"C++, {count} calls of one input", "ms", (apart,)),
    )
    return Claim(
        f"C++: {count} calls over one call of {count} inputs", apart / together, INPUTS_BOUND, "x", True
    ), series
