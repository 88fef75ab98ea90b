"""The queue: claimed with a lease, recorded exactly once, whatever process dies when.

A ticket is there as long as its evaluation has no outcome. Claiming it is a lease: a worker that falls silent loses it.
Recording deletes the ticket and writes the outcome in one transaction, and only by the claim that the ticket bears: of
two workers that judged the same evaluation, one has recorded it and the other has nothing to delete. The unique key of
``outcome`` would refuse a second one even so.

Whose turn it is: organic before synthetic; then the submitter that has the fewest in work; among equals the one that
was served longest ago. A claim holds evaluations of one author, so that its container is that author's alone.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from evaluator.daemon.protocol import Lane, State
from evaluator.daemon.store import Database, Row, Tables

LANES = tuple(Lane)
LOOKED_AT = 256
"""How far a claim looks for more of the same author."""
SUSPECT_ATTEMPTS = 2
"""What had so many turns without an outcome is claimed alone from then on."""
FEWEST, SHARES = 4, 4
"""Of few that wait, a claim takes a quarter and leaves the others to whoever else is idle; but not fewer than these."""
CLAIM_BYTES = 32 * 1024 * 1024
FAULT_SECONDS = 2.0
"""After the first fault of ours an evaluation rests so long, then twice as long each time, up to a minute."""


Owner = tuple[str, str]
"""A submitter, and one of its authors: nobody else's evaluations share a container with theirs."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """One evaluation that a worker has to judge."""

    id: int
    batch_id: int
    task_id: str
    problem_digest: str
    completion: str
    attempts: int
    """This one counted."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Evaluations of one author, leased to one worker."""

    token: str
    submitter: str
    author: str
    evaluations: tuple[Claimed, ...]

    @property
    def owner(self) -> Owner:
        """Whose they are."""
        return self.submitter, self.author


@dataclass(frozen=True, slots=True)
class Result:
    """What a worker found out about an evaluation that it has claimed."""

    token: str
    evaluation: int
    batch_id: int
    state: State
    attempts: int
    seconds: float
    status: str | None = None
    verdict: str | None = None
    reason: str | None = None
    code: bytes | None = None
    facts: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """A failure of ours, which is no outcome yet."""

    token: str
    evaluation: int
    code: str
    message: str


def claim(database: Database, most: int, seconds: float, owner: Owner | None = None) -> Claim | None:
    """Lease up to ``most`` evaluations for ``seconds``; None if nothing waits.

    Asked for one ``owner``'s when it is another's turn, it leases nothing: the claim is the other's, and empty.
    """
    found: Claim | None = database.write(lambda tables: _claim(tables, most, seconds, owner))
    return found


def record(database: Database, worker: str, results: Sequence[Result]) -> set[int]:
    """Write the outcomes; of which evaluations. The others are done, cancelled or another worker's by now."""
    return database.write(lambda tables: _record(tables, worker, results))


def renew(database: Database, tokens: Sequence[str], seconds: float) -> set[int]:
    """Lease the claims for ``seconds`` from now; the evaluations that are still theirs."""
    if not tokens:
        return set()

    def work(tables: Tables) -> set[int]:
        rows = tables.rows(
            "UPDATE ticket SET until = :until WHERE claim IN :tokens RETURNING evaluation_id",
            until=tables.now() + seconds, tokens=list(tokens),
        )  # fmt: skip
        return {row.evaluation_id for row in rows}

    return database.write(work)


def release(database: Database, token: str, evaluations: Sequence[int]) -> None:
    """Give evaluations back that were not begun, or not through their own doing: the turn does not count."""
    if evaluations:
        database.write(
            lambda tables: tables.run(
                "UPDATE ticket SET claim = NULL, until = NULL, attempts = attempts - 1"
                " WHERE claim = :token AND evaluation_id IN :evaluations",
                token=token, evaluations=list(evaluations),
            )
        )  # fmt: skip


def fail(database: Database, worker: str, fault: Fault) -> None:
    """Give an evaluation back that we failed at: it rests for a while, and the fault is remembered."""
    database.write(lambda tables: _fail(tables, worker, fault))


