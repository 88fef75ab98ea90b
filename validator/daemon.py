"""Round after round, a period apart."""

import asyncio
import itertools
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from chain import identity
from chain.ledger import Ledger
from evaluator.daemon.client import Client
from evaluator.daemon.protocol import Evaluations
from miner.client import MinerClient
from sandbox.local import open_sandbox
from validator.judging import Sandbox
from validator.problems.workshop import Workshop, open_workshop
from validator.protocol import Plan
from validator.rounds import Report, Validator
from validator.settings import Settings
from validator.store import Store

Watch = Callable[[str, int, int], None]


@asynccontextmanager
async def open_validator(
    settings: Settings, ledger: Ledger, sandbox: Sandbox, workshop: Workshop, watch: Watch
) -> AsyncIterator[Validator]:
    """A validator with its key, database and connections, released at the end. Raises KeyFileProblem, StateProblem."""
    import httpx

    hotkey = identity.load(settings.key)
    store = Store(settings.database)
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=100)
    try:
        # Each call has a deadline of its own.
        async with (
            httpx.AsyncClient(limits=limits, timeout=None, trust_env=False) as http,  # noqa: S113
            _evaluations(settings) as evaluations,
        ):
            client = MinerClient(http, hotkey)
            yield Validator(hotkey.hotkey, ledger, store, client, sandbox, workshop, watch, evaluations=evaluations)
    finally:
        store.close()


@asynccontextmanager
async def _evaluations(settings: Settings) -> AsyncIterator[Evaluations | None]:
    """The daemon that the settings name, if they name one."""
    import httpx

    if settings.evaluator is None:
        yield None
        return
    key = settings.evaluator_key
    headers = {} if key is None else {"Authorization": f"Bearer {key.get_secret_value()}"}
    async with httpx.AsyncClient(base_url=settings.evaluator, headers=headers, timeout=60, trust_env=False) as http:
        yield Client(http)


async def run(settings: Settings, ledger: Ledger, watch: Watch, show: Callable[[Report], None]) -> None:
    """Run rounds until ``settings.rounds`` are done. An interrupted round is finished first and counts as one."""
    first = secrets.randbits(31) if settings.seed is None else settings.seed
    async with (
        open_sandbox(settings.languages, slots=settings.slots) as sandbox,
        open_workshop() as workshop,
        open_validator(settings, ledger, sandbox, workshop, watch) as validator,
    ):
        numbers = itertools.count() if settings.rounds is None else range(settings.rounds)
        due = time.monotonic()
        for number in numbers:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            due = time.monotonic() + settings.period_seconds
            show(await validator.run_round(plan(settings, first + number)))


def plan(settings: Settings, seed: int) -> Plan:
    """The plan of one round."""
    return Plan(
        seed, settings.problems, settings.samples, settings.deadline_seconds, settings.shares, settings.languages
    )
