"""What the database tells: how far a batch is, what came of its evaluations, how the whole is doing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evaluator.daemon import queue
from evaluator.daemon.errors import NothingSuch
from evaluator.daemon.protocol import Evaluation, Lane, Outcome, Outcomes, Progress, State
from evaluator.daemon.store import Database, Tables
from evaluator.protocol import Problem, Verdict
from sandbox.protocol import Execution

OUTCOME = (
    "SELECT o.number, o.evaluation_id, e.key, o.state, o.verdict, o.reason, o.attempts, o.seconds FROM outcome o"
    " JOIN evaluation e ON e.id = o.evaluation_id"
)
RECENT = 1000
"""How many of the last outcomes the slowest are looked for among."""
SHOWN = 10


def progress(database: Database, submitter: str, batch: str) -> Progress:
    """How far a batch is. Raises NothingSuch."""
    return database.read(lambda tables: _progress(tables, batch, _batch(tables, submitter, batch)))


def outcomes(database: Database, submitter: str, batch: str, after: int, most: int) -> Outcomes:
    """Up to ``most`` outcomes with numbers above ``after``, in the order of their recording. Raises NothingSuch."""

    def look(tables: Tables) -> Outcomes:
        number = _batch(tables, submitter, batch)
        rows = tables.rows(f"{OUTCOME} WHERE o.batch_id = :batch AND o.number > :after ORDER BY o.number LIMIT :most",
                           batch=number, after=after, most=most)  # fmt: skip
        left = tables.value("SELECT 1 FROM ticket WHERE batch_id = :batch LIMIT 1", batch=number)
        return Outcomes(outcomes=tuple(map(_outcome, rows)), done=left is None and len(rows) < most)

    return database.read(look)


def evaluation(database: Database, submitter: str, number: int) -> Evaluation:
    """All that is known of one. Raises NothingSuch."""
    return database.read(lambda tables: _evaluation(tables, submitter, number))


def cancel_batch(database: Database, submitter: str, batch: str) -> int:
    """How many of a batch were waited for, and no more are. Raises NothingSuch."""

    def work(tables: Tables) -> int:
        rows = tables.rows("SELECT evaluation_id FROM ticket WHERE batch_id = :batch",
                           batch=_batch(tables, submitter, batch))  # fmt: skip
        ids = [row.evaluation_id for row in rows]
        return sum(queue.cancel(tables, "", ids[start : start + 500]) for start in range(0, len(ids), 500))

    return database.write(work)


def cancel(database: Database, submitter: str, number: int) -> int:
    """Whether it was waited for: 1, or 0. Raises NothingSuch."""

    def work(tables: Tables) -> int:
        _evaluation(tables, submitter, number)
        return queue.cancel(tables, "", [number])

    return database.write(work)


def problem(database: Database, digest: str) -> Problem:
    """The problem with this digest."""
    text = database.read(lambda tables: tables.value("SELECT problem FROM problem WHERE digest = :d", d=digest))
    return Problem.model_validate_json(text)


@dataclass(frozen=True, slots=True)
class Worker:
    """What a worker said last."""

    name: str
    pid: int
    slots: int
    silent_seconds: float
    trouble: str | None


@dataclass(frozen=True, slots=True)
class Slow:
    """One of the slowest of the latest outcomes."""

    evaluation: int
    task_id: str
    outcome: str
    seconds: float


@dataclass(frozen=True, slots=True)
class FaultSeen:
    """A failure of ours."""

    evaluation: int
    code: str
    message: str
    seconds_ago: float


@dataclass(frozen=True, slots=True)
class Condition:
    """How the whole is doing."""

    waiting: dict[Lane, int]
    running: int
    oldest_seconds: float
    """How long the one that waits longest has been due."""
    last_minute: int
    outcomes: dict[str, int]
    """Ever, by the verdict's status or the state."""
    faults: dict[str, int]
    workers: tuple[Worker, ...]


def condition(tables: Tables) -> Condition:
    """How the whole is doing now."""
    now = tables.now()
    waiting = {row.lane: row for row in tables.rows(
        "SELECT lane, count(*) AS number, min(due) AS due FROM ticket WHERE claim IS NULL GROUP BY lane")}  # fmt: skip
    tallies = tables.rows("SELECT kind, name, amount FROM tally ORDER BY name")
    workers = tables.rows("SELECT name, pid, slots, seen, trouble FROM worker ORDER BY started")
    return Condition(
        waiting={lane: waiting[index].number if index in waiting else 0 for index, lane in enumerate(queue.LANES)},
        running=tables.value("SELECT count(*) FROM ticket WHERE claim IS NOT NULL"),
        oldest_seconds=max([0.0, *(now - row.due for row in waiting.values())]),
        last_minute=tables.value("SELECT count(*) FROM outcome WHERE finished > :since", since=now - 60),
        outcomes={row.name: row.amount for row in tallies if row.kind == "outcome"},
        faults={row.name: row.amount for row in tallies if row.kind == "fault"},
        workers=tuple(Worker(row.name, row.pid, row.slots, now - row.seen, row.trouble) for row in workers),
    )


