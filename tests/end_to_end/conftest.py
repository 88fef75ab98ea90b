"""The real command, as a user types it; what it leaves behind; and what scripted miners need to know."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from lovelace.rehearsal.playing import write_books
from miner.engines.scripted import AnswerBook
from sandbox import owner
from sandbox.engine import connect
from sandbox.local import open_sandbox
from validator.problems.workshop import open_workshop
from validator.protocol import Plan

ROOT = Path(__file__).parents[2]

COMMAND = (sys.executable, "-m", "lovelace")


@pytest.fixture(scope="session")
def lovelace() -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Run ``lovelace ARGUMENTS`` to its end; keywords are added to its environment."""

    def run(*arguments: object, **environment: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*COMMAND, *map(str, arguments)], cwd=ROOT, env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=240, check=False,
        )  # fmt: skip

    return run


@pytest.fixture(scope="session")
def begin() -> Callable[..., "subprocess.Popen[str]"]:
    """Start ``lovelace ARGUMENTS`` in a process group of its own, with pipes; keywords as above."""

    def start(*arguments: object, **environment: str) -> "subprocess.Popen[str]":
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [*COMMAND, *map(str, arguments)], cwd=ROOT, env={**os.environ, **environment},
            stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True, start_new_session=True,
        )  # fmt: skip

    return start


@pytest.fixture(scope="session")
def wait_until() -> Callable[..., None]:
    """Look again and again until something holds; fail, saying what, when it does not in time."""

    def wait(holds: Callable[[], object], what: str, seconds: float = 60.0) -> None:
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f"not within {seconds:g} s: {what}"
            time.sleep(0.002)

    return wait


@pytest.fixture(scope="session")
def containers_of(engine: None) -> Callable[[int], list[str]]:
    """The containers, running or not, that the process with this pid made and that are still there."""

    def find(pid: int) -> list[str]:
        client = connect()
        try:
            found = client.containers(all=True, filters={"label": owner.LABEL})
            return [c["Id"] for c in found if c["Labels"][owner.LABEL].startswith(f"{pid}-")]
        finally:
            client.close()

    return find


@pytest.fixture(scope="session")
def books_of(engine: None) -> Callable[[Plan, Sequence[str]], list[AnswerBook]]:
    """What scripted miners need, one for each hotkey, for the first round of a validator with a rehearsal's secret."""

    async def write(plan: Plan, hotkeys: Sequence[str]) -> list[AnswerBook]:
        async with open_sandbox(plan.languages) as sandbox, open_workshop() as workshop:
            return await write_books(plan, hotkeys, sandbox, workshop)

    return lambda plan, hotkeys: asyncio.run(write(plan, hotkeys))


@pytest.fixture(scope="session")
def processes_that_mention() -> Callable[[Path], Sequence[str]]:
    """The command lines of all living processes in which a path stands."""

    def find(path: Path) -> list[str]:
        lines = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue  # it ended meanwhile
            if str(path) in words:
                lines.append(words)
        return lines

    return find
