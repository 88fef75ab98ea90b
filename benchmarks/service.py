"""An evaluator daemon of a figure's own: its processes, its database, and how fast it is through a batch."""

import asyncio
import contextlib
import os
import secrets
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.errors import WrongAnswer
from evaluator.daemon.client import Client
from evaluator.daemon.protocol import Entry, State, Submission
from evaluator.daemon.store import Database, Tables
from evaluator.protocol import Problem, Status

if TYPE_CHECKING:
    import httpx

PORTION = 20_000
READY_TRIES = 600


@dataclass(frozen=True, slots=True)
class Service:
    """A running daemon."""

    client: Client

    async def judge(self, problems: Sequence[Problem], repeats: int) -> float:
        """The seconds from the submission of all canonical solutions to the last outcome. Raises WrongAnswer."""
        batch = secrets.token_hex(8)
        entries = [
            Entry(task_id=problem.task_id, completion=problem.canonical_solution, key=f"{problem.task_id}:{number}")
            for number in range(repeats)
            for problem in problems
        ]
        submission = Submission(evaluations=tuple(entries), problems=tuple(problems), batch=batch)
        began = time.perf_counter()
        await self.client.submit(submission)
        outcomes = [outcome async for outcome in self.client.outcomes(batch)]
        took = time.perf_counter() - began
        passed = sum(one.state is State.JUDGED and one.verdict is not None and one.verdict.status is Status.PASSED
                     for one in outcomes)  # fmt: skip
        if passed != len(entries):
            raise WrongAnswer(f"{passed} of {len(entries)} canonical solutions pass")
        return took


@contextlib.asynccontextmanager
async def serving(url: str, workers: int) -> AsyncIterator[Service]:
    """A daemon on the database at ``url``, ready to judge."""
    import httpx

    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "lovelace", "evaluator", "serve", "--database", url, "--port", "0",
        "--workers", str(workers), stdout=PIPE, stderr=DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        address = (await process.stdout.readline()).decode().removeprefix("listening on ").strip()
        async with httpx.AsyncClient(base_url=address, timeout=60, trust_env=False) as http:
            for _ in range(READY_TRIES):
                if await _ready(http):
                    break
                await asyncio.sleep(0.1)
            yield Service(Client(http))
    finally:
        process.terminate()
        await process.wait()


async def _ready(http: "httpx.AsyncClient") -> bool:
    import httpx

    try:
        return (await http.get("/readyz")).is_success
    except httpx.TransportError:
        return False


_EVALUATIONS = """
    INSERT INTO evaluation (id, batch_id, key, author, task_id, problem_digest, completion, created)
    SELECT id + :there, batch_id, 'copy ' || (id + :there), author, task_id, problem_digest, completion, created
    FROM evaluation WHERE id <= :most"""
_OUTCOMES = """
    INSERT INTO outcome
        (evaluation_id, batch_id, state, status, verdict, reason, code, facts, attempts, worker, seconds, finished)
    SELECT evaluation_id + :there, batch_id, state, status, verdict, reason, code, facts, attempts, worker, seconds,
        finished - 3600 FROM outcome WHERE evaluation_id <= :most"""


def fill(url: str, rows: int) -> None:
    """Multiply what the database has already, with all that was recorded of it, to ``rows`` evaluations."""
    database = Database(url)
    try:
        there = int(database.read(lambda tables: tables.value("SELECT max(id) FROM evaluation")))
        while there < rows:
            most = min(PORTION, there, rows - there)
            database.write(partial(_multiply, there=there, most=most))
            there += most
        if database.postgres:
            database.write(_tell_postgres)
    finally:
        database.close()


def _multiply(tables: Tables, there: int, most: int) -> None:
    for statement in (_EVALUATIONS, _OUTCOMES):
        tables.run(statement, there=there, most=most)


def _tell_postgres(tables: Tables) -> None:
    """What rows that were put in one by one would have told it."""
    tables.run("SELECT setval(pg_get_serial_sequence('evaluation', 'id'), (SELECT max(id) FROM evaluation))")
    tables.run("ANALYZE")
