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
    from docker.types.daemon import CancellableStream

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

    def __init__(self, client: "APIClient", holder: str) -> None:
        """Of the containers that the process ``holder`` owns."""
        self._client = client
        self._holder = holder
        self._fates: defaultdict[str, Fate] = defaultdict(Fate)
        self._stopped = threading.Event()
        self._events: CancellableStream[dict[str, object]] | None = None
        self._changing = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to listen."""
        self._thread = threading.Thread(target=self._listen, args=(asyncio.get_running_loop(),), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Listen no more: the thread and its connection are gone when this returns."""
        with self._changing:
            self._stopped.set()
            if self._events is not None:
                with contextlib.suppress(OSError):  # the engine hung up first
                    self._events.close()
        if self._thread is not None:
            self._thread.join()

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

        filters = {"event": ["oom", "die", "destroy"], "label": f"{owner.LABEL}={self._holder}"}
        while not self._stopped.is_set():
            try:
                with self._changing:
                    if self._stopped.is_set():
                        return
                    self._events = self._client.events(filters=filters, decode=True)
                for event in self._events:
                    loop.call_soon_threadsafe(self._note, str(event["id"]), str(event["status"]))
            except (DockerException, requests.RequestException, OSError, ValueError, RuntimeError):
                pass  # the engine went away, we stop, or the loop is closed
            finally:
                self._events = None
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
