"""Round after round, a period apart."""

import asyncio
import itertools
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from chain import identity
from chain.ledger import Ledger
from miner.client import MinerClient
from sandbox.local import open_sandbox
from validator.protocol import Plan
from validator.rounds import Report, Sandbox, Validator
from validator.settings import Settings
from validator.store import Store

Watch = Callable[[str, int, int], None]


@asynccontextmanager
async def open_validator(
    settings: Settings, ledger: Ledger, sandbox: Sandbox, watch: Watch
) -> AsyncIterator[Validator]:
    """A validator with its key, database and connections, released at the end. Raises KeyFileProblem, StateProblem."""
    import httpx

    hotkey = identity.load(settings.key)
    store = Store(settings.database)
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=100)
    try:
        # Each call has a deadline of its own.
        async with httpx.AsyncClient(limits=limits, timeout=None, trust_env=False) as http:  # noqa: S113
            yield Validator(hotkey.hotkey, ledger, store, MinerClient(http, hotkey), sandbox, watch)
    finally:
        store.close()


async def run(settings: Settings, ledger: Ledger, watch: Watch, show: Callable[[Report], None]) -> None:
    """Run rounds until ``settings.rounds`` are done. An interrupted round is finished first and counts as one."""
    first = secrets.randbits(31) if settings.seed is None else settings.seed
    async with (
        open_sandbox(["python"], slots=settings.slots) as sandbox,
        open_validator(settings, ledger, sandbox, watch) as validator,
    ):
        numbers = itertools.count() if settings.rounds is None else range(settings.rounds)
        due = time.monotonic()
        for number in numbers:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            due = time.monotonic() + settings.period_seconds
            show(await validator.run_round(plan(settings, first + number)))


def plan(settings: Settings, seed: int) -> Plan:
    """The plan of one round."""
    return Plan(seed, settings.problems, settings.samples, settings.deadline_seconds)
