"""One round, the main line of the house: problem, request, completion, program, execution, verdict, score, weight.

Whatever is done is in the store before the next thing begins, so a round that was killed goes on from there.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field

from chain.errors import ChainError
from chain.protocol import Chain
from evaluator import datasets
from evaluator.daemon.protocol import Evaluations
from evaluator.protocol import Problem
from miner.client import MinerClient
from miner.errors import MinerError
from validator import problems as sources
from validator.dispatch import ask, no_answer
from validator.errors import NoMiners
from validator.judging import Found, Sandbox, by_daemon, in_sandbox
from validator.protocol import Miner, Plan, Request, Round, Score, Stored
from validator.scoring import score
from validator.store import Store
from validator.weights import weigh

IN_FLIGHT = 16
"""Requests to one miner at once, however much capacity it announces."""
SAME = 1e-3
"""Weights read back from a chain are rounded to 16 bits."""


@dataclass(frozen=True, slots=True)
class Report:
    """A finished round. ``notes`` says what a person should know: who did not answer, why weights were not set."""

    round: Round
    scores: tuple[Score, ...]
    weights: dict[int, float]
    notes: tuple[str, ...]


@dataclass(slots=True)
class Validator:
    """What a round is run with. ``watch(stage, done, total)`` hears of progress."""

    hotkey: str
    chain: Chain
    store: Store
    client: MinerClient
    sandbox: Sandbox
    watch: Callable[[str, int, int], None] = lambda *_: None
    notes: list[str] = field(default_factory=list)
    evaluations: Evaluations | None = None
    """A daemon that judges; in ``sandbox`` unless there is one."""

    async def run_round(self, plan: Plan) -> Report:
        """Run the round that ``plan`` describes, or go on with the one that was interrupted.

        Raises NoMiners, ChainUnreachable, EngineUnavailable: then the round stays open, and the next call goes on.
        """
        self.notes.clear()
        interrupted = self.store.unfinished()
        round_ = interrupted or await self._begin(plan)
        requests = self.store.requests(round_)
        known = {problem.task_id: problem for problem in datasets.load("humaneval")}
        async with asyncio.TaskGroup() as tasks:
            for miner in sorted({request.miner for request in requests}, key=lambda miner: miner.uid):
                tasks.create_task(self._serve(round_, miner, known))
        scores = score(self.store.results(round_), round_.plan.samples)
        weights = weigh(scores)
        self.store.record_scores(round_, scores, weights)
        self._set_weights(weights, resumed=interrupted is not None)
        self.store.finish(round_)
        self.notes += [f"uid {s.miner.uid} left requests unanswered: {s.problem}" for s in scores if s.problem]
        return Report(round_, scores, weights, tuple(self.notes))

    async def _begin(self, plan: Plan) -> Round:
        """Draw and verify the problems, find the miners, and plan every request."""
        neurons = (await asyncio.to_thread(self.chain.metagraph)).neurons
        miners = [Miner(n.uid, n.hotkey, n.endpoint) for n in neurons if n.endpoint and n.hotkey != self.hotkey]
        if not miners:
            raise NoMiners("no miner has announced an endpoint: start one with `lovelace miner serve`")
        drawn = sources.choose(plan.seed, plan.problems)
        usable = []
        async with self.sandbox.lease() as lease:
            for number, problem in enumerate(drawn, 1):
                if await sources.verify(problem, lease):
                    usable.append(problem)
                else:
                    self.notes.append(f"{problem.task_id} is not used: its own tests do not tell right from wrong")
                self.watch("problems verified", number, len(drawn))
        return self.store.plan(plan, miners, usable)

    async def _serve(self, round_: Round, miner: Miner, known: dict[str, Problem]) -> None:
        """Everything that one miner is owed: its requests, then verdicts on its completions."""
        await self._dispatch(round_, miner, known)
        await self._judge(round_, miner, known)

    async def _dispatch(self, round_: Round, miner: Miner, known: dict[str, Problem]) -> None:
        pending = self.store.pending(round_, miner)
        if not pending:
            return
        plan = round_.plan
        try:
            capacity = await self.client.capacity(
                miner.endpoint, miner.hotkey, deadline_seconds=min(plan.deadline_seconds, 10.0)
            )
        except MinerError as error:
            for request in pending:
                self.store.record_reply(request, no_answer(error))
            return
        done = 0
        in_flight = asyncio.Semaphore(min(capacity.concurrent_requests, IN_FLIGHT))

        async def put(request: Request) -> None:
            async with in_flight:
                problem = known[request.task_id]
                reply = await ask(
                    self.client, request, problem, samples=plan.samples, deadline_seconds=plan.deadline_seconds
                )
            self.store.record_reply(request, reply)
            nonlocal done
            done += 1
            self.watch(f"answers of uid {miner.uid}", done, len(pending))

        async with asyncio.TaskGroup() as tasks:
            for request in pending:
                tasks.create_task(put(request))

    async def _judge(self, round_: Round, miner: Miner, known: dict[str, Problem]) -> None:
        awaiting = self.store.awaiting(round_, miner)
        if not awaiting:
            return
        number = 0
        async for completion, found in self._verdicts(round_, miner, awaiting, known):
            if isinstance(found, str):
                self.store.record_unjudged(completion, found)
                self.notes.append(f"a completion of uid {miner.uid} could not be judged: {found}")
            else:
                self.store.record_judgement(completion, found)
            number += 1
            self.watch(f"verdicts on uid {miner.uid}", number, len(awaiting))

    def _verdicts(
        self, round_: Round, miner: Miner, awaiting: Sequence[Stored], known: dict[str, Problem]
    ) -> AsyncIterator[Found]:
        if self.evaluations is None:
            return in_sandbox(self.sandbox, awaiting, known)
        batch = f"{self.hotkey}:{round_.id}:{round_.plan.seed}:{miner.uid}"
        return by_daemon(self.evaluations, batch, miner.hotkey, awaiting, known)

    def _set_weights(self, weights: dict[int, float], *, resumed: bool) -> None:
        """Set ``weights`` once: a validator killed between setting and recording finds them set."""
        if not weights:
            self.notes.append("no weights set: nobody earned anything")
        elif not (resumed and _same(self.chain.weights(self.hotkey), weights)):
            try:
                self.chain.set_weights(self.hotkey, weights)
            except ChainError as error:
                self.notes.append(f"no weights set: {error}")


def _same(found: dict[int, float], wanted: dict[int, float]) -> bool:
    return all(abs(found.get(uid, 0.0) - wanted.get(uid, 0.0)) < SAME for uid in _keys(found, wanted))


def _keys(*tables: dict[int, float]) -> Iterable[int]:
    return {uid for table in tables for uid in table}
