"""What processes need that give root up: a database of the right version, and whatever they will have to remove."""

import contextlib
import os
from collections.abc import Iterator
from multiprocessing import util
from pathlib import Path

from evaluator.daemon import schema
from evaluator.daemon.store import Database
from sandbox import keys, privileges

SHARED_MEMORY = "/dev/shm"  # noqa: S108  # where Linux has semaphores


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


def hand_over_readers() -> None:
    """As root: what ``multiprocessing`` has for this process becomes nobody's, who could else not remove it at the end
    and would say so in the log."""
    if os.geteuid() == 0:
        folder = Path(util.get_temp_dir())
        for place in (folder, *folder.iterdir(), *_semaphores()):
            with contextlib.suppress(FileNotFoundError):
                os.chown(place, privileges.NOBODY, privileges.NOBODY)


def _semaphores() -> list[Path]:
    """Those that are mapped here, by their inodes: they are mapped before they are named."""
    mapped = [line.split() for line in Path("/proc/self/maps").read_text().splitlines()]
    inodes = {int(fields[4]) for fields in mapped if len(fields) > 5 and fields[5].startswith(f"{SHARED_MEMORY}/sem.")}
    found = []
    for file in Path(SHARED_MEMORY).glob("sem.*"):
        with contextlib.suppress(FileNotFoundError):  # another process has just removed its own
            if file.stat().st_ino in inodes:
                found.append(file)
    return found
