"""How containers died, as the engine tells it: an OOM kill of the agent itself is the program's doing."""

import asyncio
import contextlib
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox import owner

if TYPE_CHECKING:
    from docker import APIClient

WAIT_SECONDS = 3.0
RECONNECT_SECONDS = 0.5


@dataclass(slots=True)
class Fate:
    """What the engine has told of one container."""

    out_of_memory: float = 0.0
    """When it last ran out, by ``time.time()``."""
    dead: asyncio.Event = field(default_factory=asyncio.Event)
    removed: asyncio.Event = field(default_factory=asyncio.Event)


class Deaths:
    """Listens to the engine in a thread of its own, from ``start`` to ``stop``; asked from one event loop."""

    def __init__(self, client: "APIClient") -> None:
        self._client = client
        self._fates: defaultdict[str, Fate] = defaultdict(Fate)
        self._stopped = threading.Event()

    def start(self) -> None:
        """Begin to listen."""
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._listen, args=(loop,), name="docker-events", daemon=True).start()

    def stop(self) -> None:
        """Listen no more; the thread ends when the client closes."""
        self._stopped.set()

    async def by_memory(self, container: str, since: float) -> bool:
        """Whether ``container`` died, and ran out of memory after ``since`` (``time.time()``). Waits to hear of it."""
        fate = self._fates[container]
        return await _hear_of(fate.dead, WAIT_SECONDS) and fate.out_of_memory >= since

    async def removed(self, container: str) -> bool:
        """Whether ``container`` is gone without a trace. Waits to hear of it; nobody can ask for it again."""
        try:
            return await _hear_of(self._fates[container].removed, WAIT_SECONDS)
        finally:
            del self._fates[container]

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        import requests
        from docker.errors import DockerException

        filters = {"event": ["oom", "die", "destroy"], "label": f"{owner.LABEL}={owner.name()}"}
        while not self._stopped.is_set():
            try:
                for event in self._client.events(filters=filters, decode=True):
                    loop.call_soon_threadsafe(self._note, event["id"], event["status"])
            except (DockerException, requests.RequestException, OSError, ValueError, RuntimeError):
                pass  # the engine went away, our client is closing, or the loop is closed
            self._stopped.wait(RECONNECT_SECONDS)

    def _note(self, container: str, event: str) -> None:
        fate = self._fates[container]
        match event:
            case "oom":
                fate.out_of_memory = time.time()
            case "die":
                fate.dead.set()
            case "destroy":
                fate.removed.set()


async def _hear_of(event: asyncio.Event, seconds: float) -> bool:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()
