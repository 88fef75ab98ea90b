"""The validator's words: a Round of Requests to Miners, the Results it keeps, and the Scores it draws from them."""

from dataclasses import dataclass, field
from enum import StrEnum

from evaluator.protocol import Verdict
from validator.problems.protocol import Kind
from validator.problems.shares import Shares, shares


@dataclass(frozen=True, slots=True)
class Miner:
    """A neuron as it stood when the round was planned."""

    uid: int
    hotkey: str
    endpoint: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a round will do; everything in it follows from these."""

    seed: int
    problems: int
    samples: int
    """Completions asked of each miner for each problem."""
    deadline_seconds: float
    """For one whole answer."""
    shares: Shares = field(default_factory=shares)
    """How much each kind of problem counts; they sum to one."""
    languages: tuple[str, ...] = ("python",)
    """What answers are asked for in."""


@dataclass(frozen=True, slots=True)
class Round:
    """A planned round, as the database holds it."""

    id: int
    plan: Plan


class Sent(StrEnum):
    """What became of a request."""

    PENDING = "pending"
    ANSWERED = "answered"
    OVERLOADED = "overloaded"
    """The miner said 429: counted apart from failure and from silence."""
    FAILED = "failed"
    LEFT_OUT = "left_out"
    """Not put to the miner, which does not take problems of that kind: it earns nothing there."""
    WITHDRAWN = "withdrawn"
    """Not put to the miner, whose variant of it cannot be used: absent from every score."""

    @property
    def put(self) -> bool:
        """Whether the miner was, or is to be, asked."""
        return self not in (Sent.LEFT_OUT, Sent.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Request:
    """One problem put to one miner."""

    id: int
    miner: Miner
    task_id: str
    kind: Kind
    seed: int


@dataclass(frozen=True, slots=True)
class Stored:
    """A completion that awaits its verdict."""

    id: int
    task_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Result:
    """All that is known of one request: what scores are made of."""

    miner: Miner
    task_id: str
    kind: Kind
    sent: Sent
    latency_seconds: float | None
    error: str | None
    verdicts: tuple[Verdict, ...]
    unjudged: int
    """Completions that we, not the miner, failed to judge: absent from every score."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A central estimate and its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class KindScore:
    """What one miner showed in one kind of problem."""

    kind: Kind
    share: float
    """How much the kind counts in the round."""
    quality: Interval
    """Mean worth of its answers."""
    pass_at_k: Interval
    problems: int
    """How many were judged."""
    left_out: bool
    """It takes no problems of this kind."""


@dataclass(frozen=True, slots=True)
class Score:
    """One miner's score and every part of it. ``docs/design/scoring.md`` has the formula."""

    miner: Miner
    quality: Interval
    """Mean worth of its answers by kind, each kind with its share; pass@1 where there are no degrees."""
    pass_at_k: Interval
    """pass@k with k = the samples asked of each problem, by kind in the same way."""
    kinds: tuple[KindScore, ...]
    """Its parts, in the order of ``Kind``; kinds that the round has no problem of are not there."""
    reliability: float
    """Share of what was put to it that was answered."""
    speed: float
    latency_p50_seconds: float | None
    latency_p95_seconds: float | None
    total: float
    """quality x reliability x speed."""
    problem: str | None
    """Why requests went unanswered, the commonest reason; None when all were answered."""
