"""Many at a time."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

One = Callable[[], Awaitable[None]]
"""Does one of what is counted."""


async def _nothing() -> None:
    """There is nothing to wait for: what is counted is over when it returns."""


async def seconds(count: int, ones: Sequence[One], settled: One = _nothing) -> float:
    """How long ``count`` take, each of ``ones`` doing one after another, all of them at the same time."""
    waiting = iter(range(count))

    async def work(one: One) -> None:
        for _ in waiting:
            await one()

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for one in ones:
            group.create_task(work(one))
    await settled()
    return time.perf_counter() - began
