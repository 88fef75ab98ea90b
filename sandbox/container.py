"""One container, as the host holds it: takes a step at a time, keeps track of directories and uids."""

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from sandbox import replies
from sandbox.agent.walls import Wall
from sandbox.channel import Channel
from sandbox.errors import ContainerLost
from sandbox.facts import Said, lost_step, step_of
from sandbox.image import Image
from sandbox.keeper import Keeper, Opened
from sandbox.meter import Meter
from sandbox.protocol import DISK_BYTES, MEBIBYTE, Ended, Limits, Run, Step, Stream
from sandbox.uids import Block

GRACE_SECONDS = 15.0
"""How long the agent may be silent beyond a step's wall limit (killing and cleaning a bomb takes a while)."""
READY_SECONDS = 30.0
RESIDENT_CPU_SECONDS = 1.0
"""A resident that may have used more is renewed. Each process has two seconds more than its step may use."""
RESIDENT_BYTES = 32 * MEBIBYTE
"""After a step that took more, the resident is renewed: memory that it keeps, later programs would not have."""
DEFAULT_MEMORY_BYTES = Limits().memory_bytes
SHARED_UID = 9_999
"""Everybody's, in a test of what separate ones are good for."""
NOTHING = Run()
"""No input, nothing to collect: how a compiler is run."""
Tell = Callable[[Stream, bytes], None]
"""Told what the first part of a step writes, while it does."""


