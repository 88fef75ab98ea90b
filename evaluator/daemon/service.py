"""What all requests share, and who asks."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.requests import Request

from evaluator.daemon import records
from evaluator.daemon.metrics import Metrics
from evaluator.daemon.records import Condition
from evaluator.daemon.settings import Settings
from evaluator.daemon.store import Database
from sandbox.server.tenant import Tenant

BELIEVED_SECONDS = 1.0
"""How long a look at the whole is shown again, so that probes cannot wear the database out."""


@dataclass(slots=True)
class Service:
    """Of one HTTP process."""

    settings: Settings
    database: Database
    metrics: Metrics
    submitted: Callable[[], None]
    """Called whenever something waits that did not before."""
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    _seen: Condition | None = field(default=None, init=False)
    _until: float = field(default=0.0, init=False)

    async def condition(self) -> Condition:
        """How the whole is doing. Raises DatabaseUnavailable."""
        async with self._looking:
            if self._seen is None or time.monotonic() >= self._until:
                self._seen = await asyncio.to_thread(self.database.ask_once, records.condition)
                self._until = time.monotonic() + BELIEVED_SECONDS
            return self._seen


def service(request: Request) -> Service:
    """The server's own."""
    found: Service = request.app.state.service
    return found


def submitter(request: Request) -> str:
    """Who asks, as the gate has found out."""
    tenant: Tenant = request.state.tenant
    return tenant.line
