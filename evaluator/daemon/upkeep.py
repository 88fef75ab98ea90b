"""Retention and backup, while the daemon runs."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from evaluator.daemon.errors import DaemonError, DatabaseUnavailable
from evaluator.daemon.store import Database, Tables

PORTION = 1000
"""Evaluations removed in one transaction: others write in between."""
_ORPHANS = (
    "DELETE FROM problem WHERE NOT EXISTS (SELECT 1 FROM evaluation e WHERE e.problem_digest = problem.digest)",
    "DELETE FROM batch WHERE created < :before AND NOT EXISTS (SELECT 1 FROM evaluation e WHERE e.batch_id = batch.id)",
    "DELETE FROM fault WHERE happened < :before",
)


class CannotBackUp(DaemonError):
    """The copy could not be made."""


def prune(database: Database, older_than_seconds: float, told: Callable[[int], None]) -> int:
    """Remove every evaluation whose outcome is older, and what nothing needs then; how many evaluations.

    Their keys are free again: who sends one of them a second time has it judged anew. Totals (``/metrics``) stay.
    """
    removed = 0
    before = database.read(lambda tables: tables.now()) - older_than_seconds
    while number := database.write(lambda tables: _prune(tables, before)):
        removed += number
        told(removed)
    for statement in _ORPHANS:
        values = {"before": before} if ":before" in statement else {}
        database.write(lambda tables, sql=statement, known=values: tables.run(sql, **known))  # type: ignore[misc]  # bound here, called now
    return removed


def backup(database: Database, file: Path) -> None:
    """Write the database's state of now to a new ``file``: SQLite as such, PostgreSQL as pg_dump's custom format.

    Complete or not at all. Raises DaemonError.
    """
    if file.exists():
        raise CannotBackUp(f"{file} exists; choose another name")
    try:
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=f".{file.name}.") as folder:
            draft = Path(folder) / "draft"
            _dump(database, draft) if database.postgres else database.backup(draft)
            os.link(draft, file)  # unlike a rename, it fails when there is a file already
    except OSError as error:
        raise CannotBackUp(f"cannot write {file}: {error.strerror}") from error


def _prune(tables: Tables, before: float) -> int:
    rows = tables.rows("DELETE FROM outcome WHERE number IN (SELECT number FROM outcome WHERE finished < :before"
                       " LIMIT :most) RETURNING evaluation_id", before=before, most=PORTION)  # fmt: skip
    ids = [row.evaluation_id for row in rows]
    if ids:
        tables.run("DELETE FROM evaluation WHERE id IN :ids", ids=ids)
    return len(ids)


def _dump(database: Database, file: Path) -> None:
    command = shutil.which("pg_dump")
    if command is None:
        raise CannotBackUp("pg_dump is not there: install Debian's postgresql-client")
    url = database.url.set(drivername="postgresql", password=None).render_as_string()
    environment = {**os.environ, **({"PGPASSWORD": str(database.url.password)} if database.url.password else {})}
    ran = subprocess.run([command, "--format=custom", f"--file={file}", url],
                         env=environment, capture_output=True, text=True, check=False)  # fmt: skip
    if ran.returncode:
        raise DatabaseUnavailable(f"pg_dump: {ran.stderr.strip()}")