def expire(database: Database, attempts: int) -> int:
    """Take from silent workers what they had, how many; what has had so many ``attempts`` is not tried again."""
    return database.write(lambda tables: _expire(tables, attempts))


def cancel(tables: Tables, worker: str, ids: Sequence[int]) -> int:
    """Of these, whatever has no outcome gets CANCELLED for one; how many. A worker hears of it when it renews."""
    return len(_settle(tables, worker, ids, State.CANCELLED, "its submitter cancelled it"))


def _claim(tables: Tables, most: int, seconds: float, owner: Owner | None) -> Claim | None:
    now = tables.now()
    for lane in range(len(LANES)):
        submitter = tables.value(
            "SELECT s.name FROM submitter s WHERE EXISTS"
            " (SELECT 1 FROM ticket t WHERE t.lane = :lane AND t.submitter = s.name AND t.claim IS NULL"
            " AND t.due <= :now)"
            " ORDER BY (SELECT count(*) FROM ticket r WHERE r.submitter = s.name AND r.claim IS NOT NULL), s.served"
            " LIMIT 1",
            lane=lane, now=now,
        )  # fmt: skip
        if submitter is not None:
            waiting = _waiting(tables, lane, submitter, now)
            if owner not in (None, (submitter, waiting[0].author)):
                return Claim("", submitter, waiting[0].author, ())
            return _lease(tables, submitter, waiting[0].author, _choose(waiting, most), now, seconds)
    return None


def _waiting(tables: Tables, lane: int, submitter: str, now: float) -> Sequence[Row]:
    """The first of a submitter's that are due."""
    return tables.rows(
        "SELECT evaluation_id, author, size, attempts FROM ticket WHERE lane = :lane AND submitter = :submitter"
        " AND claim IS NULL AND due <= :now ORDER BY due, evaluation_id LIMIT :looked",
        lane=lane, submitter=submitter, now=now, looked=LOOKED_AT,
    )  # fmt: skip


def _lease(tables: Tables, submitter: str, author: str, chosen: list[int], now: float, seconds: float) -> Claim:
    token = secrets.token_hex(8)
    tables.run(
        "UPDATE ticket SET claim = :token, until = :until, attempts = attempts + 1 WHERE evaluation_id IN :chosen",
        token=token, until=now + seconds, chosen=chosen,
    )  # fmt: skip
    tables.run("UPDATE submitter SET served = :now WHERE name = :submitter", now=now, submitter=submitter)
    rows = tables.rows(
        "SELECT e.id, e.batch_id, e.task_id, e.problem_digest, e.completion, t.attempts FROM evaluation e"
        " JOIN ticket t ON t.evaluation_id = e.id WHERE e.id IN :chosen ORDER BY t.due, e.id",
        chosen=chosen,
    )
    return Claim(token, submitter, author, tuple(_claimed(*tuple(row)) for row in rows))


