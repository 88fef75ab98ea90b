"""The database's version: how it gets one, and how a process makes sure that it has the right one."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from evaluator.daemon.errors import WrongDatabase
from evaluator.daemon.store import Database, Tables

if TYPE_CHECKING:
    from alembic.config import Config

VERSION = "0002"
"""Of the last migration; a test holds it to be."""


def migrate(database: Database, version: str = VERSION) -> None:
    """Bring the database to ``version``, up or down ("base": nothing is left).

    Raises DatabaseUnavailable, WrongDatabase.
    """
    from alembic import command
    from alembic.util import CommandError

    try:
        before = _version(database)
        down = version == "base" or (before is not None and version < before)
        with _configured(database) as config:
            (command.downgrade if down else command.upgrade)(config, version)
    except CommandError as error:
        raise WrongDatabase(f"{database.url!r} cannot be brought to version {version}: {error}") from error


def check(database: Database) -> None:
    """Raises WrongDatabase unless the database has our version, DatabaseUnavailable."""
    found = _version(database)
    if found != VERSION:
        what = f"is of version {found}" if found else "has no tables of ours"
        raise WrongDatabase(f"{database.url!r} {what}, expected {VERSION}: lovelace evaluator migrate")


def _version(database: Database) -> str | None:
    exists = (
        "SELECT count(*) FROM information_schema.tables WHERE table_name = 'alembic_version'"
        " AND table_schema = current_schema()"
        if database.postgres
        else "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"
    )

    def look(tables: Tables) -> str | None:
        found = tables.value("SELECT version_num FROM alembic_version") if tables.value(exists) else None
        return str(found) if found else None

    return database.read(look)


@contextlib.contextmanager
def _configured(database: Database) -> "Iterator[Config]":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    with database.connect() as connection:
        config.attributes["connection"] = connection
        yield config
