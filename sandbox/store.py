"""The file of API keys: SQLite, readable by its owner alone, every call one transaction."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.pool import NullPool
from sqlmodel import Field, Session, SQLModel, col, create_engine, select

from sandbox.errors import BadRequest
from sandbox.keys import Key

MODE = 0o600
LOCK_SECONDS = 2
"""A writer is done in milliseconds; a server waits for it."""


class KeyRow(SQLModel, table=True):
    """A key, valid or revoked."""

    __tablename__ = "sandbox_key"

    id: str = Field(primary_key=True)
    name: str = Field(unique=True)
    digest: str
    created_at: datetime
    revoked_at: datetime | None = None


def add(file: Path, name: str, identifier: str, digest: str) -> None:
    """A new key. Raises BadRequest: the name was used before (a revoked key's name too: logs would confuse the two)."""
    if not name or not name.isprintable() or len(name) > 100:
        raise BadRequest(f"a key's name is 1 to 100 printable characters; got {name!r}")
    with _session(file, create=True) as session:
        session.add(KeyRow(id=identifier, name=name, digest=digest, created_at=datetime.now(UTC)))
        try:
            session.commit()
        except IntegrityError as error:
            raise BadRequest(f"a key called {name!r} is or was there; choose another name") from error


def read(file: Path) -> list[Key]:
    """Every key, oldest first. Raises BadRequest."""
    with _session(file) as session:
        return [_key(row) for row in session.exec(select(KeyRow).order_by(col(KeyRow.created_at))).all()]


def revoke(file: Path, name: str) -> None:
    """From now on the key is not taken. Raises BadRequest: there is none of that name."""
    with _session(file) as session:
        row = session.exec(select(KeyRow).where(KeyRow.name == name)).one_or_none()
        if row is None:
            raise BadRequest(f"{file} has no key called {name!r}; `lovelace sandbox key list` shows those it has")
        row.revoked_at = row.revoked_at or datetime.now(UTC)
        session.add(row)
        session.commit()


def load() -> None:
    """Import now what is else imported when first needed: a server that gave root up may not reach it any more."""
    create_engine("sqlite://").connect().close()


@contextmanager
def _session(file: Path, *, create: bool = False) -> Iterator[Session]:
    _check_mode(file, create=create)
    engine = create_engine(f"sqlite:///{file.absolute()}", poolclass=NullPool, connect_args={"timeout": LOCK_SECONDS})
    try:
        if create:
            SQLModel.metadata.create_all(engine, tables=[KeyRow.__table__])  # type: ignore[attr-defined]  # SQLModel's own
        with Session(engine) as session:
            yield session
    except DatabaseError as error:
        raise BadRequest(f"{file} is not a readable file of API keys: {error.orig}") from error
    finally:
        engine.dispose()


def _check_mode(file: Path, *, create: bool) -> None:
    """Make the file if need be, for its owner alone, and refuse one that others may read. Raises BadRequest."""
    try:
        if create:
            os.close(os.open(file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, MODE))
        mode = stat.S_IMODE(file.stat().st_mode)
    except FileNotFoundError as error:
        raise BadRequest(
            f"there is no file of API keys {str(file)!r}; `lovelace sandbox key add NAME` makes it"
        ) from error
    except OSError as error:
        raise BadRequest(f"cannot open {file}: {error.strerror}") from error
    if mode & 0o077:
        raise BadRequest(f"{file} can be read by others (mode {mode:o}): chmod 600 it")


def _key(row: KeyRow) -> Key:
    revoked_at = row.revoked_at and row.revoked_at.replace(tzinfo=UTC)  # SQLite keeps no time zone
    return Key(row.name, row.id, row.digest, row.created_at.replace(tzinfo=UTC), revoked_at)
