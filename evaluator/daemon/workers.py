"""The workers' own table: who there is, who was heard of lately, and what keeps them from working."""

import os
import socket

from evaluator.daemon.store import Database, Tables

FORGOTTEN_SECONDS = 3600.0
"""A worker that was silent for so long is not shown any more."""


def register(database: Database, name: str, slots: int) -> None:
    """A worker begins."""

    def work(tables: Tables) -> None:
        now = tables.now()
        tables.run("DELETE FROM worker WHERE seen < :since", since=now - FORGOTTEN_SECONDS)
        tables.run(
            "INSERT INTO worker (name, pid, host, slots, started, seen) VALUES (:name, :pid, :host, :slots, :now, :now)"
            " ON CONFLICT (name) DO NOTHING",
            name=name, pid=os.getpid(), host=socket.gethostname(), slots=slots, now=now,
        )  # fmt: skip

    database.write(work)


def seen(database: Database, name: str, trouble: str | None) -> None:
    """A worker lives; ``trouble`` keeps it from working."""
    database.write(
        lambda tables: tables.run("UPDATE worker SET seen = :now, trouble = :trouble WHERE name = :name",
                                  now=tables.now(), trouble=trouble, name=name)
    )  # fmt: skip


def leave(database: Database, name: str) -> None:
    """A worker ends in good order."""
    database.write(lambda tables: tables.run("DELETE FROM worker WHERE name = :name", name=name))
