"""The sandbox on this machine's Docker engine, for a process that serves strangers: a keeper holds the engine."""

import contextlib
import os
from collections.abc import AsyncIterator, Iterable

from sandbox.keeper.client import Client
from sandbox.pool import Pool


@contextlib.asynccontextmanager
async def open_sandbox(
    wanted: Iterable[str] = (),
    *,
    slots: int | None = None,
    warm: int | None = None,
    runtime: str | None = None,
    cpus: float = 1.0,
) -> AsyncIterator[Pool]:
    """As ``local.open_sandbox``. Once it is open, this process needs no right to the engine: ``privileges.drop``.

    Raises EngineUnavailable, ImageMissing. When it closes, by whatever way, no container of it is left.
    """
    keeper = Client(runtime, cpus)
    try:
        await keeper.open()
        image = await keeper.find(wanted)
        slots = slots or len(os.sched_getaffinity(0))
        async with Pool(keeper, image, slots=slots, warm=warm or slots) as pool:
            yield pool
    finally:
        await keeper.close()
