"""Databases of both kinds, a daemon of the tests' own, and problems whose verdicts are known."""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx
import pytest

from evaluator.daemon import intake, schema
from evaluator.daemon.protocol import Accepted, Entry, Lane, Submission
from evaluator.daemon.store import Database
from evaluator.daemon.testing import OwnPostgres, open_postgres
from evaluator.protocol import Problem

Submit = Callable[..., Accepted]


@pytest.fixture(scope="session")
def postgres() -> Iterator[OwnPostgres]:
    """A server of the tests' own."""
    with open_postgres() as server:
        yield server


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that processes which gave root up can reach."""
    with tempfile.TemporaryDirectory(prefix="lovelace-daemon-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, folder: Path) -> str:
    """Of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{folder}/queue.db"
    server: OwnPostgres = request.getfixturevalue("postgres")
    return server.url(f"d{secrets.token_hex(6)}")


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """One of our version, with nothing in it."""
    found = Database(url, patience_seconds=20)
    schema.migrate(found)
    yield found
    found.close()


@pytest.fixture
def submit(database: Database, addition: Problem) -> Submit:
    """Have ``keys`` judged."""

    def put(
        *keys: str, submitter: str = "key:alice", batch: str = "b", lane: Lane = Lane.ORGANIC, author: str = "",
        completion: str = "    return a + b\n", most: int = 1000,
    ) -> Accepted:  # fmt: skip
        entries = [Entry(task_id="Test/0", completion=completion, key=key, author=author) for key in keys]
        submission = Submission(evaluations=tuple(entries), problems=(addition,), batch=batch, lane=lane)
        return intake.accept(database, intake.prepare(submitter, submission), most)

    return put


@dataclass
class Daemon:
    """``lovelace evaluator serve``, in processes of its own."""

    process: "subprocess.Popen[str]"
    http: httpx.Client
    log: Path

    def wait_for(self, happens: Callable[[], bool], what: str, seconds: float = 60) -> None:
        until = time.monotonic() + seconds
        while not happens():
            assert time.monotonic() < until, f"not within {seconds} s: {what}\n{self.log.read_text()[-3000:]}"
            time.sleep(0.05)

    def ready(self) -> bool:
        try:
            return self.http.get("/readyz").is_success
        except httpx.TransportError:
            return False

    def children(self, role: str) -> list[int]:
        """The pids of its processes."""
        ran = subprocess.run(["pgrep", "-P", str(self.process.pid), "-f", f"daemon.processes {role}"],
                             capture_output=True, text=True, check=False)  # fmt: skip
        return [int(line) for line in ran.stdout.split()]


Start = Callable[..., Daemon]


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    """Start a daemon on a database; it is stopped at the end of the test."""
    with ExitStack() as stack:

        def begin(url: str, *options: str, ready: bool = True, environment: dict[str, str] | None = None) -> Daemon:
            log = folder / f"log-{secrets.token_hex(4)}"
            daemon = Daemon(_begin(stack, url, options, log, environment or {}), httpx.Client(), log)
            assert daemon.process.stdout is not None
            address = daemon.process.stdout.readline().removeprefix("listening on ").strip()
            assert address, log.read_text()
            daemon.http = stack.enter_context(httpx.Client(base_url=address, timeout=60, trust_env=False))
            if ready:
                daemon.wait_for(daemon.ready, "ready")
            return daemon

        yield begin


def _begin(
    stack: ExitStack, url: str, options: tuple[str, ...], log: Path, environment: dict[str, str]
) -> "subprocess.Popen[str]":
    err: IO[bytes] = stack.enter_context(log.open("wb"))
    command = [sys.executable, "-m", "lovelace", "evaluator", "serve", "--port", "0", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=err, text=True,
                               env={**os.environ, "LOVELACE_EVALUATOR_DATABASE": url, **environment})  # fmt: skip
    stack.enter_context(process)
    stack.callback(process.send_signal, signal.SIGTERM)
    return process
