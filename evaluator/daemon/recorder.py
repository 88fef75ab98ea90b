"""Outcomes on their way to the database: many in one transaction, so that a commit costs little for each."""

import asyncio
import contextlib
from collections.abc import Sequence

from evaluator.daemon import queue
from evaluator.daemon.logs import tell
from evaluator.daemon.queue import Result
from evaluator.daemon.store import Database

TOGETHER = 256
PAUSE_SECONDS = 0.2
"""A commit takes whatever has come in so long; somebody may wait for the first one."""


class Recorder:
    """Records what it is given, until ``finish``. At most ``TOGETHER`` wait; then ``put`` does."""

    def __init__(self, database: Database, worker: str) -> None:
        self._database = database
        self._worker = worker
        self._due: asyncio.Queue[Result | None] = asyncio.Queue(TOGETHER)
        self._hurried = asyncio.Event()

    async def put(self, result: Result) -> None:
        """It will be recorded, unless we die or lose its claim first: then somebody else judges it."""
        await self._due.put(result)

    def hurry(self) -> None:
        """Nothing comes soon that is worth waiting for."""
        self._hurried.set()

    async def finish(self) -> None:
        """No more comes."""
        await self._due.put(None)

    async def work(self) -> None:
        """Record until there is no more. Raises DatabaseUnavailable."""
        more = True
        while more:
            results, more = await self._gather()
            if results:
                recorded = await asyncio.to_thread(queue.record, self._database, self._worker, results)
                _tell(results, recorded)
            if more:
                await self._pause()

    async def _pause(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._hurried.wait(), PAUSE_SECONDS)
        self._hurried.clear()

    async def _gather(self) -> tuple[list[Result], bool]:
        """The first that comes, and those behind it; whether more may come."""
        results: list[Result] = []
        item = await self._due.get()
        while item is not None:
            results.append(item)
            if self._due.empty() or len(results) >= TOGETHER:
                return results, True
            item = self._due.get_nowait()
        return results, False


def _tell(results: Sequence[Result], recorded: set[int]) -> None:
    for result in results:
        if result.evaluation in recorded:
            tell("outcome", evaluation=result.evaluation, outcome=result.status or result.state, reason=result.reason,
                 seconds=round(result.seconds, 4), attempts=result.attempts)  # fmt: skip
        else:
            tell("not ours any more", evaluation=result.evaluation)
