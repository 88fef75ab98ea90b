"""From a submission to rows: accepted as a whole or refused as a whole, and the same however often it is sent."""

import hashlib
import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from evaluator import datasets
from evaluator.daemon.errors import KeyTaken
from evaluator.daemon.protocol import Accepted, Entry, Lane, Submission
from evaluator.daemon.queue import LANES
from evaluator.daemon.store import Database, Tables
from evaluator.errors import BadBenchmark, MissingExtra, UnknownBenchmark
from evaluator.protocol import Problem
from sandbox.errors import BadRequest, QueueFull

LONGEST_ADVICE_SECONDS = 60
PORTION = 500
"""Rows in one statement; SQLite allows 32,766 values."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A submission with every name given and every problem as the text that is stored."""

    submitter: str
    batch: str
    lane: Lane
    problems: dict[str, str]
    """By digest."""
    rows: tuple[tuple[Entry, str, str], ...]
    """Each with its key and its problem's digest."""


def prepare(submitter: str, submission: Submission) -> Prepared:
    """Check whatever needs no database. Raises BadRequest: an unknown task or benchmark, a key that is there twice."""
    digests: dict[str, str] = {}
    texts: dict[str, str] = {}
    known = {problem.task_id: problem for problem in _problems(submission)}
    rows, keys = [], set[str]()
    for index, entry in enumerate(submission.evaluations):
        if entry.task_id not in known:
            raise BadRequest(f"evaluations.{index}.task_id: no problem of the submission is called {entry.task_id!r}")
        if entry.task_id not in digests:
            text = known[entry.task_id].model_dump_json()
            digests[entry.task_id] = digest = hashlib.sha256(text.encode()).hexdigest()
            texts[digest] = text
        key = entry.key or secrets.token_hex(8)
        if key in keys:
            raise BadRequest(f"evaluations.{index}.key: {key!r} is in the submission twice")
        keys.add(key)
        rows.append((entry, key, digests[entry.task_id]))
    batch = submission.batch or secrets.token_hex(8)
    return Prepared(submitter, batch, submission.lane, texts, tuple(rows))


def accept(database: Database, prepared: Prepared, most: int) -> Accepted:
    """Put it into the queue, of which at most ``most`` may wait. Raises QueueFull, KeyTaken, DatabaseUnavailable."""
    return database.write(lambda tables: _accept(tables, prepared, most))


@lru_cache(8)
def benchmark(name: str) -> tuple[Problem, ...]:
    """Its problems. Raises BadRequest: there is none, or we do not have it; CannotFetch."""
    try:
        return datasets.load(name)
    except (UnknownBenchmark, BadBenchmark, MissingExtra) as error:
        raise BadRequest(str(error)) from error


def _problems(submission: Submission) -> Sequence[Problem]:
    if submission.benchmark is None:
        return submission.problems
    return (*benchmark(submission.benchmark), *submission.problems)


def _accept(tables: Tables, prepared: Prepared, most: int) -> Accepted:
    now = tables.now()
    batch = _batch(tables, prepared, now)
    known = _known(tables, batch, prepared)
    fresh = [row for row in prepared.rows if row[1] not in known]
    if fresh:
        _refuse_if_full(tables, prepared.submitter, len(fresh), most, now)
        tables.each(
            "INSERT INTO problem (digest, problem) VALUES (:digest, :problem) ON CONFLICT (digest) DO NOTHING",
            [{"digest": digest, "problem": text} for digest, text in prepared.problems.items()],
        )
        _insert(tables, batch, fresh, now)
        ids = _known(tables, batch, prepared)
        _ticket(tables, batch, [ids[key] for _, key, _ in fresh], prepared, now)
    else:
        ids = known
    return Accepted(batch=prepared.batch, evaluations=tuple(ids[key] for _, key, _ in prepared.rows), new=len(fresh))


def _batch(tables: Tables, prepared: Prepared, now: float) -> int:
    names = {"submitter": prepared.submitter, "name": prepared.batch}
    tables.run(
        "INSERT INTO batch (submitter, name, lane, created) VALUES (:submitter, :name, :lane, :now)"
        " ON CONFLICT (submitter, name) DO NOTHING",
        lane=LANES.index(prepared.lane), now=now, **names,
    )  # fmt: skip
    tables.run("INSERT INTO submitter (name, served) VALUES (:name, 0) ON CONFLICT (name) DO NOTHING",
               name=prepared.submitter)  # fmt: skip
    return int(tables.value("SELECT id FROM batch WHERE submitter = :submitter AND name = :name", **names))


def _known(tables: Tables, batch: int, prepared: Prepared) -> dict[str, int]:
    """The ids of those of its keys that are there. Raises KeyTaken: of another problem or completion."""
    found: dict[str, int] = {}
    for start in range(0, len(prepared.rows), PORTION):
        portion = {key: (entry, digest) for entry, key, digest in prepared.rows[start : start + PORTION]}
        rows = tables.rows(
            "SELECT id, key, problem_digest, completion, author FROM evaluation"
            " WHERE batch_id = :batch AND key IN :keys",
            batch=batch, keys=list(portion),
        )  # fmt: skip
        for row in rows:
            entry, digest = portion[row.key]
            same = (digest, entry.completion.encode(), entry.author)
            if same != (row.problem_digest, bytes(row.completion), row.author):
                raise KeyTaken(f"batch {prepared.batch!r} has {row.key!r} already, and it is something else")
            found[row.key] = row.id
    return found


def _refuse_if_full(tables: Tables, submitter: str, new: int, most: int, now: float) -> None:
    """No submitter fills more of the queue than it leaves free (as ``sandbox.server.queue``)."""
    waiting = {row.submitter: row.number for row in tables.rows(
        "SELECT submitter, count(*) AS number FROM ticket WHERE claim IS NULL GROUP BY submitter")}  # fmt: skip
    total = sum(waiting.values())
    if waiting.get(submitter, 0) + new > most - total:
        raise QueueFull(f"{total} evaluations wait, {waiting.get(submitter, 0)} of them yours: too many for {new} more",
                        _advice(tables, total, now))  # fmt: skip


def _advice(tables: Tables, waiting: int, now: float) -> int:
    lately = tables.value("SELECT count(*) FROM outcome WHERE finished > :since", since=now - 60)
    seconds = math.ceil(60 * waiting / max(1, int(lately)) / 4)
    return max(1, min(LONGEST_ADVICE_SECONDS, seconds))


def _insert(tables: Tables, batch: int, rows: Sequence[tuple[Entry, str, str]], now: float) -> None:
    tables.each(
        "INSERT INTO evaluation (batch_id, key, author, task_id, problem_digest, completion, created)"
        " VALUES (:batch, :key, :author, :task, :digest, :completion, :now)",
        [
            {"batch": batch, "key": key, "author": entry.author, "task": entry.task_id, "digest": digest,
             "completion": entry.completion.encode(), "now": now}
            for entry, key, digest in rows
        ],
    )  # fmt: skip


def _ticket(tables: Tables, batch: int, ids: Sequence[int], prepared: Prepared, now: float) -> None:
    for start in range(0, len(ids), PORTION):
        tables.run(
            "INSERT INTO ticket (evaluation_id, batch_id, lane, submitter, author, size, due, attempts)"
            " SELECT e.id, b.id, b.lane, b.submitter, e.author, length(e.completion), :now, 0 FROM evaluation e"
            " JOIN batch b ON b.id = e.batch_id WHERE b.id = :batch AND e.id IN :ids",
            batch=batch, ids=list(ids[start : start + PORTION]), now=now,
        )  # fmt: skip