@dataclass(frozen=True, slots=True)
class Part:
    """One process of a step: what to start, and the files it finds in its directory."""

    command: tuple[str, ...]
    files: dict[str, bytes]
    warm: bool = False
    environment: dict[str, str] = field(default_factory=dict)
    question: bytes | None = None
    """For a resident, which outlives the step."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """What the compilation of ``key`` left in a container, until a program with another key comes."""

    key: bytes
    step: Step
    directory: str


@dataclass(slots=True)
class Container:
    """A live container with a ready agent. Not for two tasks at once."""

    name: str
    image: Image
    versions: dict[str, str]
    _keeper: Keeper
    _channel: Channel
    _uids: Block
    _meter: Meter
    _size: tuple[int, int] = (DEFAULT_MEMORY_BYTES, Limits().processes)
    """Bytes of memory, and processes."""
    _numbers: Any = field(default_factory=lambda: count(1))
    _resident: tuple[Part, float] | None = None
    """The companion that waits to be asked again, without a question, and the CPU limit that it was started with."""
    _resident_seconds: float = 0.0
    """Processor time of the steps that asked it: no less than its own, which is limited."""
    compiled: Compiled | None = None
    usable: bool = True
    """It is alive, and nothing of any run is left in it, as far as the agent can prove."""

    @property
    def is_alive(self) -> bool:
        """Whether its agent has not hung up, as far as we have heard."""
        return not self._channel.is_closed

    async def step(
        self,
        parts: list[Part],
        limits: Limits,
        run: Run = NOTHING,
        *,
        keep: bool = False,
        tell: Tell | None = None,
    ) -> tuple[Step, str]:
        """Run ``parts`` to the end of the last of them; the facts, and the directory of the first (if kept).

        Raises ContainerLost.
        """
        await self._resize(limits)
        directories = [f"/runs/{next(self._numbers)}" for _ in parts]
        resident = self._choose_resident(parts, limits)
        processes, blobs = self._processes(parts, directories, is_kept=resident == "kept")
        order = {
            "resident": resident,
            "question": len(blobs) - 1,
            "processes": processes,
            "stdin": len(run.stdin),
            "collect": run.collect,
            "keep": keep,
            "live": tell is not None,
            "cpu_seconds": limits.cpu_seconds,
            "wall_seconds": limits.wall_seconds,
            "output_bytes": limits.output_bytes,
            "disk_bytes": limits.disk_bytes if limits.disk_bytes < DISK_BYTES else None,  # the kernel's own to refuse
        }
        self._channel.check_silence()
        marked = self._meter.reset_peak()
        before = self._meter.cpu_seconds(), self._meter.memory_bytes()
        began, began_on_the_clock = time.monotonic(), time.time()
        try:
            said = await self._exchange(order, blobs, run, tell)
        except ContainerLost:
            if not await self._keeper.ran_out_of_memory(self.name, began_on_the_clock):
                raise
            self.usable = False
            return lost_step(Ended.MEMORY_LIMIT, time.monotonic() - began, limits.memory_bytes), directories[0]
        self.usable = said.facts.clean
        self._resident_seconds += said.facts.cpu_seconds
        if not said.facts.resident or said.facts.peak_bytes > RESIDENT_BYTES:
            self._resident = None
        said = replace(said, facts=self._recounted(said.facts, before, marked=marked))
        if Wall.MEMORY in self._keeper.without:
            limits = limits.model_copy(update={"memory_bytes": sys.maxsize})
        return step_of(said, limits, run), directories[0]

    def _recounted(self, facts: replies.Facts, before: tuple[float, int], *, marked: bool) -> replies.Facts:
        """``facts``, with what only the host can count: all of it for a gVisor guest, and peaks that v2 shows us alone.

        ``before``: CPU seconds and memory at the start; ``marked``: whether a high-water mark was begun there.
        """
        update: dict[str, Any] = {}
        if not facts.counted:
            update["cpu_seconds"] = max(self._meter.cpu_seconds() - before[0], 0.0)
        if not facts.counted or (marked and self._meter.unified):
            update["peak_bytes"] = max(self._meter.peak_bytes() - before[1], 0)
            update["exact"] = marked and not facts.pressed
        return facts.model_copy(update=update) if update else facts

    def _choose_resident(self, parts: list[Part], limits: Limits) -> str | None:
        """Whether the last of ``parts`` is a resident: a "new" one, or the one that we "kept"."""
        if parts[-1].question is None:
            self._resident = None
            return None
        wanted = replace(parts[-1], question=None), limits.cpu_seconds
        if wanted == self._resident and self._resident_seconds < RESIDENT_CPU_SECONDS:
            return "kept"
        self._resident, self._resident_seconds = wanted, 0.0
        return "new"

    async def forget_compiled(self) -> None:
        """Remove what was compiled last, if it is there: another program must not find it."""
        if self.compiled is not None:
            await self._channel.send({"drop": [self.compiled.directory]}, [])
            self.compiled = None

    async def close(self) -> None:
        """Hang up, so that the container ends and removes itself, see to it that it has, and give its uids back."""
        self._channel.close()
        self._meter.close()
        try:
            await self._keeper.remove(self.name)
        finally:
            self._uids.release()

    async def _exchange(self, order: dict[str, Any], blobs: list[bytes], run: Run, tell: Tell | None = None) -> Said:
        """One step's frames, out and in. Input is sent while replies are read, for a program may answer as it reads."""
        parts, output_bytes = len(order["processes"]), order["output_bytes"]
        try:
            async with asyncio.timeout(order["wall_seconds"] + GRACE_SECONDS):
                if not run.stdin:
                    await self._channel.send({"step": order}, blobs)
                    return await self._replies(parts, run.collect, output_bytes, tell)
                async with _beside(self._channel.send({"step": order}, blobs, run.stdin)):
                    return await self._replies(parts, run.collect, output_bytes, tell)
        except TimeoutError as error:
            raise ContainerLost(f"the agent was silent for {GRACE_SECONDS} s beyond the step's wall limit") from error

    async def _resize(self, limits: Limits) -> None:
        size = limits.memory_bytes, limits.processes
        if size != self._size:
            await self._keeper.resize(self.name, *size)
            self._size = size

    def _processes(
        self, parts: list[Part], directories: list[str], *, is_kept: bool
    ) -> tuple[list[dict[str, Any]], list[bytes]]:
        """What the agent is told of each part, and the contents of all their files; of a resident its question."""
        blobs: list[bytes] = []
        processes = []
        for part, directory in zip(parts, directories, strict=True):
            if part.question is not None and is_kept:
                processes.append({"directory": directory, "uid": 0, "warm": part.warm})
                continue
            first = len(blobs)
            blobs += part.files.values()
            files = [[name, number] for number, name in enumerate(part.files, first)]
            processes.append(
                {
                    "command": part.command,
                    "files": files,
                    "warm": part.warm,
                    "environment": part.environment,
                    "directory": directory,
                    "uid": SHARED_UID if Wall.FRESH_UID in self._keeper.without else self._uids.next(),
                }
            )
        if parts[-1].question is not None:
            blobs.append(parts[-1].question)
        return processes, blobs

    async def _replies(self, parts: int, collect: tuple[str, ...], output_bytes: int, tell: Tell | None = None) -> Said:
        """All that the agent has to say of a step, in no more bytes than there can be. Raises ContainerLost."""
        written = [bytearray() for _ in range(2 * parts)]
        left = (2 * parts + len(collect)) * output_bytes
        while True:
            header, blobs = await self._channel.receive(left)
            left -= sum(map(len, blobs))
            match replies.understood(header):
                case replies.Out(out=[part, stream]) if part < parts and stream < 2:
                    written[2 * part + stream] += blobs[0]
                    _tell(tell, blobs[0], 2 * part + stream)
                case replies.Done(done=facts) if facts.fit(parts, collect, len(blobs)):
                    streams = [bytes(kept + tail) for kept, tail in zip(written, blobs, strict=False)]
                    for number, tail in enumerate(blobs[: len(streams)]):
                        _tell(tell, tail, number)
                    return Said(facts, streams, blobs[len(streams) :])
                case replies.Failed(failed=why):
                    raise ContainerLost(f"the agent failed: {why[: replies.SHOWN]}")
                case other:
                    raise ContainerLost(f"the agent spoke out of turn: {repr(other)[: replies.SHOWN]}")