def _choose(waiting: Sequence[Row], most: int) -> list[int]:
    """The first, and others of its author. A suspect alone: what workers die of must not take others along."""
    first, chosen, size = waiting[0], list[int](), 0
    most = min(most, max(FEWEST, len(waiting) // SHARES))
    if first.attempts >= SUSPECT_ATTEMPTS:
        return [first.evaluation_id]
    for row in waiting:
        fits = len(chosen) < most and (not chosen or size + row.size <= CLAIM_BYTES)
        if row.author == first.author and row.attempts < SUSPECT_ATTEMPTS and fits:
            chosen.append(row.evaluation_id)
            size += row.size
    return chosen


def _claimed(id_: int, batch: int, task_id: str, digest: str, completion: bytes, attempts: int) -> Claimed:
    return Claimed(id_, batch, task_id, digest, bytes(completion).decode(), attempts)


def _record(tables: Tables, worker: str, results: Sequence[Result]) -> set[int]:
    ours: set[tuple[int, str]] = set()
    for token in {result.token for result in results}:  # each by its own: a worker may have claimed one of them anew
        ids = [result.evaluation for result in results if result.token == token]
        gone = tables.rows(
            "DELETE FROM ticket WHERE claim = :token AND evaluation_id IN :ids RETURNING evaluation_id",
            token=token, ids=ids,
        )  # fmt: skip
        ours |= {(row.evaluation_id, token) for row in gone}
    now = tables.now()
    mine = {result.evaluation: result for result in results if (result.evaluation, result.token) in ours}
    tables.each(
        "INSERT INTO outcome (evaluation_id, batch_id, state, status, verdict, reason, code, facts, attempts, worker,"
        " seconds, finished) VALUES (:evaluation, :batch, :state, :status, :verdict, :reason, :code, :facts, :attempts,"
        " :worker, :seconds, :now)",
        [
            {
                "evaluation": result.evaluation, "batch": result.batch_id, "state": str(result.state),
                "status": result.status, "verdict": result.verdict, "reason": result.reason, "code": result.code,
                "facts": result.facts, "attempts": result.attempts, "worker": worker, "seconds": result.seconds,
                "now": now,
            }
            for result in mine.values()
        ],
    )  # fmt: skip
    for name in {result.status or str(result.state) for result in mine.values()}:
        count(tables, "outcome", name, sum((one.status or str(one.state)) == name for one in mine.values()))
    return set(mine)


def _fail(tables: Tables, worker: str, fault: Fault) -> None:
    attempts = tables.value(
        "SELECT attempts FROM ticket WHERE evaluation_id = :id AND claim = :token",
        id=fault.evaluation, token=fault.token,
    )  # fmt: skip
    if attempts is None:
        return
    now = tables.now()
    tables.run(
        "UPDATE ticket SET claim = NULL, until = NULL, due = :due WHERE evaluation_id = :id",
        due=now + min(60.0, FAULT_SECONDS * 2 ** (attempts - 1)), id=fault.evaluation,
    )  # fmt: skip
    _remember(tables, worker, fault.evaluation, fault.code, fault.message, now)


def _remember(tables: Tables, worker: str, evaluation: int, code: str, message: str, now: float) -> None:
    tables.run(
        "INSERT INTO fault (evaluation_id, worker, code, message, happened)"
        " VALUES (:evaluation, :worker, :code, :message, :now)",
        evaluation=evaluation, worker=worker, code=code, message=message[:400], now=now,
    )  # fmt: skip
    count(tables, "fault", code, 1)


def _expire(tables: Tables, attempts: int) -> int:
    now = tables.now()
    lost = tables.rows(
        "UPDATE ticket SET claim = NULL, until = NULL WHERE claim IS NOT NULL AND until < :now"
        " RETURNING evaluation_id, attempts",
        now=now,
    )
    for row in lost:
        _remember(tables, "", row.evaluation_id, "worker_lost", "its worker fell silent", now)
    spent = [row.evaluation_id for row in lost if row.attempts >= attempts]
    _settle(tables, "", spent, State.UNJUDGED, f"its workers fell silent {attempts} times")
    return len(lost)


def _settle(tables: Tables, worker: str, ids: Sequence[int], state: State, reason: str) -> list[int]:
    """Give ``state`` to those of ``ids`` that have no outcome."""
    if not ids:
        return []
    gone = tables.rows(
        "DELETE FROM ticket WHERE evaluation_id IN :ids RETURNING evaluation_id, batch_id, attempts", ids=list(ids)
    )
    now = tables.now()
    tables.each(
        "INSERT INTO outcome (evaluation_id, batch_id, state, reason, attempts, worker, seconds, finished)"
        " VALUES (:evaluation, :batch, :state, :reason, :attempts, :worker, 0, :now)",
        [
            {"evaluation": row.evaluation_id, "batch": row.batch_id, "state": str(state), "reason": reason,
             "attempts": row.attempts, "worker": worker, "now": now}
            for row in gone
        ],
    )  # fmt: skip
    count(tables, "outcome", str(state), len(gone))
    return [row.evaluation_id for row in gone]


def count(tables: Tables, kind: str, name: str, amount: int) -> None:
    """Add to a number that only ever grows, whatever is pruned."""
    if amount:
        tables.run(
            "INSERT INTO tally (kind, name, amount) VALUES (:kind, :name, :amount)"
            " ON CONFLICT (kind, name) DO UPDATE SET amount = tally.amount + :amount",
            kind=kind, name=name, amount=amount,
        )  # fmt: skip
