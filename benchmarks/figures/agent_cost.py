"""What a sandboxed Python program costs over a bare fork of an equally warm interpreter, and where that goes.

The bare loop is itself a program in the same lease: a fork of the zygote, so as warm as it, in the same container, on
the same CPU, under the same limits.
"""

import asyncio
import json
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import processes, programs, rig
from benchmarks.figure import Claim, Figure, Series
from sandbox.agent.zygote import WARM
from sandbox.lease import Lease
from sandbox.protocol import Program, Run

BOUND_MS = 0.6
BLOCKS, QUICK_BLOCKS = 20, 2
BLOCK, QUICK_BLOCK = 200, 20
BARE = Path(__file__).parents[1] / "bare_fork.py"


def measure(quick: bool) -> Figure:
    """Milliseconds a program, for one that does next to nothing and for one of HumanEval's."""
    return asyncio.run(_measure(QUICK_BLOCKS if quick else BLOCKS, QUICK_BLOCK if quick else BLOCK))


async def _measure(blocks: int, block: int) -> Figure:
    series: list[Series] = []
    claims = []
    async with rig.rig(slots=1, warm=0) as bench, bench.pool.lease() as lease:
        for name, source in (("hello", programs.HELLO), ("HumanEval/0", programs.samples()[0].source)):
            found = await _compare(bench, lease, source, blocks, block)
            over = Series(f"{name}: ours - bare", "ms", tuple(found.over))
            series += [
                Series(f"{name}: ours", "ms", tuple(found.ours)),
                Series(f"{name}: bare", "ms", tuple(found.bare)),
            ]
            series += [over, *(Series(f"{name}: {who}", "ms", tuple(spent)) for who, spent in found.spent.items())]
            claims.append(Claim(f"agent's own cost, {name}", over.median, BOUND_MS, "ms"))
    return Figure(
        "agent-cost",
        f"{blocks} blocks of {block} programs, one after another in one lease (the whole of `lease.execute`, host's "
        f"part included), each block beside one of {block} bare `fork` + `exec(compile(…))` + `waitpid` in the same "
        "container, with the same modules imported.",
        tuple(series),
        tuple(claims),
        peer="benchmarks/bare_fork.py, in the same container",
        notes=(
            "`ours - bare` is the difference of the medians of two neighbouring blocks.",
            "The CPU lines say where the time of ours goes, as means of a block: this process; Docker's daemons, which "
            "carry the frames (all of them, whomever they serve); the supervisor; the zygote; the program itself. "
            "The rest is waiting, for wake-ups and for a CPU; it is below zero by what they do at the same time.",
        ),
    )


@dataclass(slots=True)
class _Found:
    """Milliseconds: of each program, of each bare fork; for each block, the difference, and the CPU of all who work."""

    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    over: list[float] = field(default_factory=list)
    spent: dict[str, list[float]] = field(default_factory=dict)


async def _compare(bench: rig.Rig, lease: Lease, source: str, blocks: int, block: int) -> _Found:
    program, found = programs.python(source), _Found()
    await _ours(lease, program, block)  # neither side pays for first times
    await _bare(lease, source, block)
    (pid,) = bench.pids()
    team = _Team(pid)
    for _ in range(blocks):
        before = team.cpu_seconds()
        ours, own = await _ours(lease, program, block)
        spent = {who: seconds - before[who] for who, seconds in team.cpu_seconds().items()}
        spent["program's CPU"] = own - spent["zygote's CPU"]  # the container's counter leaves the supervisor out
        spent["rest"] = sum(ours) - sum(spent.values())
        bare = await _bare(lease, source, block)
        found.ours += [1000 * took for took in ours]
        found.bare += [1000 * took for took in bare]
        found.over.append(1000 * (statistics.median(ours) - statistics.median(bare)))
        for who, seconds in spent.items():
            found.spent.setdefault(who, []).append(1000 * seconds / block)
    return found


async def _ours(lease: Lease, program: Program, count: int) -> tuple[list[float], float]:
    """The seconds of each, and the CPU that all of them used in the container, less the supervisor's."""
    took, own = [], 0.0
    for _ in range(count):
        began = time.perf_counter()
        step = await rig.run(lease, program)
        took.append(time.perf_counter() - began)
        own += step.cpu_seconds
    return took, own


async def _bare(lease: Lease, source: str, count: int) -> list[float]:
    order = json.dumps({"warm": WARM, "source": source, "count": count}).encode()
    program = Program(language="python", source=BARE.read_bytes(), runs=(Run(stdin=order),))
    took: list[float] = json.loads((await rig.run(lease, program)).stdout)
    return took


class _Team:
    """Who works for us while a program runs."""

    def __init__(self, supervisor: int) -> None:
        self._supervisor = supervisor
        (self._zygote,) = processes.children(supervisor)
        self._engine = [processes.parent(supervisor), *processes.named("dockerd", "containerd")]

    def cpu_seconds(self) -> dict[str, float]:
        """CPU used so far, by name."""
        return {
            "host's CPU": time.process_time(),
            "engine's CPU": sum(processes.cpu_seconds(pid) for pid in self._engine),
            "supervisor's CPU": processes.cpu_seconds(self._supervisor),
            "zygote's CPU": processes.cpu_seconds(self._zygote),
        }
