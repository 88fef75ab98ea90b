"""``lovelace`` and its sub-commands explain themselves."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from lovelace.__main__ import app

ROOT = Path(__file__).parents[2]


def lovelace(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "lovelace", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def commands(application: typer.Typer, *above: str) -> Iterator[tuple[str, ...]]:
    """The words of every command and every group of commands."""
    yield above
    for command in application.registered_commands:
        assert command.callback is not None
        yield (*above, command.name or command.callback.__name__.replace("_", "-"))
    for group in application.registered_groups:
        assert group.typer_instance is not None
        assert group.name
        yield from commands(group.typer_instance, *above, group.name)


COMMANDS = list(commands(app))


def test_the_roles_are_all_there() -> None:
    roles = {
        *(("chain", name) for name in ("key", "create", "register", "show", "skip")),
        *(("sandbox", name) for name in ("build", "run", "serve")),
        *(("miner", "serve"), ("validator", "run"), ("evaluate",), ("rehearse",), ("doctor",)),
    }
    assert roles <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_has_help(command: tuple[str, ...]) -> None:
    told = lovelace(*command, "--help")
    assert told.returncode == 0, told.stderr
    assert "Usage: " in told.stdout
    assert " ".join(command) in " ".join(told.stdout.split())
    assert told.stderr == ""


@pytest.mark.parametrize("command", [("dance",), ("chain", "dance"), ("rehearse", "--dance"), ("sandbox", "run")])
def test_what_it_does_not_know_is_exit_code_two(command: tuple[str, ...]) -> None:
    told = lovelace(*command)
    assert told.returncode == 2
    assert "Usage: " in told.stderr
    assert "Traceback" not in told.stderr
