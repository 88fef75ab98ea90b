"""Retention and backup, while others write."""

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from evaluator.daemon import queue, records, upkeep
from evaluator.daemon.errors import NothingSuch
from evaluator.daemon.protocol import Accepted, State
from evaluator.daemon.queue import Result
from evaluator.daemon.store import Database
from evaluator.daemon.testing import OwnPostgres
from evaluator.daemon.upkeep import CannotBackUp

Submit = Callable[..., Accepted]


def judge_all(database: Database) -> None:
    while claim := queue.claim(database, 50, 60):
        queue.record(database, "w", [
            Result(claim.token, one.id, one.batch_id, State.JUDGED, one.attempts, 0.1, "passed")
            for one in claim.evaluations
        ])  # fmt: skip


def count(database: Database, table: str) -> int:
    found = {"evaluation": "SELECT count(*) FROM evaluation", "outcome": "SELECT count(*) FROM outcome",
             "problem": "SELECT count(*) FROM problem", "batch": "SELECT count(*) FROM batch"}  # fmt: skip
    return int(database.read(lambda tables: tables.value(found[table])))


def test_what_is_old_goes_and_the_rest_stays(
    database: Database, submit: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "PORTION", 7)
    submit(*map(str, range(20)), batch="old")
    judge_all(database)
    database.write(lambda tables: tables.run("UPDATE outcome SET finished = finished - 1000"))
    database.write(lambda tables: tables.run("UPDATE batch SET created = created - 1000"))
    submit("new")
    judge_all(database)
    submit("waits", batch="waiting")
    told: list[int] = []
    assert upkeep.prune(database, 500, told.append) == 20
    assert told == [7, 14, 20]
    assert (count(database, "evaluation"), count(database, "outcome"), count(database, "batch")) == (2, 1, 2)
    assert records.condition_of(database).outcomes == {"passed": 21}, "totals only grow"
    with pytest.raises(NothingSuch):
        records.progress(database, "key:alice", "old")
    assert submit("0", batch="old").new == 1, "its name is free again"
    assert upkeep.prune(database, 500, told.append) == 0


def test_problems_go_with_the_last_evaluation(database: Database, submit: Submit) -> None:
    submit("x")
    judge_all(database)
    assert upkeep.prune(database, -10, lambda _: None) == 1
    assert count(database, "problem") == 0


def test_a_backup_made_while_others_write_is_whole(
    database: Database, submit: Submit, folder: Path, request: pytest.FixtureRequest
) -> None:
    done = threading.Event()

    def write() -> None:
        number = 0
        while not done.is_set():
            submit(*(f"{number}-{n}" for n in range(10)), most=10**6)
            judge_all(database)
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            upkeep.backup(database, folder / f"backup-{number}")
    finally:
        done.set()
        writer.join()
    with pytest.raises(CannotBackUp, match="exists"):
        upkeep.backup(database, folder / "backup-0")
    assert restored(folder / "backup-2", database, request)
    assert sorted(path.name for path in folder.glob("backup*")) == ["backup-0", "backup-1", "backup-2"]


def restored(file: Path, database: Database, request: pytest.FixtureRequest) -> bool:
    """Whether a backup is consistent: every evaluation has a ticket or an outcome."""
    loose = (
        "SELECT count(*) FROM evaluation e WHERE NOT EXISTS (SELECT 1 FROM outcome o WHERE o.evaluation_id = e.id)"
        " AND NOT EXISTS (SELECT 1 FROM ticket t WHERE t.evaluation_id = e.id)"
    )
    if not database.postgres:
        with sqlite3.connect(file) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            return bool(connection.execute(loose).fetchone() == (0,))
    server: OwnPostgres = request.getfixturevalue("postgres")
    other = Database(server.url("restored"))
    ran = server.run("pg_restore", "--dbname=restored", "--exit-on-error", str(file))
    assert ran.returncode == 0, ran.stderr
    try:
        return bool(other.read(lambda tables: tables.value(loose)) == 0)
    finally:
        other.close()
