"""One container, as the host holds it: takes a step at a time, keeps track of directories and uids."""

import asyncio
import os
import signal
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sandbox.channel import Channel
from sandbox.engine import Engine, Started
from sandbox.errors import ContainerLost
from sandbox.protocol import MEBIBYTE, Ended, Limits, Outcome, Peak, Step
from sandbox.uids import Block

GRACE_SECONDS = 15.0
"""How long the agent may be silent beyond a step's wall limit (killing and cleaning a bomb takes a while)."""
READY_SECONDS = 30.0
STACK_BYTES = 64 * MEBIBYTE
DEFAULT_MEMORY_BYTES = Limits().memory_bytes

_LIMITS = {
    "cpu": Ended.CPU_LIMIT,
    "wall": Ended.WALL_LIMIT,
    "memory": Ended.MEMORY_LIMIT,
    "output": Ended.OUTPUT_LIMIT,
}


@dataclass(frozen=True, slots=True)
class Part:
    """One process of a step: what to start, and the files it finds in its directory."""

    command: tuple[str, ...]
    files: dict[str, bytes]
    warm: bool = False
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Container:
    """A live container with a ready agent. Not for two tasks at once."""

    name: str
    versions: dict[str, str]
    _engine: Engine
    _channel: Channel
    _uids: Block
    _reset_peak: int | None
    _memory_bytes: int = DEFAULT_MEMORY_BYTES
    _numbers: Any = field(default_factory=lambda: count(1))
    clean: bool = True
    """Nothing of any run is left in it, as far as the agent can prove."""

    async def step(
        self, parts: list[Part], limits: Limits, *, stdin: bytes = b"", keep: bool = False
    ) -> tuple[Step, str]:
        """Run ``parts`` to the end of the last of them; the facts, and the directory of the first (if kept).

        Raises ContainerLost.
        """
        await self._resize(limits.memory_bytes)
        directories = [f"/work/{next(self._numbers)}" for _ in parts]
        order, blobs = self._order(parts, directories, limits, len(stdin), keep)
        if self._reset_peak is not None:
            os.pwrite(self._reset_peak, b"0", 0)
        sending = asyncio.create_task(self._channel.send({"step": order}, blobs, stdin))
        try:
            async with asyncio.timeout(limits.wall_seconds + GRACE_SECONDS):
                done, written = await self._replies(len(parts))
                await sending
        except TimeoutError as error:
            raise ContainerLost(f"the agent was silent for {GRACE_SECONDS} s beyond the step's wall limit") from error
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
        self.clean = self.clean and done["clean"] is True
        return _step(done, written, limits), directories[0]

    async def drop(self, directory: str) -> None:
        """Forget a kept directory."""
        await self._channel.send({"drop": [directory]}, [])

    async def close(self) -> None:
        """Hang up, remove the container, give its uids back."""
        self._channel.close()
        if self._reset_peak is not None:
            os.close(self._reset_peak)
        try:
            await asyncio.to_thread(self._engine.remove, self.name)
        finally:
            self._uids.release()

    async def _resize(self, memory_bytes: int) -> None:
        if memory_bytes != self._memory_bytes:
            await asyncio.to_thread(self._engine.resize, self.name, memory_bytes)
            self._memory_bytes = memory_bytes

    def _order(
        self, parts: list[Part], directories: list[str], limits: Limits, stdin: int, keep: bool
    ) -> tuple[dict[str, Any], list[bytes]]:
        blobs: list[bytes] = []
        processes = []
        for part, directory in zip(parts, directories, strict=True):
            files = []
            for name, data in part.files.items():
                files.append([name, len(blobs)])
                blobs.append(data)
            processes.append(
                {
                    "command": part.command,
                    "files": files,
                    "warm": part.warm,
                    "environment": part.environment,
                    "directory": directory,
                    "uid": self._uids.next(),
                }
            )
        return {
            "processes": processes,
            "stdin": stdin,
            "keep": keep,
            "cpu_seconds": limits.cpu_seconds,
            "wall_seconds": limits.wall_seconds,
            "output_bytes": limits.output_bytes,
            "stack_bytes": STACK_BYTES,
        }, blobs

    async def _replies(self, parts: int) -> tuple[dict[str, Any], list[list[bytes]]]:
        """The ``done`` facts, and what each part wrote to each stream."""
        written = [[bytearray(), bytearray()] for _ in range(parts)]
        while True:
            header, blobs = await self._channel.receive()
            if "out" in header:
                part, stream = header["out"]
                written[part][stream] += blobs[0]
            elif "done" in header:
                return header["done"], [
                    [bytes(kept + tail) for kept, tail in zip(streams, blobs[index * 2 : index * 2 + 2], strict=True)]
                    for index, streams in enumerate(written)
                ]
            else:
                raise ContainerLost(f"the agent failed: {header.get('failed', header)}")


async def launch(engine: Engine, uids: Block) -> Container:
    """A fresh container, once its agent is ready. Takes ``uids`` over. Raises EngineUnavailable, ContainerLost."""
    started: Started | None = None
    try:
        started = await asyncio.to_thread(engine.start, DEFAULT_MEMORY_BYTES)
        channel = await Channel.open(started.socket)
        async with asyncio.timeout(READY_SECONDS):
            header, _ = await channel.receive()
        return Container(started.name, header["ready"], engine, channel, uids, started.reset_peak)
    except BaseException as error:
        uids.release()
        if started is not None:
            await asyncio.shield(asyncio.to_thread(engine.remove, started.name))
        if isinstance(error, TimeoutError):
            raise ContainerLost(f"the agent was not ready within {READY_SECONDS} s") from error
        raise


def _step(done: dict[str, Any], written: list[list[bytes]], limits: Limits) -> Step:
    """The agent's facts in the protocol's words. The first part's ending is the step's."""
    peak, exact = done["peak_bytes"], done["exact"]
    limit = _LIMITS[done["limit"]] if done["limit"] else None
    if limit is None and exact and peak > limits.memory_bytes:
        limit = Ended.MEMORY_LIMIT
    outcomes = [
        _outcome(status, streams, dropped)
        for status, streams, dropped in zip(done["statuses"], written, done["dropped"], strict=True)
    ]
    first = outcomes[0] if limit is None else outcomes[0].model_copy(update={"ended": limit, "exit_code": None})
    return Step(
        **dict(first),
        cpu_seconds=done["cpu_seconds"],
        wall_seconds=done["wall_seconds"],
        peak_memory_bytes=peak,
        peak=Peak.EXACT if exact else Peak.SAMPLED,
        companion=outcomes[1] if len(outcomes) > 1 else None,
    )


def _outcome(status: int, streams: list[bytes], dropped: list[int]) -> Outcome:
    code = os.waitstatus_to_exitcode(status)
    return Outcome(
        ended=Ended.EXITED if code >= 0 else Ended.SIGNALLED,
        exit_code=code if code >= 0 else None,
        signal=signal.Signals(-code).name if code < 0 else None,
        stdout=streams[0],
        stderr=streams[1],
        stdout_dropped=dropped[0],
        stderr_dropped=dropped[1],
    )
