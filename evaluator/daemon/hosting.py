"""A database made ready to serve: of the right version, and open to the processes that gave root up."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from evaluator.daemon import schema
from evaluator.daemon.store import Database
from sandbox import keys, privileges


@contextlib.contextmanager
def prepared(url: str) -> Iterator[Database]:
    """The database, migrated. Raises DatabaseUnavailable, WrongDatabase, BadRequest.

    A file stays open while the context lasts, so that its -wal and -shm are there when nobody who may make them is. As
    root: the file becomes nobody's, as our processes do.
    """
    database = Database(url)
    try:
        schema.migrate(database)
        if database.file is None:
            yield database
            return
        _hand_over(database.file)
        with database.connect():
            pass
        yield database
    finally:
        database.close()


def _hand_over(file: Path) -> None:
    keys.hand_over(file)
    for companion in (file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")):
        if os.geteuid() == 0 and companion.exists():
            os.chown(companion, privileges.NOBODY, privileges.NOBODY)
