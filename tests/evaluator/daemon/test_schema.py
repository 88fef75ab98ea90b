"""Migrations, up and down, on both kinds of database."""

from pathlib import Path

import pytest

from evaluator.daemon import schema
from evaluator.daemon.errors import DatabaseUnavailable, WrongDatabase
from evaluator.daemon.store import Database, Tables

TABLES = {"batch", "problem", "evaluation", "ticket", "outcome", "submitter", "worker", "fault", "tally"}


def tables_of(database: Database) -> set[str]:
    sql = (
        "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()"
        if database.postgres
        else "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    return {row.name for row in database.read(lambda tables: tables.rows(sql))} - {"alembic_version"}


def test_the_version_is_the_last_migrations() -> None:
    versions = Path(schema.__file__).parent / "migrations/versions"
    assert max(path.name for path in versions.glob("r*.py"))[1:5] == schema.VERSION


def test_up_and_down_and_up_again(url: str) -> None:
    database = Database(url)
    schema.migrate(database)
    assert tables_of(database) == TABLES
    schema.migrate(database, "0001")
    assert tables_of(database) == TABLES - {"worker", "fault", "tally"}
    schema.migrate(database, "base")
    assert tables_of(database) == set()
    schema.migrate(database)
    schema.check(database)
    assert tables_of(database) == TABLES
    database.close()


def test_migrating_what_is_there_already_changes_nothing(database: Database) -> None:
    schema.migrate(database)
    assert tables_of(database) == TABLES


def test_a_migration_keeps_what_was_recorded_and_counts_it(url: str) -> None:
    database = Database(url)
    schema.migrate(database, "0001")

    def put(tables: Tables) -> None:
        tables.run("INSERT INTO batch (submitter, name, lane, created) VALUES ('a', 'b', 0, 1)")
        tables.run("INSERT INTO problem VALUES ('d', '{}')")
        for number in range(3):
            tables.run(
                "INSERT INTO evaluation (batch_id, key, author, task_id, problem_digest, completion, created)"
                " VALUES (1, :key, '', 't', 'd', :code, 1)", key=str(number), code=b"x",
            )  # fmt: skip
            tables.run(
                "INSERT INTO outcome (evaluation_id, batch_id, state, status, attempts, worker, seconds, finished)"
                " VALUES (:id, 1, 'judged', :status, 1, 'w', 1, 1)",
                id=number + 1, status=["passed", "failed"][number % 2],
            )  # fmt: skip

    database.write(put)
    schema.migrate(database)
    rows = database.read(lambda tables: tables.rows("SELECT name, amount FROM tally WHERE kind = 'outcome'"))
    assert {row.name: row.amount for row in rows} == {"passed": 2, "failed": 1}
    schema.migrate(database, "0001")
    assert database.read(lambda tables: tables.value("SELECT count(*) FROM outcome")) == 3
    database.close()


def test_a_database_of_another_version_is_refused(url: str) -> None:
    database = Database(url)
    with pytest.raises(WrongDatabase, match="lovelace evaluator migrate"):
        schema.check(database)
    schema.migrate(database, "0001")
    with pytest.raises(WrongDatabase, match="version 0001, expected 0002"):
        schema.check(database)
    database.write(lambda tables: tables.run("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(WrongDatabase, match="9999"):
        schema.migrate(database)
    database.close()


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "nonsense", "postgresql://"])
def test_an_address_that_is_none_is_refused_in_one_line(url: str) -> None:
    with pytest.raises((WrongDatabase, DatabaseUnavailable)) as caught:
        schema.check(Database(url, patience_seconds=0.1))
    assert "secret" not in str(caught.value)


def test_a_password_is_never_told() -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        schema.check(Database("postgresql://me:secret@127.0.0.1:1/x", patience_seconds=0.1))
    assert "secret" not in str(caught.value)
