"""A worker: claims evaluations, judges them in leases of the sandbox, records what came of them.

It may be killed at any moment: what it had claimed is another's once its lease has run out, and what it had recorded is
recorded. It says so itself when it can't work (``trouble``): the engine is away, the image is missing.
"""

import asyncio
import contextlib
import logging
import math
import os
import socket
import time
from collections.abc import Sequence
from functools import lru_cache

import tenacity

from evaluator.batch import Sandbox
from evaluator.daemon import facts, queue, records, workers
from evaluator.daemon.logs import tell
from evaluator.daemon.queue import Claim, Claimed, Fault, Owner
from evaluator.daemon.recorder import Recorder
from evaluator.daemon.settings import Settings
from evaluator.daemon.slot import Held, Ready, Slot, Turn
from evaluator.daemon.store import Database
from evaluator.errors import Ungradable, UnknownLanguage
from evaluator.judging import Judgement, judge, read_all
from sandbox.errors import BadRequest, ContainerLost, EngineUnavailable, ImageMissing, SandboxError

TRIES = 3
"""In a row, after failures of ours, before an evaluation goes back into the queue for a while."""
IDLE_SECONDS = 0.02, 0.5
"""Between two looks at an empty queue, shortest and longest, if nobody wakes us."""
AWAY_SECONDS = 5.0
"""Between two tries at an engine that is away."""
AHEAD_SECONDS = 0.1
"""With so much work left, about, a slot claims more: a claim and the first answers of it take a tenth of that."""
KEPT_SECONDS = 5.0
"""How long an idle slot keeps its container for the same author."""
MOST_AT_ONCE = 64
PROBLEMS = 512


