"""The sandbox on this machine's own Docker engine."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Iterable

from sandbox import engine as engines
from sandbox import image as images
from sandbox.keeper.inside import Inside
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
    """A pool of containers that have the ``wanted`` languages, and so many ``cpus`` each.

    ``slots`` is the number of cores unless given.

    Raises EngineUnavailable, ImageMissing. When it closes, by whatever way, no container of it is left.
    """
    client = await asyncio.to_thread(engines.connect)
    try:
        image = await asyncio.to_thread(images.find, client, wanted)
        slots = slots or len(os.sched_getaffinity(0))
        keeper = Inside(engines.Engine(client, runtime, cpus=cpus))
        async with Pool(keeper, image, slots=slots, warm=warm or slots) as pool:
            yield pool
    finally:
        client.close()
