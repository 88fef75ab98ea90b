"""How containers died, as the engine tells it: an OOM kill of the agent itself is the program's doing."""

import contextlib
import threading
import time
from typing import TYPE_CHECKING

from sandbox import owner

if TYPE_CHECKING:
    from docker.types.daemon import CancellableStream

    from docker import APIClient

WAIT_SECONDS = 3.0
RECONNECT_SECONDS = 0.5


class Deaths:
    """Listens to the engine in a thread of its own, from ``start`` to ``stop``."""

    def __init__(self, client: "APIClient") -> None:
        self._client = client
        self._changed = threading.Condition()
        self._out_of_memory: dict[str, float] = {}
        self._dead: set[str] = set()
        self._stopped = threading.Event()
        self._events: CancellableStream[dict[str, object]] | None = None
        self._thread = threading.Thread(target=self._listen, name="docker-events", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Listen no more: the thread and its connection are gone when this returns."""
        with self._changed:
            self._stopped.set()
            if self._events is not None:
                with contextlib.suppress(OSError):  # the engine hung up first
                    self._events.close()
        self._thread.join()

    def by_memory(self, container: str, since: float) -> bool:
        """Whether ``container`` died, and ran out of memory after ``since`` (``time.time()``). Waits to hear of it."""
        with self._changed:
            self._changed.wait_for(lambda: container in self._dead, WAIT_SECONDS)
            return container in self._dead and self._out_of_memory.get(container, 0.0) >= since

    def forget(self, container: str) -> None:
        """Nobody will ask for ``container`` again."""
        with self._changed:
            self._dead.discard(container)
            self._out_of_memory.pop(container, None)

    def _listen(self) -> None:
        import requests
        from docker.errors import DockerException

        filters = {"event": ["oom", "die"], "label": f"{owner.LABEL}={owner.name()}"}
        while not self._stopped.is_set():
            try:
                with self._changed:
                    if self._stopped.is_set():
                        return
                    self._events = self._client.events(filters=filters, decode=True)
                for event in self._events:
                    self._note(event)
            except (DockerException, requests.RequestException, OSError, ValueError):
                pass  # the engine went away, or we stop
            finally:
                self._events = None
            self._stopped.wait(RECONNECT_SECONDS)

    def _note(self, event: dict[str, object]) -> None:
        container = str(event["id"])
        with self._changed:
            if event["status"] == "oom":
                self._out_of_memory[container] = time.time()
            else:
                self._dead.add(container)
            self._changed.notify_all()