class Worker:
    """Judges ``slots`` evaluations at a time; ``sandbox`` must have twice as many slots: a checker needs one too."""

    def __init__(self, database: Database, sandbox: Sandbox, settings: Settings, slots: int) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}:{os.urandom(2).hex()}"
        self._database, self._sandbox, self._settings, self._slots = database, sandbox, settings, slots
        self._recorder = Recorder(database, self.name)
        self._working: set[Slot] = set()
        self.stopping, self._woken = asyncio.Event(), asyncio.Event()
        self._seconds = 0.2
        """What an evaluation takes, lately."""
        self._trouble: str | None = None
        self._problem = lru_cache(PROBLEMS)(lambda digest: records.problem(database, digest))

    def stop(self) -> None:
        """Claim nothing more, and finish what was begun."""
        self.stopping.set()
        self.wake()

    def wake(self) -> None:
        """Something was submitted: look now."""
        woken, self._woken = self._woken, asyncio.Event()
        woken.set()

    async def work(self) -> None:
        """Judge whatever waits, until ``stop``. Raises DatabaseUnavailable: it stayed away."""
        await asyncio.to_thread(workers.register, self._database, self.name, self._slots)
        tell("worker is ready", worker=self.name, slots=self._slots)
        recording, beating = asyncio.create_task(self._recorder.work()), asyncio.create_task(self._beat())
        slots = [asyncio.create_task(self._serve()) for _ in range(self._slots)]
        serving = asyncio.create_task(_all(slots))
        try:
            await asyncio.wait({recording, beating, serving}, return_when=asyncio.FIRST_COMPLETED)
            for ended in (recording, beating):
                if ended.done():
                    ended.result()  # it does not end before us but by failing
            await serving
            await self._recorder.finish()
            await recording
            await asyncio.to_thread(workers.leave, self._database, self.name)
        finally:
            await _ended(recording, beating, serving, *slots)

    async def _serve(self) -> None:
        """One slot: a lease for as long as turns are of the same author."""
        while (claim := await self._next()) is not None:
            slot = Slot(self, claim)
            self._working.add(slot)
            try:
                async with self._sandbox.lease() as lease:
                    await slot.work(lease)
            except (EngineUnavailable, ImageMissing) as error:
                await self._sit_out(slot, error)
            else:
                await self._release(slot)
            finally:
                self._working.discard(slot)

    def ahead(self) -> int:
        """See Work: so few that whoever is idle need not wait for what is claimed here."""
        return int(AHEAD_SECONDS / self._seconds)

    async def more(self, owner: Owner) -> Claim | None:
        """See Work: an idle slot keeps its container for its owner for a while."""
        claim = await self._next(KEPT_SECONDS, owner)
        return claim if claim is not None and claim.evaluations else None

    async def _next(self, patience: float = math.inf, owner: Owner | None = None) -> Claim | None:
        """The next claim (see ``queue.claim``); None when nothing came for so long, or we are to stop."""
        pause, began = IDLE_SECONDS[0], time.monotonic()
        while not self.stopping.is_set():
            woken = self._woken
            most = max(1, min(MOST_AT_ONCE, round(self._settings.turn_seconds / self._seconds)))
            claim = await asyncio.to_thread(queue.claim, self._database, most, self._settings.lease_seconds, owner)
            if claim is not None:
                return claim
            if time.monotonic() - began > patience:
                return None
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(woken.wait(), pause)
            pause = min(2 * pause, IDLE_SECONDS[1])
        return None

    def read(self, held: Held, portion: Sequence[Claimed]) -> list[Ready]:
        """See Work."""
        problems = [(one, self._problem(one.problem_digest)) for one in portion]
        readings = read_all([(problem, one.completion) for one, problem in problems])
        return [Ready(held, one, problem, reading) for (one, problem), reading in zip(problems, readings, strict=True)]

    async def judge(self, ready: Ready, turn: Turn) -> None:
        """See Work."""
        token, claimed, began = ready.held.claim.token, ready.claimed, time.monotonic()

        def seconds() -> float:
            return time.monotonic() - began - turn.waited_seconds

        try:
            result = facts.judged(token, claimed, await self._judged(ready, turn), seconds())
        except (Ungradable, UnknownLanguage, BadRequest) as error:
            result = facts.unjudged(token, claimed, str(error), seconds())
        except ContainerLost as error:
            if claimed.attempts < self._settings.attempts:
                await self._fail(token, claimed, error)
                return
            why = f"we failed {claimed.attempts} times, at last: {error}"
            result = facts.unjudged(token, claimed, why, seconds())
        self._seconds += (result.seconds - self._seconds) * 0.1
        self._trouble = None
        await self._recorder.put(result)
        if sum(slot.unfinished for slot in self._working) == 1:  # which is this one
            self._recorder.hurry()

    async def _judged(self, ready: Ready, turn: Turn) -> Judgement:
        job = (ready.problem, ready.claimed.completion, turn, self._sandbox.lease, ready.reading)
        try:
            return await judge(*job)
        except ContainerLost:
            return await tenacity.AsyncRetrying(
                retry=tenacity.retry_if_exception_type(ContainerLost),
                wait=tenacity.wait_random_exponential(0.2, max=2),
                stop=tenacity.stop_after_attempt(TRIES - 1),
                reraise=True,
            )(judge, *job)

    async def _fail(self, token: str, claimed: Claimed, error: SandboxError) -> None:
        """Back into the queue with it."""
        tell("fault", logging.WARNING, evaluation=claimed.id, code=error.code, message=str(error))
        fault = Fault(token, claimed.id, error.code, facts.legible(str(error)))
        await asyncio.to_thread(queue.fail, self._database, self.name, fault)

    async def _sit_out(self, slot: Slot, error: SandboxError) -> None:
        """The engine is away, which is no evaluation's doing: give back what we have, and wait a little."""
        tell("cannot work", logging.ERROR, code=error.code, message=str(error))
        self._trouble = str(error)
        await self._release(slot)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), AWAY_SECONDS)

    async def _release(self, slot: Slot) -> None:
        """Give back whatever has no result."""
        for held in slot.held:
            await asyncio.to_thread(queue.release, self._database, held.claim.token, held.unfinished)
        slot.held.clear()

    async def _beat(self) -> None:
        """Renew the claims, hear what was cancelled, say that we live, and take from others who do not."""
        while True:
            await asyncio.sleep(self._settings.lease_seconds / 4)
            held = [one for slot in self._working for one in slot.held]
            tokens = [one.claim.token for one in held]
            ours = await asyncio.to_thread(queue.renew, self._database, tokens, self._settings.lease_seconds)
            for one in held:
                one.keep(ours)
            await asyncio.to_thread(workers.seen, self._database, self.name, self._trouble)
            await asyncio.to_thread(queue.expire, self._database, self._settings.attempts)


async def _all(tasks: "list[asyncio.Task[None]]") -> None:
    await asyncio.gather(*tasks)


async def _ended(*tasks: "asyncio.Task[None]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
