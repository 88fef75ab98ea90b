"""The network by hand, as the README shows it: every role a command and a process of its own."""

import json
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from lovelace.rehearsal.answers import secret
from miner.engines.scripted import AnswerBook
from validator.protocol import Plan
from validator.store import Store

PLAN = Plan(seed=3, problems=3, samples=4, deadline_seconds=60.0)

Lovelace = Callable[..., "subprocess.CompletedProcess[str]"]
Begin = Callable[..., "subprocess.Popen[str]"]
Say = Callable[..., str]


@pytest.fixture
def say(lovelace: Lovelace) -> Say:
    """What ``lovelace ARGUMENTS`` prints when all is well."""

    def run(*arguments: object) -> str:
        done = lovelace(*arguments)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return done.stdout.strip()

    return run


@contextmanager
def serving(begin: Begin, *options: object) -> Iterator[str]:
    """A miner; where it listens."""
    process = begin("miner", "serve", *options)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().removeprefix("listening on ").strip()
        process.terminate()
        assert process.wait(timeout=20) in (0, -signal.SIGTERM)  # uvicorn ends in order, then by the signal it got
    finally:
        process.kill()
        process.communicate()


def neurons(say: Say, ledger: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(say("chain", "show", ledger, "--json"))["neurons"]
    return found


def test_from_nothing_to_weights(
    say: Say, begin: Begin, books_of: Callable[[Plan, Sequence[str]], list[AnswerBook]], tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger.db"
    hotkeys = [say("chain", "key", tmp_path / name) for name in ("validator", "strong", "weak")]
    say("chain", "create", ledger, "--tempo", 10, "--weights-rate-limit", 10)
    assert say("chain", "register", ledger, "--key", tmp_path / "validator", "--stake", 1000) == "0"
    assert [say("chain", "register", ledger, "--key", tmp_path / name) for name in ("strong", "weak")] == ["1", "2"]
    assert int(say("chain", "skip", ledger, 10)) >= 10  # blocks also pass by themselves
    for name, book in zip(("strong", "weak"), books_of(PLAN, hotkeys[1:]), strict=True):
        book.save(tmp_path / f"{name}.json")
    Store(tmp_path / "validator.db", secret(PLAN.seed)).close()
    with ExitStack() as stack:
        endpoints = [
            stack.enter_context(
                serving(
                    begin, "--engine", "scripted", "--answers", tmp_path / f"{name}.json", "--skill", skill,
                    "--key", tmp_path / name, "--ledger", ledger,
                )
            )
            for name, skill in (("strong", 1.0), ("weak", 0.4))
        ]  # fmt: skip
        before = neurons(say, ledger)
        assert [neuron["hotkey"] for neuron in before] == hotkeys
        assert [neuron["endpoint"] for neuron in before] == [None, *endpoints]
        assert before[0]["validator_permit"]
        files = ("--key", tmp_path / "validator", "--ledger", ledger, "--database", tmp_path / "validator.db")
        size = ("--problems", PLAN.problems, "--samples", PLAN.samples, "--seed", PLAN.seed, "--rounds", 1)
        printed = say("validator", "run", *files, *size)
    assert all(hotkey[:8] in printed for hotkey in hotkeys[1:])
    assert "note:" not in printed
    say("chain", "skip", ledger, 10)
    incentives = [neuron["incentive"] for neuron in neurons(say, ledger)]
    assert incentives[0] == 0
    assert incentives[1] > incentives[2] > 0
    assert sum(incentives) == pytest.approx(1.0, abs=1e-9)
