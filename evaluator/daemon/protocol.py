"""The daemon's words: a Submission goes in, an Outcome for each of its evaluations comes out.

An evaluation is known by its batch and its key, which its submitter chooses: whoever sends it again, because an answer
was lost, asks for nothing new.
"""

from collections.abc import AsyncIterator, Sequence
from enum import StrEnum
from typing import Annotated, Protocol

from pydantic import AfterValidator, Field

from evaluator.protocol import Problem, Verdict
from evaluator.suites import Message
from sandbox.protocol import Execution

MOST_AT_ONCE = 10_000


def _printable(name: str) -> str:
    if not name.isprintable():
        raise ValueError(f"expected printable characters, got {name!r}")
    return name


Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_printable)]

BatchName = Annotated[str, Field(max_length=200, pattern=r"^[\w:@+-][\w:@+.-]*$")]
"""It is part of addresses."""


class Lane(StrEnum):
    """What waits for whom: no synthetic evaluation begins while an organic one waits."""

    ORGANIC = "organic"
    SYNTHETIC = "synthetic"


class State(StrEnum):
    """How far an evaluation is. The last three are for ever."""

    WAITING = "waiting"
    RUNNING = "running"
    JUDGED = "judged"
    UNJUDGED = "unjudged"
    """We failed, or its tests cannot bear a verdict: ``reason`` says which. It counts neither for nor against it."""
    CANCELLED = "cancelled"


class Entry(Message):
    """One completion to be judged."""

    task_id: Name
    """Of one of the submission's problems."""
    completion: str
    key: Name | None = None
    """Its name in the batch; a random one unless given."""
    author: Annotated[str, Field(max_length=200), AfterValidator(_printable)] = ""
    """Whose code it is. Authors never share a container; what has none is the submitter's own."""


class Submission(Message):
    """Completions with the problems that they are answers to. A batch may be added to by another one."""

    evaluations: tuple[Entry, ...] = Field(min_length=1, max_length=MOST_AT_ONCE)
    problems: tuple[Problem, ...] = ()
    benchmark: str | None = None
    """Its problems can be answered too."""
    batch: BatchName | None = None
    """A random one unless given."""
    lane: Lane = Lane.ORGANIC
    """Of the batch; what was said first holds."""


class Accepted(Message):
    """A submission is in the database: it will be judged, whatever process dies."""

    batch: str
    evaluations: tuple[int, ...]
    """Ids, in the order of the submission."""
    new: int
    """How many of them were not known before."""


class Outcome(Message):
    """What became of an evaluation. ``number`` counts all outcomes of a daemon, in the order of their recording."""

    number: int
    evaluation: int
    key: str
    state: State
    verdict: Verdict | None = None
    reason: str | None = None
    attempts: int
    seconds: float
    """From its turn to its verdict."""


class Evaluation(Message):
    """All that is known of one evaluation."""

    id: int
    batch: str
    key: str
    task_id: str
    author: str
    state: State
    attempts: int
    outcome: Outcome | None = None
    code: str | None = None
    """What was cut out of the completion."""
    execution: Execution | None = None
    """The facts; streams above 64 KiB are cut, and what was cut is counted as dropped."""


class Progress(Message):
    """How far a batch is: every state has its number."""

    batch: str
    total: int
    states: dict[State, int]

    @property
    def done(self) -> bool:
        """Whether there is an outcome for each."""
        return self.states[State.WAITING] + self.states[State.RUNNING] == 0


class Outcomes(Message):
    """Some outcomes of a batch; ask for more ``after`` the last one's number."""

    outcomes: tuple[Outcome, ...]
    done: bool
    """No more will come, unless the batch is added to."""


class Evaluations(Protocol):
    """What a program that wants completions judged needs: in process (``local``) or over HTTP (``client``)."""

    async def submit(self, submission: Submission) -> Accepted:
        """Have them judged. Raises Overloaded, KeyTaken, DatabaseUnavailable, DaemonUnreachable."""

    def outcomes(self, batch: str, after: int = 0) -> AsyncIterator[Outcome]:
        """Each once, in the order in which they are recorded, until there is one for every evaluation."""

    async def details(self, evaluations: Sequence[int]) -> tuple[Evaluation, ...]:
        """All that is known of these, in their order. Raises NothingSuch."""

    async def cancel(self, batch: str) -> int:
        """How many were still waited for, and no more are. Raises NothingSuch."""
