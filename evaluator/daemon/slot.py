"""One author's lease: two evaluations take turns in it, while those behind them are claimed and read.

So that a container waits for nothing: not for the grading of what it ran last, not for a claim, not for a reader.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from evaluator.daemon.queue import Claim, Claimed, Owner
from evaluator.judging import Reading
from evaluator.protocol import Executor, Problem
from sandbox.protocol import Execution, Program

HANDS = 2
"""Evaluations at once, of which one runs."""
READY = 8
"""How many wait with their answers read."""
FIRST_PORTION, PORTION = 2, 16
"""Answers read at a time. A way to a thread and back costs as much as reading one, but nobody waits for sixteen."""


class NoMoreTurns(Exception):
    """The worker is to stop: what has not run yet does not begin."""


@dataclass(slots=True)
class Turn:
    """An evaluation's executor: the lease, whenever the other one does not have it."""

    lease: Executor
    taken: asyncio.Lock
    stopping: asyncio.Event
    waited_seconds: float = 0.0
    """For the other one, which is no fault of its own."""

    async def execute(self, program: Program) -> Execution:
        """As the lease does. Raises NoMoreTurns, and what the lease raises."""
        asked = time.monotonic()
        async with self.taken:
            self.waited_seconds += time.monotonic() - asked
            if self.stopping.is_set():
                raise NoMoreTurns
            return await self.lease.execute(program)


@dataclass(eq=False, slots=True)
class Held:
    """A claim of ours, and how far it is."""

    claim: Claim
    left: dict[int, Claimed] = field(default_factory=dict)
    """Not begun."""
    at_work: dict[int, asyncio.Timeout] = field(default_factory=dict)
    """Begun, and what stops each."""

    def __post_init__(self) -> None:
        self.left = {one.id: one for one in self.claim.evaluations}

    def keep(self, ours: set[int]) -> None:
        """Stop and forget whatever is not ours any more."""
        self.left = {number: one for number, one in self.left.items() if number in ours}
        for number in [number for number in self.at_work if number not in ours]:
            self.at_work.pop(number).reschedule(0)

    @property
    def unfinished(self) -> list[int]:
        """Whatever has no result."""
        return [*self.at_work, *self.left]


@dataclass(frozen=True, slots=True)
class Ready:
    """An evaluation whose answer was read."""

    held: Held
    claimed: Claimed
    problem: Problem
    reading: Reading | None


class Work(Protocol):
    """What a slot needs of its worker."""

    stopping: asyncio.Event

    def ahead(self) -> int:
        """With how many unfinished the next claim is made."""

    async def more(self, owner: Owner) -> Claim | None:
        """The next claim, if it is this owner's turn."""

    def read(self, held: Held, portion: Sequence[Claimed]) -> list[Ready]:
        """Called in a thread."""

    async def judge(self, ready: Ready, turn: Turn) -> None:
        """Have it judged, and what came of it recorded."""


class Slot:
    """Works off claims of one owner in one lease."""

    def __init__(self, work: Work, claim: Claim) -> None:
        self.held = [Held(claim)]
        """Everything that may be unfinished."""
        self._work, self._owner = work, claim.owner
        self._ready: asyncio.Queue[Ready | None] = asyncio.Queue(READY)
        self._moved = asyncio.Event()

    @property
    def unfinished(self) -> int:
        """How many evaluations have no result."""
        return sum(len(held.left) + len(held.at_work) for held in self.held)

    async def work(self, lease: Executor) -> None:
        """Until it is another's turn, nothing comes any more, or we are to stop. What ``judge`` raises ends it."""
        taken = asyncio.Lock()
        tasks = [asyncio.create_task(self._feed())]
        tasks += [asyncio.create_task(self._judge_all(lease, taken)) for _ in range(HANDS)]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _feed(self) -> None:
        """Read the answers, and claim more when few are left."""
        held: Held | None = self.held[0]
        while held is not None:
            for portion in _portions(held.claim.evaluations):
                if self._work.stopping.is_set():
                    break
                for ready in await asyncio.to_thread(self._work.read, held, portion):
                    await self._ready.put(ready)
            held = await self._more()
        await self._ready.put(None)

    async def _more(self) -> Held | None:
        while self.unfinished > self._work.ahead() and not self._work.stopping.is_set():
            self._moved.clear()
            await self._moved.wait()
        claim = await self._work.more(self._owner)
        if claim is None:
            return None
        held = Held(claim)
        self.held = [*(one for one in self.held if one.unfinished), held]
        return held

    async def _judge_all(self, lease: Executor, taken: asyncio.Lock) -> None:
        while (ready := await self._ready.get()) is not None:
            if ready.claimed.id in ready.held.left and not self._work.stopping.is_set():
                await self._judge(ready, Turn(lease, taken, self._work.stopping))
            self._moved.set()
        self._ready.put_nowait(None)  # for the other one, which waits at the same empty queue

    async def _judge(self, ready: Ready, turn: Turn) -> None:
        """Judge one. Whatever ends it without a result leaves it among the unfinished, if it is still ours."""
        held, number, judged = ready.held, ready.claimed.id, False
        del held.left[number]
        try:
            async with asyncio.timeout(None) as stopper:
                held.at_work[number] = stopper
                await self._work.judge(ready, turn)
                judged = True
        except NoMoreTurns:
            pass
        except TimeoutError:
            if not stopper.expired():
                raise
        finally:
            if held.at_work.pop(number, None) is not None and not judged:
                held.left[number] = ready.claimed


def _portions(evaluations: Sequence[Claimed]) -> Iterator[Sequence[Claimed]]:
    yield evaluations[:FIRST_PORTION]
    for start in range(FIRST_PORTION, len(evaluations), PORTION):
        yield evaluations[start : start + PORTION]
