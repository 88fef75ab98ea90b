"""Whatever dies, every evaluation is recorded once, with the verdict that it has without faults.

A worker is killed every two seconds, the database is restarted once, the Docker engine is killed and started once.
`make soak` does so with 10,000 evaluations.
"""

import importlib.util
import itertools
import os
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from evaluator.daemon.store import Database
from evaluator.daemon.testing import OwnPostgres
from evaluator.protocol import Problem

NUMBER = int(os.environ.get("SOAK", "1000"))
AT_ONCE = 2000
KILL_SECONDS = 2.0
VARIANTS = {
    "passed": "    return a + b  # {}\n",
    "failed": "    return a - b  # {}\n",
    "crashed": "    raise ValueError({})\n",
    "no_program": "I cannot do that, for {} reasons.",
}
COUNT, TABLES = "SELECT count(*) FROM {}", ("outcome", "evaluation", "ticket")
pytestmark = pytest.mark.heavy


def survival() -> Any:
    """The engine of one's own is the sandbox's test's."""
    path = Path(__file__).parents[2] / "sandbox/test_survival.py"
    spec = importlib.util.spec_from_file_location("survival_of_the_sandbox", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


own_engine = survival().own_engine


def expected(number: int) -> str:
    return tuple(VARIANTS)[number % len(VARIANTS)]


def submit(http: httpx.Client, problem: Problem) -> None:
    for start in range(0, NUMBER, AT_ONCE):
        entries = [
            {"task_id": problem.task_id, "key": str(number), "completion": VARIANTS[expected(number)].format(number)}
            for number in range(start, min(start + AT_ONCE, NUMBER))
        ]
        asked = {"batch": "soak", "problems": [problem.model_dump(mode="json")], "evaluations": entries}
        assert http.post("/v1/evaluations", json=asked).status_code == 202


class Trouble:
    """Makes it until it is told to stop."""

    def __init__(self, daemon: Any, restart_database: Callable[[], None], engine: Any) -> None:
        self.killed = 0
        self.half_way = NUMBER
        """So many outcomes there were when the engine was killed."""
        self.done = threading.Event()
        self._daemon, self._engine, self._restart_database = daemon, engine, restart_database
        self._threads = [threading.Thread(target=work) for work in (self._kill_workers, self._restart)]

    def __enter__(self) -> "Trouble":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.done.set()
        for thread in self._threads:
            thread.join()

    def _kill_workers(self) -> None:
        """The oldest, so that each lives for twice as many seconds as there are workers: starting one takes time."""
        while not self.done.wait(KILL_SECONDS):
            if workers := self._daemon.children("worker"):
                os.kill(min(workers, key=lambda pid: os.stat(f"/proc/{pid}").st_ctime_ns), signal.SIGKILL)
                self.killed += 1

    def _restart(self) -> None:
        self._wait_for(NUMBER // 5)
        self._restart_database()
        self._wait_for(NUMBER // 2)
        self.half_way = progress(self._daemon.http)
        self._engine.kill()
        time.sleep(1)
        self._engine.start()

    def _wait_for(self, number: int) -> None:
        while progress(self._daemon.http) < number and not self.done.wait(0.2):
            pass


def progress(http: httpx.Client) -> int:
    """How many outcomes there are, as far as one can know at present."""
    try:
        answer = http.get("/v1/batches/soak")
    except httpx.TransportError:
        return 0
    return int(answer.json()["states"]["judged"]) if answer.is_success else 0


def restart(url: str, database: Database, daemon: Any, postgres: OwnPostgres | None) -> Callable[[], None]:
    """PostgreSQL crashes and comes back; SQLite has no server, so its file is taken from everyone, and the one process
    that speaks for it to others is killed."""

    def crash() -> None:
        if postgres is not None:
            postgres.stop(signal.SIGQUIT)
            time.sleep(1)
            postgres.start()
            return
        assert database.file is not None
        connection = sqlite3.connect(database.file, isolation_level=None, timeout=30)
        connection.execute("BEGIN IMMEDIATE")
        for server in daemon.children("server"):
            os.kill(server, signal.SIGKILL)
        time.sleep(5)
        connection.execute("ROLLBACK")
        connection.close()

    return crash


def test_every_evaluation_is_recorded_once_and_right(
    own_engine: Any, start: Callable[..., Any], url: str, database: Database, addition: Problem,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    daemon = start(url, "--workers", "8", "--slots", "1", "--lease-seconds", "4",
                   environment={"DOCKER_HOST": own_engine.host})  # fmt: skip
    submit(daemon.http, addition)
    postgres = request.getfixturevalue("postgres") if database.postgres else None
    began = time.monotonic()
    with Trouble(daemon, restart(url, database, daemon, postgres), own_engine) as trouble:
        daemon.wait_for(lambda: progress(daemon.http) == NUMBER, f"{NUMBER} outcomes", seconds=120 + NUMBER)
        took = time.monotonic() - began
    outcomes = read(daemon)
    assert {one["key"]: (one["verdict"] or {}).get("status") for one in outcomes} == {
        str(number): expected(number) for number in range(NUMBER)
    }
    assert len(outcomes) == len({one["number"] for one in outcomes}) == NUMBER
    counted = database.read(lambda tables: [tables.value(COUNT.format(name)) for name in TABLES])
    assert dict(zip(TABLES, counted, strict=True)) == {"outcome": NUMBER, "evaluation": NUMBER, "ticket": 0}
    attempts = Counter(one["attempts"] for one in outcomes)
    print(
        f"\n{NUMBER} in {took:.0f} s; {trouble.killed} workers killed; outcomes by attempts: {sorted(attempts.items())}"
    )
    assert trouble.killed >= max(1, took // 4)  # one every 2 s, where the machine lets us
    assert trouble.half_way < NUMBER
    assert max(attempts) > 1, "nothing was ever interrupted: this proves nothing"


def read(daemon: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for _ in itertools.count():
        after = found[-1]["number"] if found else 0
        page = daemon.http.get("/v1/batches/soak/outcomes", params={"after": after}).json()
        found += page["outcomes"]
        if page["done"]:
            break
    return found
