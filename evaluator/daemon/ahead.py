"""The answers of a claim, read some at a time while those before them are judged."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evaluator import judging
from evaluator.daemon.queue import Claimed
from evaluator.judging import Reading
from evaluator.protocol import Problem

PORTION = 16
"""A way to a thread and back costs as much as reading an answer."""


@dataclass(frozen=True, slots=True)
class Read:
    """What is known of an evaluation before it is judged."""

    problem: Problem
    reading: Reading | None


class Ahead:
    """Of one claim. Close it: it may be reading what nobody wants any more."""

    def __init__(self, problem: Callable[[str], Problem], evaluations: Sequence[Claimed]) -> None:
        """``problem`` finds one by its digest; it is called in threads."""
        self._problem = problem
        self._portions = [evaluations[start : start + PORTION] for start in range(0, len(evaluations), PORTION)]
        self._place = {one.id: place for place, portion in enumerate(self._portions) for one in portion}
        self._begun: dict[int, asyncio.Task[dict[int, Read]]] = {}

    async def read(self, evaluation: int) -> Read:
        """What is known of it; the next portion is begun. Raises what finding its problem does."""
        place = self._place[evaluation]
        for number in (place, place + 1):
            if number not in self._begun and number < len(self._portions):
                self._begun[number] = asyncio.create_task(asyncio.to_thread(self._read, self._portions[number]))
        return (await self._begun[place])[evaluation]

    async def close(self) -> None:
        """What is being read is of no use any more."""
        for task in self._begun.values():
            task.cancel()
        await asyncio.gather(*self._begun.values(), return_exceptions=True)

    def _read(self, portion: Sequence[Claimed]) -> dict[int, Read]:
        problems = [(one, self._problem(one.problem_digest)) for one in portion]
        return {one.id: Read(problem, judging.read(problem, one.completion)) for one, problem in problems}
