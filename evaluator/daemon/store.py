"""The daemon's database: SQLite (WAL) in a file, or PostgreSQL by its URL; transactions in SQL that both understand.

The tables are described in ``migrations`` and nowhere else. Every change of the queue is one transaction, and only one
is under way at a time: SQLite has one writer anyway, and on PostgreSQL an advisory lock makes it so. What follows: no
deadlocks, and whoever has seen outcome n has seen all before it.
"""

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import tenacity
from sqlalchemy import Connection, Engine, TextClause, bindparam, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine import Row as RowOf
from sqlalchemy.exc import ArgumentError, DBAPIError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import create_engine

from evaluator.daemon.errors import DatabaseUnavailable, WrongDatabase

Answer = TypeVar("Answer")
BUSY_SECONDS = 10
PATIENCE_SECONDS = 60.0
"""How long a call waits for a database that went away."""
WRITERS = 0x4C6F76656C616365
"""The advisory lock's number."""


HOPELESS = ("no such table", "unable to open database file", "file is not a database")
"""What SQLite says of what another try will not change."""


Row = RowOf[Any]


@dataclass(frozen=True, slots=True)
class Tables:
    """One transaction. ``:name`` in SQL is a value; a list or tuple spreads into ``IN :name``."""

    connection: Connection
    postgres: bool

    def rows(self, sql: str, **values: Any) -> Sequence[Row]:
        """What a query, or a statement with RETURNING, gives."""
        return self.connection.execute(_statement(sql, _lists(values)), values).all()

    def value(self, sql: str, **values: Any) -> Any:
        """The one value that a query gives; None if there is none."""
        return self.connection.execute(_statement(sql, _lists(values)), values).scalar()

    def run(self, sql: str, **values: Any) -> int:
        """How many rows a statement changed."""
        return self.connection.execute(_statement(sql, _lists(values)), values).rowcount

    def each(self, sql: str, values: Sequence[Mapping[str, Any]]) -> None:
        """Run a statement once for each of ``values``."""
        if values:
            self.connection.execute(_statement(sql, ()), list(values))

    def now(self) -> float:
        """Seconds since 1970, by the one clock that all workers share: the database's."""
        if self.postgres:
            return float(self.value("SELECT extract(epoch FROM clock_timestamp())"))
        return time.time()


class Database:
    """Safe to share between threads; open it anew after a fork."""

    def __init__(self, url: str, patience_seconds: float = PATIENCE_SECONDS) -> None:
        """Connects when first used. Raises WrongDatabase: nobody can mean such a URL."""
        self._patience = patience_seconds
        try:
            self._url = _url(url)
        except (ArgumentError, ValueError) as error:
            why = f"expected sqlite:///FILE or postgresql://USER@HOST/NAME, got one that is neither: {error}"
            raise WrongDatabase(f"the database's URL: {why}") from None
        self._engine = _engine(self._url)

    @property
    def postgres(self) -> bool:
        """Whether it is PostgreSQL."""
        return self._url.get_backend_name() == "postgresql"

    @property
    def file(self) -> Path | None:
        """Where it lies, if it is a file."""
        return None if self.postgres else Path(self._url.database or "")

    @property
    def url(self) -> URL:
        """Its address; as a string, without the password."""
        return self._url

    def write(self, work: Callable[[Tables], Answer]) -> Answer:
        """What ``work`` returns, all of it done or nothing, and nobody else writes meanwhile.

        Tried again if the database goes away, perhaps after it was done: ``work`` must bear being repeated. Raises
        DatabaseUnavailable once that has lasted too long.
        """
        return self._patiently(lambda: self._write(work))

    def read(self, work: Callable[[Tables], Answer]) -> Answer:
        """What ``work`` returns, which sees one state of the database. Raises DatabaseUnavailable."""
        return self._patiently(lambda: self._transact("BEGIN", work))

    def ask_once(self, work: Callable[[Tables], Answer]) -> Answer:
        """As ``read``, without patience: for probes."""
        with self._named():
            return self._transact("BEGIN", work)

    @contextlib.contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection for migrations: a transaction that is committed at the end. Raises DatabaseUnavailable."""
        with self._named(), self._engine.connect() as connection:
            if not self.postgres:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            connection.commit()

    def backup(self, into: Path) -> None:
        """Copy a file's state of now, while others write, into a new file. Raises DatabaseUnavailable."""
        with self._named(), self._engine.connect() as connection, contextlib.closing(sqlite3.connect(into)) as copy:
            source = connection.connection.driver_connection
            assert isinstance(source, sqlite3.Connection)
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    def _write(self, work: Callable[[Tables], Answer]) -> Answer:
        def alone(tables: Tables) -> Answer:
            if self.postgres:
                tables.value("SELECT pg_advisory_xact_lock(:lock)", lock=WRITERS)
            return work(tables)

        return self._transact("BEGIN IMMEDIATE", alone)

    def _transact(self, begin: str, work: Callable[[Tables], Answer]) -> Answer:
        with self._engine.connect() as connection:
            if not self.postgres:
                connection.exec_driver_sql(begin)
            answer = work(Tables(connection, self.postgres))
            connection.commit()
            return answer

    def _patiently(self, once: Callable[[], Answer]) -> Answer:
        with self._named():
            return tenacity.Retrying(
                retry=tenacity.retry_if_exception(_passes),
                wait=tenacity.wait_random_exponential(0.1, max=2),
                stop=tenacity.stop_after_delay(self._patience),
                reraise=True,
            )(once)

    @contextlib.contextmanager
    def _named(self) -> Iterator[None]:
        """Our errors for the driver's."""
        try:
            yield
        except PoolTimeout as error:
            raise DatabaseUnavailable(f"{self._url!r}: all connections are in use") from error
        except DBAPIError as error:
            why = " ".join(str(error.orig).split())
            if isinstance(error, ProgrammingError) or "no such table" in why:
                raise WrongDatabase(f"{self._url!r} has other tables than expected: {why}") from error
            raise DatabaseUnavailable(f"{self._url!r} does not answer: {why}") from error


def _passes(error: BaseException) -> bool:
    """Whether it may go better the next time: the server is away, the file is locked."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError) or any(words in str(error.orig) for words in HOPELESS):
        return False
    return error.connection_invalidated or type(error).__name__ in ("OperationalError", "InterfaceError")


def _lists(values: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name, value in values.items() if isinstance(value, list | tuple))


@lru_cache(512)
def _statement(sql: str, lists: tuple[str, ...]) -> TextClause:
    return text(sql).bindparams(*(bindparam(name, expanding=True) for name in lists))


def _url(text: str) -> URL:
    url = make_url(text)
    match url.get_backend_name():
        case "sqlite" if url.database:
            return url.set(drivername="sqlite")
        case "postgresql":
            return url.set(drivername="postgresql+psycopg")
        case name:
            raise ValueError(name)


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "postgresql":
        return create_engine(url, pool_pre_ping=True, pool_size=8, connect_args={"connect_timeout": 10})
    # Without an isolation level sqlite3 leaves BEGIN to us.
    arguments = {"timeout": BUSY_SECONDS, "isolation_level": None, "check_same_thread": False}
    engine = create_engine(url, connect_args=arguments, pool_size=8)
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: sqlite3.Connection, _: object) -> None:
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "cache_size = -65536"):
        connection.execute(f"PRAGMA {pragma}")