def _tell(tell: Tell | None, data: bytes, number: int) -> None:
    """Pass on what the first part wrote."""
    if tell is not None and data and number < len(Stream):
        tell(list(Stream)[number], data)


@contextlib.asynccontextmanager
async def _beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Do ``work`` while the context lasts; what it raises counts only if the context ends well."""
    task = asyncio.create_task(work)
    try:
        yield
        await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def launch(keeper: Keeper, image: Image) -> Container:
    """A fresh container of ``image``, once its agent is ready. Raises EngineUnavailable, ContainerLost."""
    opened: Opened | None = None
    channel: Channel | None = None
    try:
        opened = await keeper.start(image.digest, DEFAULT_MEMORY_BYTES)
        channel = await Channel.open(opened.attached)
        async with asyncio.timeout(READY_SECONDS):
            header, _ = await channel.receive()
        match replies.understood(header):
            case replies.Ready(ready=versions):
                if connected := await keeper.shortcut(opened.name):
                    channel = await channel.shortcut(connected)
                return Container(opened.name, image, versions, keeper, channel, opened.uids, opened.meter)
            case other:
                raise ContainerLost(f"the agent spoke out of turn: {repr(other)[: replies.SHOWN]}")
    except BaseException as error:
        if opened is not None:
            await asyncio.shield(_abandon(keeper, opened, channel))
        if isinstance(error, TimeoutError):
            raise ContainerLost(f"the agent was not ready within {READY_SECONDS} s") from error
        raise


async def _abandon(keeper: Keeper, opened: Opened, channel: Channel | None) -> None:
    """Give up a container that never became one."""
    if channel is None:
        opened.attached.close()
    else:
        channel.close()
    opened.meter.close()
    try:
        await keeper.remove(opened.name)
    finally:
        opened.uids.release()
