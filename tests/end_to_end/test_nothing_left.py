"""However a rehearsal ends, no container, no miner and no file of it is left."""

import os
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

Begin = Callable[..., "subprocess.Popen[str]"]
WaitUntil = Callable[..., None]
ContainersOf = Callable[[int], list[str]]
ProcessesThatMention = Callable[[Path], Sequence[str]]

MORE_THAN_WE_WAIT_FOR = ("--miners", 3, "--problems", 6, "--samples", 128)


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """Where the command makes its temporary directories."""
    (tmp_path / "scratch").mkdir()
    return tmp_path / "scratch"


@contextmanager
def rehearsing(begin: Begin, scratch: Path, *size: object) -> "Iterator[subprocess.Popen[str]]":
    process = begin("rehearse", *size, TMPDIR=str(scratch))
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def judging(scratch: Path) -> bool:
    """Whether verdicts are coming in."""
    for database in scratch.glob("lovelace-*/validator.db"):
        try:
            with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
                return int(connection.execute("SELECT count(*) FROM verdict").fetchone()[0]) > 10
        except sqlite3.OperationalError:
            return False  # it has no tables yet
    return False


def test_nothing_is_left_after_a_round(
    begin: Begin, scratch: Path, containers_of: ContainersOf, processes_that_mention: ProcessesThatMention
) -> None:
    with rehearsing(begin, scratch, "--miners", 2, "--problems", 2, "--samples", 2) as process:
        process.communicate(timeout=60)
        assert process.returncode == 0
    assert containers_of(process.pid) == []
    assert processes_that_mention(scratch) == []
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("moment", ["containers", "miners", "verdicts"])
def test_nothing_is_left_after_a_ctrl_c(
    begin: Begin,
    scratch: Path,
    wait_until: WaitUntil,
    containers_of: ContainersOf,
    processes_that_mention: ProcessesThatMention,
    moment: str,
) -> None:
    with rehearsing(begin, scratch, *MORE_THAN_WE_WAIT_FOR) as process:
        come = {
            "containers": lambda: containers_of(process.pid),
            "miners": lambda: processes_that_mention(scratch),
            "verdicts": lambda: judging(scratch),
        }
        wait_until(come[moment], moment)
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=30)
        assert process.returncode == 130
    assert containers_of(process.pid) == []
    assert processes_that_mention(scratch) == []
    assert list(scratch.iterdir()) == []


def test_no_container_and_no_miner_is_left_after_a_kill(
    begin: Begin,
    scratch: Path,
    wait_until: WaitUntil,
    containers_of: ContainersOf,
    processes_that_mention: ProcessesThatMention,
) -> None:
    with rehearsing(begin, scratch, *MORE_THAN_WE_WAIT_FOR) as process:
        wait_until(lambda: judging(scratch), "verdicts come in")
        assert containers_of(process.pid) != []
        assert len(processes_that_mention(scratch)) == 3
        process.kill()
        process.wait()
        wait_until(lambda: not containers_of(process.pid), "no container is left", 10)
        wait_until(lambda: not processes_that_mention(scratch), "no miner is left", 10)