def slowest(tables: Tables) -> tuple[Slow, ...]:
    """Of the latest outcomes."""
    rows = tables.rows(
        "SELECT o.evaluation_id, e.task_id, coalesce(o.status, o.state) AS outcome, o.seconds FROM"
        " (SELECT * FROM outcome ORDER BY number DESC LIMIT :recent) o JOIN evaluation e ON e.id = o.evaluation_id"
        " ORDER BY o.seconds DESC LIMIT :shown",
        recent=RECENT, shown=SHOWN,
    )  # fmt: skip
    return tuple(Slow(*tuple(row)) for row in rows)


def faults(tables: Tables) -> tuple[FaultSeen, ...]:
    """The latest failures of ours."""
    now = tables.now()
    rows = tables.rows(
        "SELECT evaluation_id, code, message, happened FROM fault ORDER BY id DESC LIMIT :shown", shown=SHOWN
    )
    return tuple(FaultSeen(row.evaluation_id, row.code, row.message, now - row.happened) for row in rows)


def _batch(tables: Tables, submitter: str, batch: str) -> int:
    found = tables.value("SELECT id FROM batch WHERE submitter = :submitter AND name = :name",
                         submitter=submitter, name=batch)  # fmt: skip
    if found is None:
        raise NothingSuch(f"you have no batch called {batch!r}")
    return int(found)


def _progress(tables: Tables, batch: str, number: int) -> Progress:
    states = dict.fromkeys(State, 0)
    for row in tables.rows(
        "SELECT state, count(*) AS number FROM outcome WHERE batch_id = :b GROUP BY state", b=number
    ):
        states[State(row.state)] = row.number
    for row in tables.rows(
        "SELECT claim IS NULL AS waits, count(*) AS number FROM ticket WHERE batch_id = :b GROUP BY claim IS NULL",
        b=number,
    ):
        states[State.WAITING if row.waits else State.RUNNING] = row.number
    return Progress(batch=batch, total=sum(states.values()), states=states)


def _evaluation(tables: Tables, submitter: str, number: int) -> Evaluation:
    rows = tables.rows(
        "SELECT e.id, b.name, e.key, e.task_id, e.author, t.claim, t.attempts, t.evaluation_id AS ticket"
        " FROM evaluation e"
        " JOIN batch b ON b.id = e.batch_id LEFT JOIN ticket t ON t.evaluation_id = e.id"
        " WHERE e.id = :id AND b.submitter = :submitter",
        id=number, submitter=submitter,
    )  # fmt: skip
    if not rows:
        raise NothingSuch(f"you have no evaluation {number}")
    (row,) = rows
    known = {"id": row.id, "batch": row.name, "key": row.key, "task_id": row.task_id, "author": row.author}
    if row.ticket is not None:
        state = State.WAITING if row.claim is None else State.RUNNING
        return Evaluation(**known, state=state, attempts=row.attempts)
    (found,) = tables.rows(f"{OUTCOME} WHERE o.evaluation_id = :id", id=number)
    (kept,) = tables.rows("SELECT code, facts FROM outcome WHERE evaluation_id = :id", id=number)
    outcome = _outcome(found)
    return Evaluation(
        **known, state=outcome.state, attempts=outcome.attempts, outcome=outcome,
        code=None if kept.code is None else bytes(kept.code).decode(),
        execution=None if kept.facts is None else Execution.model_validate_json(kept.facts),
    )  # fmt: skip


def _outcome(row: Any) -> Outcome:
    verdict = None if row.verdict is None else Verdict.model_validate_json(row.verdict)
    return Outcome(
        number=row.number, evaluation=row.evaluation_id, key=row.key, state=State(row.state), verdict=verdict,
        reason=row.reason, attempts=row.attempts, seconds=row.seconds,
    )  # fmt: skip


def evaluations(database: Database, submitter: str, numbers: Sequence[int]) -> tuple[Evaluation, ...]:
    """All that is known of these, in their order. Raises NothingSuch."""
    return database.read(lambda tables: tuple(_evaluation(tables, submitter, number) for number in numbers))


def condition_of(database: Database) -> Condition:
    """How the whole is doing. Raises DatabaseUnavailable."""
    return database.read(condition)
