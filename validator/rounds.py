"""One round, the main line of the house: problem, request, completion, program, execution, verdict, score, weight.

Whatever is done is in the store before the next thing begins, so a round that was killed goes on from there.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from chain.errors import ChainError
from chain.protocol import Chain
from evaluator.daemon.protocol import Evaluations
from miner.client import MinerClient
from validator.errors import NoMiners, NoProblems
from validator.judging import Sandbox
from validator.problems.choosing import slots
from validator.problems.protocol import Recipe
from validator.problems.variants import variant
from validator.problems.verifying import fill
from validator.problems.workshop import Workshop
from validator.protocol import Miner, Plan, Round, Score
from validator.scoring import score
from validator.serving import Means, Service
from validator.store import Store
from validator.weights import weigh

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
    workshop: Workshop
    watch: Callable[[str, int, int], None] = lambda *_: None
    notes: list[str] = field(default_factory=list)
    evaluations: Evaluations | None = None
    """A daemon that judges; in ``sandbox`` unless there is one."""

    async def run_round(self, plan: Plan) -> Report:
        """Run the round that ``plan`` describes, or go on with the one that was interrupted.

        Raises NoMiners, NoProblems, UnknownTarget, ChainUnreachable, EngineUnavailable, NoWorkshop: then a round that
        was begun stays open, and the next call goes on.
        """
        self.notes.clear()
        interrupted = self.store.unfinished()
        round_ = interrupted or await self._begin(plan)
        recipes = self.store.recipes(round_)
        miners = {request.miner for request in self.store.requests(round_)}
        async with asyncio.TaskGroup() as tasks:
            for miner in sorted(miners, key=lambda miner: miner.uid):
                tasks.create_task(self._serve(round_, miner, recipes))
        scores = score(self.store.results(round_), round_.plan.samples, round_.plan.shares)
        weights = weigh(scores)
        self.store.record_scores(round_, scores, weights)
        self._set_weights(weights, resumed=interrupted is not None)
        self.store.finish(round_)
        self.notes += [f"uid {s.miner.uid} left requests unanswered: {s.problem}" for s in scores if s.problem]
        return Report(round_, scores, weights, tuple(self.notes))

    async def _begin(self, plan: Plan) -> Round:
        """Find the miners, draw and verify the problems, and plan every request."""
        neurons = (await asyncio.to_thread(self.chain.metagraph)).neurons
        miners = [Miner(n.uid, n.hotkey, n.endpoint) for n in neurons if n.endpoint and n.hotkey != self.hotkey]
        if not miners:
            raise NoMiners("no miner has announced an endpoint: start one with `lovelace miner serve`")
        places = slots(plan.seed, plan.problems, plan.shares, plan.languages, self.store.history())
        async with self.sandbox.lease() as lease:
            recipes = await fill(places, self.workshop, lease, self.watch, self.notes.append)
        if not recipes:
            raise NoProblems(f"not one of {len(places)} problems can be used; the last try: {self.notes[-1]}")
        return self.store.plan(plan, miners, recipes)

    async def _serve(self, round_: Round, miner: Miner, recipes: Mapping[str, Recipe]) -> None:
        """Everything that one miner is owed: its requests, then verdicts on its completions."""
        own = {
            task_id: (recipe, variant(self.store.secret, round_.id, miner.hotkey, recipe))
            for task_id, recipe in recipes.items()
        }
        means = Means(
            self.store, self.client, self.sandbox, self.workshop, self.watch, self.notes.append, self.evaluations
        )
        batch = f"{self.hotkey}:{round_.id}:{round_.plan.seed}:{miner.uid}"
        service = Service(means, round_, miner, own, batch)
        await service.dispatch()
        await service.judge()

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
