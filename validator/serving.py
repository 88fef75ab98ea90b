"""What one miner is owed in a round: proven problems of its own, requests, verdicts on what it answers.

Whatever is done is in the store before the next thing begins.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass

from evaluator.daemon.protocol import Evaluations
from evaluator.protocol import Problem
from miner.client import MinerClient
from miner.errors import MinerError
from miner.protocol import Capacity
from validator.dispatch import Reply, ask, no_answer
from validator.judging import Found, Sandbox, by_daemon, in_sandbox
from validator.problems.protocol import Kind
from validator.problems.verifying import verified
from validator.problems.workshop import Asked, Workshop
from validator.protocol import Miner, Request, Round, Sent, Stored
from validator.store import Store

IN_FLIGHT = 16
"""Requests to one miner at once, however much capacity it announces."""


@dataclass(frozen=True, slots=True)
class Means:
    """What miners are served with. ``watch(stage, done, total)`` hears of progress, ``note`` of what went wrong."""

    store: Store
    client: MinerClient
    sandbox: Sandbox
    workshop: Workshop
    watch: Callable[[str, int, int], None]
    note: Callable[[str], None]
    evaluations: Evaluations | None


@dataclass(frozen=True, slots=True)
class Service:
    """One miner in one round. ``own`` is its variant of each task."""

    means: Means
    round: Round
    miner: Miner
    own: Mapping[str, Asked]
    batch: str
    """What a daemon that judges knows it by."""

    async def dispatch(self) -> None:
        """Put to it what has not been put yet. Raises EngineUnavailable, NoWorkshop."""
        store, plan = self.means.store, self.round.plan
        pending = store.pending(self.round, self.miner)
        if not pending:
            return
        try:
            capacity = await self.means.client.capacity(
                self.miner.endpoint, self.miner.hotkey, deadline_seconds=min(plan.deadline_seconds, 10.0)
            )
        except MinerError as error:
            for request in pending:
                store.record_reply(request, no_answer(error))
            return
        taken = await self._usable(self._taken(pending, capacity))
        in_flight = asyncio.Semaphore(min(capacity.concurrent_requests, IN_FLIGHT))
        done = 0

        async def put(request: Request) -> None:
            nonlocal done
            async with in_flight:
                problem = await self._problem(request.task_id)
                reply = await ask(
                    self.means.client, request, problem, samples=plan.samples, deadline_seconds=plan.deadline_seconds
                )
            store.record_reply(request, reply)
            done += 1
            self.means.watch(f"answers of uid {self.miner.uid}", done, len(taken))

        async with asyncio.TaskGroup() as tasks:
            for request in taken:
                tasks.create_task(put(request))

    async def judge(self) -> None:
        """Reach a verdict on every completion that has none. Raises EngineUnavailable, NoWorkshop, EvaluatorError."""
        awaiting = self.means.store.awaiting(self.round, self.miner)
        if not awaiting:
            return
        number = 0
        async for completion, found in self._verdicts(awaiting):
            if isinstance(found, str):
                self.means.store.record_unjudged(completion, found)
                self.means.note(f"a completion of uid {self.miner.uid} could not be judged: {found}")
            else:
                self.means.store.record_judgement(completion, found)
            number += 1
            self.means.watch(f"verdicts on uid {self.miner.uid}", number, len(awaiting))

    def _taken(self, pending: Sequence[Request], capacity: Capacity) -> list[Request]:
        """Those of the kinds that the miner takes; of the others it is recorded that it leaves them out."""
        unknown = sorted(set(capacity.leaves_out) - set(Kind))
        if unknown:
            self.means.note(f"uid {self.miner.uid} leaves out {unknown[0]!r:.80}, which is no kind of problem")
        for request in pending:
            if request.kind in capacity.leaves_out:
                self.means.store.record_reply(request, Reply(Sent.LEFT_OUT))
        return [request for request in pending if request.kind not in capacity.leaves_out]

    async def _usable(self, requests: Sequence[Request]) -> list[Request]:
        """Those whose variants are proven; the others are withdrawn."""
        usable: list[Request] = []
        waiting = iter(requests)
        async with self.means.sandbox.lease() as lease:
            async for finding in verified([self.own[one.task_id] for one in requests], self.means.workshop, lease):
                request = next(waiting)
                if finding.usable:
                    usable.append(request)
                else:
                    self.means.store.record_reply(request, Reply(Sent.WITHDRAWN, error=finding.fault))
                    if finding.made:
                        self.means.note(f"{request.task_id} is not put to uid {self.miner.uid}: {finding.fault}")
        return usable

    async def _problem(self, task_id: str) -> Problem:
        return (await self.means.workshop.make(*self.own[task_id])).problem

    def _verdicts(self, awaiting: Sequence[Stored]) -> AsyncIterator[Found]:
        if self.means.evaluations is None:
            return in_sandbox(self.means.sandbox, awaiting, self._problem)
        return by_daemon(self.means.evaluations, self.batch, self.miner.hotkey, awaiting, self._problem)
