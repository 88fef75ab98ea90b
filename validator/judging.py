"""Verdicts on one miner's completions: in the validator's own sandbox, or by an evaluator daemon.

Either way the miner's code shares no container with anybody else's.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import tenacity

from evaluator.daemon.protocol import Entry, Evaluations, Lane, Submission
from evaluator.errors import Ungradable
from evaluator.judging import Judgement, judge
from evaluator.protocol import Executor, Problem
from sandbox.errors import ContainerLost, Overloaded
from validator.errors import NoWorkshop, ValidatorError
from validator.protocol import Stored

PATIENCE_SECONDS = 3600.0
"""How long a validator waits for room in a daemon's queue."""
Found = tuple[Stored, Judgement | str]
"""What was found out about a completion; words where it could not be judged."""
Known = Callable[[str], Awaitable[Problem]]
"""The problem of a task as one miner gets it. Raises ValidatorError where it cannot be made again."""


class Sandbox(Protocol):
    """What a round needs of a sandbox: a container of its own for each miner's batch."""

    def lease(self) -> AbstractAsyncContextManager[Executor]:
        """A lease, as long as the context lasts."""


async def in_sandbox(sandbox: Sandbox, awaiting: Sequence[Stored], known: Known) -> AsyncIterator[Found]:
    """Judge one after another in a lease. Raises EngineUnavailable, NoWorkshop."""
    async with sandbox.lease() as lease:
        for completion in awaiting:
            try:
                yield completion, await judge(await known(completion.task_id), completion.text, lease)
            except NoWorkshop:
                raise
            except (ContainerLost, Ungradable, ValidatorError) as error:
                yield completion, str(error)


async def by_daemon(
    evaluations: Evaluations, batch: str, author: str, awaiting: Sequence[Stored], known: Known
) -> AsyncIterator[Found]:
    """Have them judged as ``batch``, which may have been submitted before. Raises EvaluatorError, Overloaded.

    Raises ValidatorError if a problem cannot be made again.
    """
    entries = tuple(Entry(task_id=one.task_id, completion=one.text, key=str(one.id), author=author) for one in awaiting)
    tasks = sorted({one.task_id for one in awaiting})
    problems = [(await known(task_id)).model_copy(update={"task_id": task_id}) for task_id in tasks]
    submission = Submission(evaluations=entries, problems=tuple(problems), batch=batch, lane=Lane.SYNTHETIC)
    await tenacity.AsyncRetrying(
        retry=tenacity.retry_if_exception_type(Overloaded),
        wait=_as_told,
        stop=tenacity.stop_after_delay(PATIENCE_SECONDS),
        reraise=True,
    )(evaluations.submit, submission)
    waiting = {str(one.id): one for one in awaiting}
    async for outcome in evaluations.outcomes(batch):
        completion = waiting.pop(outcome.key, None)
        if completion is None:
            continue  # it was recorded before the round was interrupted
        if outcome.verdict is None:
            yield completion, outcome.reason or str(outcome.state)
            continue
        (known_of_it,) = await evaluations.details([outcome.evaluation])
        yield completion, Judgement(known_of_it.code, known_of_it.execution, outcome.verdict)


def _as_told(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    return float(error.retry_after) if isinstance(error, Overloaded) else 1.0
