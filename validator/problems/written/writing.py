"""Problems asked of a model, one after the other, each proven in a container of its own before it is kept."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from evaluator.judging import Leases
from evaluator.protocol import Executor, Problem
from evaluator.sampling import Server, Unanswered
from evaluator.suites import Calls
from validator.problems.mutation import killed
from validator.problems.written import asking, checking
from validator.problems.written.protocol import Kept, Reason, Refusal, Written

WRONG = 3
"""Mutants that are kept."""


@dataclass(frozen=True, slots=True)
class Authors:
    """Who writes, and who solves; the same server may do both."""

    writer: Server
    solver: Server
    name: str
    """Of the model that writes."""
    solutions: int = 3
    """Independent ones, all of which must agree with the reference."""


async def write(authors: Authors, leases: Leases, asked: int, seen: frozenset[str]) -> AsyncIterator[Kept | Refusal]:
    """What comes of ``asked`` requests: each problem, or why it is refused. ``seen`` are behaviours known before.

    Raises NoSamples where no other request would do better, and what executors raise for failures of ours.
    """
    known = set(seen)
    for number in range(len(seen), len(seen) + asked):
        try:
            (answer, *_) = await _answers(authors.writer, asking.writing(number), 1, number)
            found = asking.understood(answer)
            if isinstance(found, Written):
                async with leases() as executor:
                    proven = await _proven(found, authors, executor, known)
                yield proven
                known |= {proven.behaviour} if isinstance(proven, Kept) else set()
            else:
                yield found
        except Unanswered as error:
            yield Refusal(Reason.UNANSWERED, str(error))


async def _proven(written: Written, authors: Authors, executor: Executor, known: set[str]) -> Kept | Refusal:
    problem = await checking.asked(written, executor)
    if isinstance(problem, Refusal):
        return problem
    behaviour = _behaviour(problem)
    if behaviour in known:
        return Refusal(Reason.REPEATED, f"{problem.entry_point} gives what an earlier one gave")
    tried = await checking.trials(problem, executor)
    if isinstance(tried, Refusal):
        return tried
    solutions = await _answers(authors.solver, asking.solving(problem), authors.solutions, 0)
    if (refusal := await checking.disagreement(problem, solutions, executor)) is not None:
        return refusal
    dead = killed(tried)
    return Kept(
        problem=problem,
        wrong=tuple(trial.mutant.source for trial in dead[:WRONG]),
        model=authors.name,
        mutants=len(tried),
        killed=len(dead),
        solutions=len(solutions),
        behaviour=behaviour,
    )


async def _answers(server: Server, text: str, count: int, seed: int) -> list[str]:
    """``count`` answers; a server that does not know ``n`` is asked again. Raises Unanswered, NoSamples."""
    found: list[str] = []
    while len(found) < count:
        choices = await server.complete(text, count - len(found), seed + len(found))
        found += [choice.message.content or "" for choice in choices]
    return found


def _behaviour(problem: Problem) -> str:
    """A digest of types, inputs and results."""
    assert isinstance(problem.tests, Calls)
    return hashlib.sha256(problem.tests.model_dump_json().encode()).hexdigest()
