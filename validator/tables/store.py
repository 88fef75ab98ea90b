"""The tables of a validator's database, and the rows that its words become."""

import contextlib
import os
from pathlib import Path

from sqlalchemy import Connection, ForeignKeyConstraint, inspect
from sqlmodel import Field, SQLModel, UniqueConstraint

from validator.dispatch import seed_of
from validator.errors import StateProblem
from validator.problems.protocol import Kind, Recipe
from validator.protocol import KindScore, Miner, Round, Score, Sent

VERSION = 2
"""Of the tables. 1 had no kinds of problems; its rounds mean something else, so there is nothing to migrate."""
SECRET_BYTES = 32


class SecretRow(SQLModel, table=True):
    __tablename__ = "secret"
    id: int = Field(default=1, primary_key=True)
    secret: bytes
    """What variants are made from; it never leaves this file."""


class RoundRow(SQLModel, table=True):
    __tablename__ = "round"
    id: int | None = Field(default=None, primary_key=True)
    seed: int
    problems: int
    samples: int
    deadline_seconds: float
    shares: str
    """By kind, as JSON."""
    languages: str
    started: float
    finished: float | None = Field(default=None, index=True)


class ProblemRow(SQLModel, table=True):
    __tablename__ = "problem"
    round_id: int = Field(foreign_key="round.id", primary_key=True)
    task_id: str = Field(primary_key=True)
    kind: Kind
    version: int
    recipe: str
    """The Recipe as JSON: with the secret, the round and the hotkey it gives what each miner is asked."""


class RequestRow(SQLModel, table=True):
    __tablename__ = "request"
    __table_args__ = (
        UniqueConstraint("round_id", "uid", "task_id"),
        ForeignKeyConstraint(["round_id", "task_id"], ["problem.round_id", "problem.task_id"]),
    )
    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id", index=True)
    uid: int
    hotkey: str
    endpoint: str
    task_id: str
    kind: Kind
    seed: int
    sent: Sent = Sent.PENDING
    latency_seconds: float | None = None
    error: str | None = None


class CompletionRow(SQLModel, table=True):
    __tablename__ = "completion"
    __table_args__ = (UniqueConstraint("request_id", "sample"),)
    id: int | None = Field(default=None, primary_key=True)
    request_id: int = Field(foreign_key="request.id", index=True)
    sample: int
    text: str
    unjudged: str | None = None
    """Why we could not judge it. Our failure: it has no verdict and counts in no score."""


class ExecutionRow(SQLModel, table=True):
    __tablename__ = "execution"
    completion_id: int = Field(foreign_key="completion.id", primary_key=True)
    code: str | None
    facts: str | None
    """The Execution as JSON; nothing where there was nothing to run."""


class VerdictRow(SQLModel, table=True):
    __tablename__ = "verdict"
    completion_id: int = Field(foreign_key="completion.id", primary_key=True)
    passed: bool
    verdict: str
    """The Verdict as JSON."""


class ScoreRow(SQLModel, table=True):
    __tablename__ = "score"
    round_id: int = Field(foreign_key="round.id", primary_key=True)
    uid: int = Field(primary_key=True)
    hotkey: str
    quality: float
    quality_low: float
    quality_high: float
    pass_at_k: float
    reliability: float
    speed: float
    total: float


class KindScoreRow(SQLModel, table=True):
    __tablename__ = "kind_score"
    round_id: int = Field(foreign_key="round.id", primary_key=True)
    uid: int = Field(primary_key=True)
    kind: Kind = Field(primary_key=True)
    share: float
    quality: float
    quality_low: float
    quality_high: float
    pass_at_k: float
    problems: int
    left_out: bool


class WeightRow(SQLModel, table=True):
    __tablename__ = "weight"
    round_id: int = Field(foreign_key="round.id", primary_key=True)
    uid: int = Field(primary_key=True)
    weight: float


_TABLES = (
    SecretRow, RoundRow, ProblemRow, RequestRow, CompletionRow, ExecutionRow, VerdictRow, ScoreRow, KindScoreRow,
    WeightRow,
)  # fmt: skip


def make_private(path: Path) -> None:
    """A new file is its owner's: it holds a secret. SQLite gives its journals the same rights."""
    with contextlib.suppress(OSError):  # it is there, or SQLite will say why it cannot be
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def make_tables(connection: Connection, path: Path) -> None:
    """All tables that are not there. Raises StateProblem for a file of another version, or of somebody else."""
    version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    if version not in (0, VERSION) or (version == 0 and inspect(connection).get_table_names()):
        raise StateProblem(
            f"{path} is no database of this validator's (version {version or 1}, expected {VERSION}): move the file "
            "away, and a new one is made"
        )
    # First of all: SQLite's driver makes each table by itself, and whoever is killed among them goes on from there.
    connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
    tables = [SQLModel.metadata.tables[str(row.__tablename__)] for row in _TABLES]
    SQLModel.metadata.create_all(connection, tables=tables)


def problem_row(round_id: int, recipe: Recipe) -> ProblemRow:
    """What one problem of a round is made from."""
    return ProblemRow(
        round_id=round_id,
        task_id=recipe.name,
        kind=recipe.kind,
        version=recipe.version,
        recipe=recipe.model_dump_json(),
    )


def request_row(round_id: int, round_seed: int, miner: Miner, recipe: Recipe) -> RequestRow:
    """A request that is to be made."""
    return RequestRow(
        round_id=round_id,
        uid=miner.uid,
        hotkey=miner.hotkey,
        endpoint=miner.endpoint,
        task_id=recipe.name,
        kind=recipe.kind,
        seed=seed_of(round_seed, miner.uid, recipe.name),
    )


def kind_score_row(round_: Round, miner: Miner, part: KindScore) -> KindScoreRow:
    """What a miner showed in one kind of problem."""
    return KindScoreRow(
        round_id=round_.id,
        uid=miner.uid,
        kind=part.kind,
        share=part.share,
        quality=part.quality.value,
        quality_low=part.quality.low,
        quality_high=part.quality.high,
        pass_at_k=part.pass_at_k.value,
        problems=part.problems,
        left_out=part.left_out,
    )


def score_row(round_: Round, score: Score) -> ScoreRow:
    """A miner's score in a round; its parts are rows of their own."""
    return ScoreRow(
        round_id=round_.id,
        uid=score.miner.uid,
        hotkey=score.miner.hotkey,
        quality=score.quality.value,
        quality_low=score.quality.low,
        quality_high=score.quality.high,
        pass_at_k=score.pass_at_k.value,
        reliability=score.reliability,
        speed=score.speed,
        total=score.total,
    )
