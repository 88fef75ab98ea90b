"""The validator's record, in SQLite: the database, not the process, knows what is done.

Each method that writes is one transaction; unique keys make it impossible to record anything twice. A process killed
between two of them finds its round as it left it.
"""

import json
import secrets
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, col, create_engine, select

from evaluator.judging import Judgement
from evaluator.protocol import Verdict
from validator.dispatch import Reply
from validator.errors import StateProblem
from validator.problems.difficulty import History, Response, family
from validator.problems.protocol import Recipe
from validator.problems.shares import checked
from validator.protocol import Miner, Plan, Request, Result, Round, Score, Sent, Stored
from validator.tables.store import (
    SECRET_BYTES,
    CompletionRow,
    ExecutionRow,
    ProblemRow,
    RequestRow,
    RoundRow,
    SecretRow,
    VerdictRow,
    WeightRow,
    kind_score_row,
    make_private,
    make_tables,
    problem_row,
    request_row,
    score_row,
)

REMEMBERED_ROUNDS = 50
"""Of which results count when the next problems are chosen."""


class Store:
    """One validator's database. Not for two processes at once."""

    def __init__(self, path: Path, secret: bytes | None = None) -> None:
        """Open the database at ``path``, made if it is not there, for its owner only. Raises StateProblem.

        ``secret`` is what a new one's variants are made from; at random, unless given.
        """
        self._path = path
        self._engine = create_engine(f"sqlite:///{path}")
        event.listen(self._engine, "connect", _prepare)
        try:
            make_private(path)
            with self._engine.begin() as connection:
                make_tables(connection, path)
        except DatabaseError as error:
            raise StateProblem(f"{path} cannot be used as a validator's database: {error.orig}") from error
        with self._session() as session:
            row = session.get(SecretRow, 1) or SecretRow(secret=secret or secrets.token_bytes(SECRET_BYTES))
            session.add(row)
            session.flush()
            self.secret = row.secret

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def unfinished(self) -> Round | None:
        """The round that is under way, if one is."""
        with self._session() as session:
            row = session.exec(select(RoundRow).where(col(RoundRow.finished).is_(None))).first()
            return _round(row) if row else None

    def rounds(self) -> tuple[Round, ...]:
        """Every round that was ever planned, oldest first."""
        with self._session() as session:
            return tuple(_round(row) for row in session.exec(select(RoundRow).order_by(col(RoundRow.id))))

    def plan(self, plan: Plan, miners: Iterable[Miner], recipes: Sequence[Recipe]) -> Round:
        """Begin a round: all its requests are planned at once, so that a resumed round asks the same of the same."""
        with self._session() as session:
            row = RoundRow(
                seed=plan.seed,
                problems=plan.problems,
                samples=plan.samples,
                deadline_seconds=plan.deadline_seconds,
                shares=json.dumps(dict(plan.shares)),
                languages=",".join(plan.languages),
                started=time.time(),
            )
            session.add(row)
            session.flush()
            number = _id(row.id)
            session.add_all(problem_row(number, recipe) for recipe in recipes)
            session.flush()
            session.add_all(request_row(number, plan.seed, miner, recipe) for miner in miners for recipe in recipes)
            return _round(row)

    def recipes(self, round_: Round) -> dict[str, Recipe]:
        """What each of a round's problems is made from, by task."""
        with self._session() as session:
            rows = session.exec(select(ProblemRow).where(ProblemRow.round_id == round_.id))
            return {row.task_id: Recipe.model_validate_json(row.recipe) for row in rows}

    def requests(self, round_: Round) -> tuple[Request, ...]:
        """All requests of a round."""
        with self._session() as session:
            return tuple(
                _request(row) for row in session.exec(select(RequestRow).where(RequestRow.round_id == round_.id))
            )

    def pending(self, round_: Round, miner: Miner) -> tuple[Request, ...]:
        """The requests to ``miner`` that nothing has come of yet."""
        wanted = select(RequestRow).where(
            RequestRow.round_id == round_.id, RequestRow.uid == miner.uid, RequestRow.sent == Sent.PENDING
        )
        with self._session() as session:
            return tuple(_request(row) for row in session.exec(wanted))

    def record_reply(self, request: Request, reply: Reply) -> None:
        """What came of a request, and its completions. Raises StateProblem if that is known already."""
        with self._session() as session:
            row = session.get_one(RequestRow, request.id)
            if row.sent is not Sent.PENDING:
                raise StateProblem(f"request {request.id} is {row.sent} already: does another validator work here?")
            row.sent, row.latency_seconds, row.error = reply.sent, reply.latency_seconds, reply.error
            session.add_all(
                CompletionRow(request_id=request.id, sample=sample, text=text)
                for sample, text in enumerate(reply.completions)
            )

    def awaiting(self, round_: Round, miner: Miner) -> tuple[Stored, ...]:
        """The completions of ``miner`` that have no verdict yet."""
        wanted = (
            select(CompletionRow, RequestRow.task_id)
            .join(RequestRow)
            .outerjoin(VerdictRow)
            .where(RequestRow.round_id == round_.id, RequestRow.uid == miner.uid)
            .where(col(VerdictRow.completion_id).is_(None), col(CompletionRow.unjudged).is_(None))
            .order_by(col(CompletionRow.id))
        )
        with self._session() as session:
            return tuple(Stored(_id(row.id), task_id, row.text) for row, task_id in session.exec(wanted))

    def record_judgement(self, completion: Stored, judgement: Judgement) -> None:
        """The facts and the verdict of a completion, together or not at all. Raises StateProblem if it has them."""
        facts, verdict = judgement.execution, judgement.verdict
        with self._session() as session:
            session.add(
                ExecutionRow(
                    completion_id=completion.id,
                    code=judgement.code,
                    facts=facts.model_dump_json() if facts else None,
                )
            )
            session.add(
                VerdictRow(completion_id=completion.id, passed=verdict.passed, verdict=verdict.model_dump_json())
            )

    def record_unjudged(self, completion: Stored, reason: str) -> None:
        """We failed to judge a completion."""
        with self._session() as session:
            session.get_one(CompletionRow, completion.id).unjudged = reason

    def results(self, round_: Round) -> tuple[Result, ...]:
        """Everything known of a round's requests, in the order in which they were planned."""
        verdicts: dict[int, list[Verdict]] = {}
        unjudged: dict[int, int] = {}
        with self._session() as session:
            judged = (
                select(CompletionRow.request_id, CompletionRow.unjudged, VerdictRow.verdict)
                .join(RequestRow)
                .outerjoin(VerdictRow)
                .where(RequestRow.round_id == round_.id)
                .order_by(col(CompletionRow.request_id), col(CompletionRow.sample))
            )
            for request_id, reason, verdict in session.exec(judged):
                if verdict is not None:
                    verdicts.setdefault(request_id, []).append(Verdict.model_validate_json(verdict))
                unjudged[request_id] = unjudged.get(request_id, 0) + (reason is not None)
            rows = session.exec(
                select(RequestRow).where(RequestRow.round_id == round_.id).order_by(col(RequestRow.id))
            ).all()
            return tuple(
                Result(
                    miner=_miner(row),
                    task_id=row.task_id,
                    kind=row.kind,
                    sent=row.sent,
                    latency_seconds=row.latency_seconds,
                    error=row.error,
                    verdicts=tuple(verdicts.get(_id(row.id), ())),
                    unjudged=unjudged.get(_id(row.id), 0),
                )
                for row in rows
            )

    def history(self) -> History:
        """What the latest rounds have shown, for the choice of the next problems."""
        responses: list[Response] = []
        shown: Counter[str] = Counter()
        for round_ in self.rounds()[-REMEMBERED_ROUNDS:]:
            families = {task_id: family(recipe) for task_id, recipe in self.recipes(round_).items()}
            shown.update(families.values())
            for result in self.results(round_):
                worths = [verdict.worth for verdict in result.verdicts]
                responses.append(Response(result.miner.hotkey, families[result.task_id], sum(worths), len(worths)))
        return History(tuple(responses), shown)

    def record_scores(self, round_: Round, scores: Iterable[Score], weights: Mapping[int, float]) -> None:
        """The scores and the weights that follow from them, together; written again they replace themselves."""
        with self._session() as session:
            for score in scores:
                session.merge(score_row(round_, score))
                for part in score.kinds:
                    session.merge(kind_score_row(round_, score.miner, part))
            for uid, weight in weights.items():
                session.merge(WeightRow(round_id=round_.id, uid=uid, weight=weight))

    def weights(self, round_: Round) -> dict[int, float]:
        """The weights that were recorded for a round."""
        with self._session() as session:
            rows = session.exec(select(WeightRow).where(WeightRow.round_id == round_.id))
            return {row.uid: row.weight for row in rows}

    def finish(self, round_: Round) -> None:
        """The round is over: its weights are set."""
        with self._session() as session:
            session.get_one(RoundRow, round_.id).finished = time.time()

    @contextmanager
    def _session(self) -> Iterator[Session]:
        try:
            with Session(self._engine) as session, session.begin():
                yield session
        except DatabaseError as error:
            raise StateProblem(f"{self._path} does not take what we record: {error.orig}") from error


def _prepare(connection: object, _: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]  # a DB-API connection, which has no type
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=10000")
    cursor.close()


def _id(value: int | None) -> int:
    assert value is not None
    return value


def _round(row: RoundRow) -> Round:
    shares, languages = checked(json.loads(row.shares)), tuple(row.languages.split(","))
    return Round(_id(row.id), Plan(row.seed, row.problems, row.samples, row.deadline_seconds, shares, languages))


def _miner(row: RequestRow) -> Miner:
    return Miner(row.uid, row.hotkey, row.endpoint)


def _request(row: RequestRow) -> Request:
    return Request(_id(row.id), _miner(row), row.task_id, row.kind, row.seed)
