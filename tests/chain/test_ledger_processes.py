"""The embedded ledger in the hands of many processes, some of which are killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from sqlite3 import connect

import pytest

from chain.ledger import Ledger

ROOT = Path(__file__).parents[2]

WORKER = """
import sys
from pathlib import Path
from chain.ledger import Ledger

path, name, turns = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
with Ledger.open(path) as ledger:
    print("open", flush=True)
    turn = 0
    while turn != turns:
        turn += 1
        ledger.register(f"{name}-{turn}", name)
        ledger.set_weights("v0", {1: turn, 2: 1, 3: turn % 7})
        ledger.announce("m0", f"http://127.0.0.1:{1024 + turn % 60000}")
        block = ledger.skip(3)
        print(block, flush=True)
"""


@contextmanager
def worker(path: Path, name: str, turns: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", WORKER, str(path), name, str(turns)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    rules = {"tempo": 10, "block_seconds": 3600.0, "weights_rate_limit": 0}
    with Ledger.create(tmp_path / "ledger", clock=time.time, max_uids=1000, **rules) as ledger:
        ledger.register("v0", "cold", stake=10)
        for number in range(3):
            ledger.register(f"m{number}", "cold")
        ledger.skip(10)
    return tmp_path / "ledger"


def epochs_run(path: Path) -> tuple[int, int]:
    """How many epochs the file says have run, and how many are due by the blocks that were skipped."""
    with closing(connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        epochs, skipped = connection.execute("SELECT epochs, skipped FROM subnet").fetchone()
    return epochs, skipped // 10


def test_processes_that_work_at_once_lose_nothing(path: Path) -> None:
    turns = 15
    with worker(path, "a", turns) as one, worker(path, "b", turns) as two, worker(path, "c", turns) as three:
        for process in (one, two, three):
            _, errors = process.communicate(timeout=60)
            assert process.returncode == 0, errors
    with Ledger.open(path) as ledger:
        neurons = ledger.metagraph().neurons
    assert [n.uid for n in neurons] == list(range(4 + 3 * turns))
    assert {n.hotkey for n in neurons[4:]} == {f"{name}-{turn}" for name in "abc" for turn in range(1, turns + 1)}
    assert epochs_run(path) == ((10 + 3 * 3 * turns) // 10,) * 2


def test_an_epoch_runs_once_whoever_looks_first(path: Path) -> None:
    looks = "import sys; from pathlib import Path; from chain.ledger import Ledger\n"
    looks += "with Ledger.open(Path(sys.argv[1])) as ledger:\n"
    looks += "    sys.stdin.readline(); print(ledger.metagraph().model_dump_json())"
    with Ledger.open(path) as ledger:
        ledger.set_weights("v0", {1: 1.0})
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", looks, str(path)], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for _ in range(4)
    ]
    with closing(connect(path)) as connection:  # an epoch falls due, and nobody has looked yet
        connection.execute("UPDATE subnet SET skipped = skipped + 10")
        connection.commit()
    seen = [process.communicate("go\n", timeout=60)[0] for process in processes]
    assert len(set(seen)) == 1
    validator = json.loads(seen[0])["neurons"][0]
    assert validator["dividends"] == pytest.approx(1)
    with closing(connect(path)) as connection:
        bonds = json.loads(connection.execute("SELECT bonds FROM neuron WHERE uid = 0").fetchone()[0])
    assert bonds == {"1": pytest.approx(0.1 * 65535, abs=1)}, "a second run would have made it 0.19"


def test_killed_at_any_point_the_file_stays_consistent(path: Path) -> None:
    told = 10
    for seed in range(6):
        with worker(path, f"k{seed}", -1) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "open\n"
            for _ in range(2):
                told = int(process.stdout.readline())
            time.sleep(0.003 * seed)  # a moment to die at, not a state to wait for
            os.kill(process.pid, signal.SIGKILL)
            rest = process.stdout.read().split("\n")[:-1]
            told = int(rest[-1]) if rest else told
        epochs, due = epochs_run(path)
        assert epochs == due
        with Ledger.open(path) as ledger:
            assert ledger.block >= told, "what was told to have happened has happened"
            assert [n.uid for n in ledger.metagraph().neurons] == list(range(len(ledger.metagraph().neurons)))
            assert sum(ledger.weights("v0").values()) == pytest.approx(1)


def test_threads_share_one_ledger(path: Path) -> None:
    with Ledger.open(path) as ledger, ThreadPoolExecutor(8) as pool:
        uids = list(pool.map(lambda number: ledger.register(f"t{number % 20}", "cold"), range(40)))
        assert sorted(set(uids)) == list(range(4, 24))
        assert uids[:20] == uids[20:]
