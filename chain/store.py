"""The ledger's file: SQLite in WAL mode, one writer at a time, every call one transaction."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import JSON, Column, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, Session, SQLModel, col, select

from chain.errors import ChainError, ChainUnreachable, LedgerExists

_APPLICATION_ID = 0x4C4F564C  # "LOVL", in the header of every ledger
_VERSION = 1
_DEADLINE_SECONDS = 20.0


class _UidMap(TypeDecorator[dict[int, int]]):
    """uid -> sixteen-bit value; JSON would turn the uids into strings."""

    impl = JSON
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Any) -> dict[int, int]:
        return {int(uid): number for uid, number in value.items()}


class SubnetRow(SQLModel, table=True):
    """The one row that says which subnet this is, and what time it is there."""

    __tablename__ = "subnet"

    id: int = Field(primary_key=True)
    rules: str
    """``Rules`` as JSON."""
    genesis: float
    """Unix time of block 0, in seconds."""
    skipped: int = 0
    """Blocks by which a rehearsal went ahead of the clock."""
    epochs: int = 0
    """How many have run; the n-th is that of block ``n * tempo``."""


class NeuronRow(SQLModel, table=True):
    """A uid: who holds it, what it says of the others, and what the last epoch made of it."""

    __tablename__ = "neuron"

    uid: int = Field(primary_key=True)
    hotkey: str = Field(unique=True)
    coldkey: str
    stake: float
    registered_at: int
    last_update: int
    endpoint: str | None = None
    validator_permit: bool = False
    consensus: float = 0.0
    trust: float = 0.0
    validator_trust: float = 0.0
    incentive: float = 0.0
    dividends: float = 0.0
    emission: float = 0.0
    weights: dict[int, int] = Field(default_factory=dict, sa_column=Column(_UidMap, nullable=False))
    bonds: dict[int, int] = Field(default_factory=dict, sa_column=Column(_UidMap, nullable=False))


class CommitRow(SQLModel, table=True):
    """A row of weights that is set but not revealed."""

    __tablename__ = "commit"

    id: int | None = Field(default=None, primary_key=True)
    uid: int
    block: int
    reveal_epoch: int
    """It counts from when so many epochs have run."""
    weights: dict[int, int] = Field(sa_column=Column(_UidMap, nullable=False))


class Tables:
    """The rows, inside one transaction; changes to what it returns are kept."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def subnet(self) -> SubnetRow:
        return self._session.exec(select(SubnetRow)).one()

    def neurons(self) -> list[NeuronRow]:
        """All of them; the place in the list is the uid."""
        return list(self._session.exec(select(NeuronRow).order_by(col(NeuronRow.uid))))

    def neuron(self, hotkey: str) -> NeuronRow | None:
        return self._session.exec(select(NeuronRow).where(NeuronRow.hotkey == hotkey)).one_or_none()

    def commits(self) -> list[CommitRow]:
        """Oldest first."""
        return list(self._session.exec(select(CommitRow).order_by(col(CommitRow.id))))

    def add(self, row: NeuronRow | CommitRow) -> None:
        self._session.add(row)

    def delete(self, row: NeuronRow | CommitRow) -> None:
        self._session.delete(row)
        self._session.flush()


class Store:
    """An open ledger file. Safe to share between threads; open it anew after a fork."""

    def __init__(self, path: Path) -> None:
        """Raises ChainUnreachable if there is no ledger at ``path``."""
        self._path = path
        self._engine = _engine(path)
        try:
            self._check()
        except BaseException:
            self._engine.dispose()
            raise

    @staticmethod
    def create(path: Path, subnet: SubnetRow) -> None:
        """Make the file, complete or not at all. Raises LedgerExists."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
                draft = Path(folder) / "ledger"
                _fill(draft, subnet)
                os.link(draft, path)  # unlike a rename, it fails when there is a file already
        except FileExistsError:
            raise LedgerExists(f"{path} exists; choose another path, or remove it to start afresh") from None
        except OSError as error:
            raise ChainError(f"cannot make a ledger at {path}: {error.strerror}") from error

    @contextmanager
    def transaction(self) -> Iterator[Tables]:
        """All of it happens or none, and nobody else writes meanwhile. Raises ChainUnreachable."""
        if not self._path.is_file():
            raise ChainUnreachable(f"no ledger at {self._path}; make one with `lovelace chain create {self._path}`")
        try:
            with Session(self._engine) as session, session.begin():
                yield Tables(session)
        except DatabaseError as error:
            raise ChainUnreachable(f"the ledger {self._path} does not answer: {error.orig}") from error
        except PoolTimeout as error:
            raise ChainUnreachable(f"too many threads use the ledger {self._path} at once") from error

    def close(self) -> None:
        self._engine.dispose()

    def _check(self) -> None:
        if not self._path.is_file():
            raise ChainUnreachable(f"no ledger at {self._path}; make one with `lovelace chain create {self._path}`")
        try:
            with self._engine.connect() as connection:
                kind = connection.exec_driver_sql("PRAGMA application_id").scalar()
                version = connection.exec_driver_sql("PRAGMA user_version").scalar()
        except DatabaseError as error:
            raise ChainUnreachable(f"{self._path} cannot be used as a ledger: {error.orig}") from error
        if kind != _APPLICATION_ID:
            raise ChainUnreachable(f"{self._path} is not a ledger; make one with `lovelace chain create FILE`")
        if version != _VERSION:
            raise ChainUnreachable(f"{self._path} is a ledger of version {version}, not {_VERSION}; make a new one")


def _engine(path: Path, mode: str = "rw") -> Engine:
    def connect() -> sqlite3.Connection:
        address = f"file:{quote(str(path.absolute()))}?mode={mode}"
        # Without an isolation level sqlite3 leaves BEGIN to us.
        return sqlite3.connect(
            address, uri=True, timeout=_DEADLINE_SECONDS, isolation_level=None, check_same_thread=False
        )

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_timeout=_DEADLINE_SECONDS)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _fill(path: Path, subnet: SubnetRow) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {_VERSION}")
    engine = _engine(path)
    try:
        SQLModel.metadata.create_all(engine, tables=[SQLModel.metadata.tables[name] for name in _TABLES])
        with Session(engine) as session, session.begin():
            session.add(subnet)
    finally:
        engine.dispose()


_TABLES = ("subnet", "neuron", "commit")
