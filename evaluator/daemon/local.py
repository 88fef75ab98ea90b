"""The queue and its workers in this process, without HTTP: the other body of ``Evaluations``."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence

from evaluator.batch import Sandbox
from evaluator.daemon import intake, records, schema
from evaluator.daemon.protocol import Accepted, Evaluation, Outcome, Submission
from evaluator.daemon.settings import Settings
from evaluator.daemon.store import Database
from evaluator.daemon.worker import Worker

PAGE = 1000
PAUSE_SECONDS = 0.1


class Local:
    """Speaks with the database itself, as ``submitter``; whoever judges, here or elsewhere, does so from there.

    ``submitted`` is called when there is something to do.
    """

    def __init__(
        self,
        database: Database,
        settings: Settings,
        submitter: str = "local:",
        submitted: Callable[[], None] = lambda: None,
    ) -> None:
        self._database, self._settings, self._submitter, self._submitted = database, settings, submitter, submitted

    async def submit(self, submission: Submission) -> Accepted:
        """See Evaluations."""
        prepared = await asyncio.to_thread(intake.prepare, self._submitter, submission)
        accepted = await asyncio.to_thread(intake.accept, self._database, prepared, self._settings.queue)
        self._submitted()
        return accepted

    async def outcomes(self, batch: str, after: int = 0) -> AsyncIterator[Outcome]:
        """See Evaluations."""
        while True:
            page = await asyncio.to_thread(records.outcomes, self._database, self._submitter, batch, after, PAGE)
            for outcome in page.outcomes:
                yield outcome
                after = outcome.number
            if page.done:
                return
            if len(page.outcomes) < PAGE:
                await asyncio.sleep(PAUSE_SECONDS)

    async def details(self, evaluations: Sequence[int]) -> tuple[Evaluation, ...]:
        """See Evaluations."""
        return await asyncio.to_thread(records.evaluations, self._database, self._submitter, evaluations)

    async def cancel(self, batch: str) -> int:
        """See Evaluations."""
        return await asyncio.to_thread(records.cancel_batch, self._database, self._submitter, batch)


@contextlib.asynccontextmanager
async def open_evaluations(settings: Settings, sandbox: Sandbox) -> AsyncIterator[Local]:
    """A queue, made if it is not there, with one worker on ``sandbox``, which works while the context lasts."""
    database = Database(settings.database.get_secret_value())
    await asyncio.to_thread(schema.migrate, database)
    worker = Worker(database, sandbox, settings, settings.slots or max(1, sandbox.slots // 2))
    working = asyncio.create_task(worker.work())
    try:
        yield Local(database, settings, submitted=worker.wake)
    finally:
        worker.stop()
        try:
            await working
        finally:
            database.close()
