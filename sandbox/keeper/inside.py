"""A keeper within the process that runs the programs: the engine's calls, in threads."""

import asyncio
import contextlib
import socket
from collections.abc import Iterable, Set

from sandbox import uids
from sandbox.agent import frames
from sandbox.agent.walls import Wall
from sandbox.bounds import Bounds
from sandbox.engine import Engine
from sandbox.guardian import guarded
from sandbox.image import Image
from sandbox.keeper import Condition, Opened
from sandbox.meter import Meter


class Inside:
    """Keeps the containers of one engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._agents: dict[str, int] = {}
        """Process ids of those whose own socket nobody has asked for."""
        self._bounds: dict[str, Bounds] = {}
        """Of the containers whose cgroup we can write to."""
        self._guard = contextlib.ExitStack()

    @property
    def without(self) -> Set[Wall]:
        """The engine's."""
        return self._engine.without

    async def open(self) -> None:
        """Sweep, and begin to listen to the engine; a guardian removes what we leave if we are killed."""
        self._guard.enter_context(guarded())
        await asyncio.to_thread(self._engine.sweep)
        self._engine.deaths.start()

    async def close(self) -> None:
        """Listen no more, send the guardian home."""
        await asyncio.to_thread(self._engine.deaths.stop)
        await asyncio.to_thread(self._guard.close)

    async def find(self, wanted: Iterable[str]) -> Image:
        """See Keeper."""
        return await asyncio.to_thread(self._engine.find, wanted)

    async def start(self, image: str, memory_bytes: int) -> Opened:
        """See Keeper."""
        block = uids.claim()
        try:
            started = await asyncio.to_thread(self._engine.start, image, memory_bytes)
        except BaseException:
            block.release()
            raise
        self._agents[started.name] = started.pid
        if bounds := Bounds.of(started.name, started.pid):
            self._bounds[started.name] = bounds
        return Opened(started.name, started.socket, block, Meter.of(started.pid))

    async def shortcut(self, name: str) -> socket.socket | None:
        """See Keeper. Once for each container: before any program has run in it."""
        pid = self._agents.pop(name, None)
        connected = socket.socket(socket.AF_UNIX)
        try:
            if pid is None:
                raise FileNotFoundError
            connected.connect(f"/proc/{pid}/root{frames.SHORTCUT}")
        except OSError:
            connected.close()
            return None
        return connected

    async def resize(self, name: str, memory_bytes: int, processes: int) -> None:
        """See Keeper."""
        wanted = self._engine.size(memory_bytes, processes)
        bounds = self._bounds.get(name)
        if bounds is None or not bounds.set(wanted):
            await asyncio.to_thread(self._engine.update, name, wanted)

    async def ran_out_of_memory(self, name: str, since: float) -> bool:
        """See Keeper."""
        return await self._engine.deaths.by_memory(name, since)

    async def remove(self, name: str) -> None:
        """See Keeper. One whose agent was left removes itself, as a rule."""
        self._agents.pop(name, None)
        self._bounds.pop(name, None)
        if not await self._engine.deaths.removed(name):
            await asyncio.to_thread(self._engine.remove, name)

    async def forget(self, image: str) -> None:
        """See Keeper."""
        await asyncio.to_thread(self._engine.forget, image)

    async def condition(self, image: str) -> Condition:
        """See Keeper."""
        return await asyncio.to_thread(self._engine.condition, image)
