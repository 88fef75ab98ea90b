"""Attacks: programs that try to break the sandbox, each with the wall that stops it, and how its success would show.

``tests/corpus/attacks/<name>/`` holds ``attack.toml`` (see ``Attack``) and the sources that it names. An attack counts
only if it succeeds once its walls are down (``sandbox.testing``), and fails while they stand.
"""

import asyncio
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sandbox import languages
from sandbox.agent.walls import Wall
from sandbox.lease import Lease
from sandbox.pool import Pool
from sandbox.protocol import Bytes, Companion, Ended, Execution, Limits, Message, Outcome, Program, Run, Step

Place = Literal["compile", "run", "companion", "next", "beside"]
BREACHED = b"breached"
"""What an attack prints when it got through, and no program prints otherwise."""


class Other(Message):
    """Another program of the scene: the victim, or one that sees what the attack left."""

    language: str
    source: str
    """The file that holds it, beside ``attack.toml``."""
    arguments: tuple[str, ...] = ()
    new_lease: bool = False
    """It belongs to another tenant."""


class Success(Message):
    """How it shows that the attack got through: everything that is given here must be so."""

    place: Place = "run"
    """Of which step."""
    says: Bytes | None = BREACHED
    """How a line begins that the step wrote to its standard output or error."""
    ended: Ended | None = None
    exit_code: int | None = None
    collected: str | None = None
    """A file that was brought out."""

    def shows_in(self, steps: dict[Place, Outcome]) -> bool:
        """Whether ``steps`` have all of it."""
        step = steps.get(self.place)
        if step is None:
            return False
        return (
            (self.says is None or any(line.startswith(self.says) for line in _lines(step)))
            and self.ended in (None, step.ended)
            and self.exit_code in (None, step.exit_code)
            and (self.collected is None or (isinstance(step, Step) and self.collected in step.files))
        )


class Attack(Message):
    """One attack. ``{port}``, ``{name}`` and ``{pid}`` in arguments name what the tester has on the host (``Bait``)."""

    about: str
    """What it tries."""
    walls: tuple[Wall, ...]
    """What stops it. More than one only where each alone would do."""
    language: str
    stdin: Bytes = b""
    arguments: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    collect: tuple[str, ...] = ()
    runs: int = 1
    careless: tuple[str, ...] = ()
    """How its compiler is called instead, so that it runs code of the program's: when the compiler's proper call is the
    wall and is down; and always when that is none of ``walls``, to see what stops such code."""
    limits: Limits = Limits(cpu_seconds=5, wall_seconds=10)
    compile_limits: Limits = Limits(cpu_seconds=20, wall_seconds=30, memory_bytes=1024 * 1024 * 1024)
    companion: Other | None = None
    next: Other | None = None
    """Runs after it: in the same lease, unless it says otherwise."""
    beside: Other | None = None
    """Runs at the same time, in another lease."""
    success: Success = Success()
    stopped: Ended | None = None
    """How its step must have ended while the walls stand; anything if not given."""
    gvisor: bool = True
    """Whether gVisor has the wall too."""
    quick: bool = False
    """Part of the everyday tests."""


@dataclass(frozen=True, slots=True)
class Bait:
    """What the tester has on the host for attacks to reach."""

    port: int
    """Of a server (TCP, UDP) on the host's loopback that says ``breached``."""
    name: str
    """Of an abstract socket that does."""
    pid: int
    """The tester's own."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attack, once made."""

    succeeded: bool
    steps: dict[Place, Outcome]


def load(directory: Path) -> Attack:
    """The attack in ``directory``."""
    return Attack.model_validate(tomllib.loads((directory / "attack.toml").read_text()))


async def attempt(attack: Attack, directory: Path, pool: Pool, lease: Lease, bait: Bait) -> Attempt:
    """Make the attack in ``lease``, and see whether it gets through."""
    steps: dict[Place, Outcome] = {}

    def program(other: Other) -> Program:
        arguments = _filled(other.arguments, bait)
        return _program(directory, other.language, other.source, (Run(arguments=arguments),), attack)

    async def stranger(other: Other) -> Execution:
        async with pool.lease() as another:
            return await another.execute(program(other))

    async with asyncio.TaskGroup() as together:
        if attack.beside:
            beside = together.create_task(stranger(attack.beside))
        execution = await lease.execute(main_program(attack, directory, bait))
    if execution.compile:
        steps["compile"] = execution.compile
    if execution.runs:
        last = steps["run"] = execution.runs[-1]
        if last.companion:
            steps["companion"] = last.companion
    if attack.beside:
        steps["beside"] = _last(beside.result())
    if attack.next and attack.next.new_lease:
        lease.end()
        steps["next"] = _last(await stranger(attack.next))
    elif attack.next:
        steps["next"] = _last(await lease.execute(program(attack.next)))
    return Attempt(attack.success.shows_in(steps), steps)


def _lines(step: Outcome) -> list[bytes]:
    return [*step.stdout.split(b"\n"), *step.stderr.split(b"\n")]


def _last(execution: Execution) -> Step:
    step = execution.runs[-1] if execution.runs else execution.compile
    assert step is not None
    return step


def main_program(attack: Attack, directory: Path, bait: Bait) -> Program:
    """The attack's own program, of all in its scene."""
    companion = None
    if attack.companion:
        source = (directory / attack.companion.source).read_bytes()
        companion = Companion(language=attack.companion.language, source=source)
    run = Run(
        stdin=attack.stdin,
        arguments=_filled(attack.arguments, bait),
        companion=companion,
        collect=attack.collect,
    )
    source_name = languages.find(attack.language).source
    return _program(directory, attack.language, source_name, (run,) * attack.runs, attack)


def _program(directory: Path, language: str, source: str, runs: tuple[Run, ...], attack: Attack) -> Program:
    return Program(
        language=language,
        source=(directory / source).read_bytes(),
        files={name: (directory / name).read_bytes() for name in attack.files},
        runs=runs,
        limits=attack.limits,
        compile_limits=attack.compile_limits,
    )


def _filled(arguments: tuple[str, ...], bait: Bait) -> tuple[str, ...]:
    return tuple(word.format(port=bait.port, name=bait.name, pid=bait.pid) for word in arguments)
