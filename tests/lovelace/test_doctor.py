"""``lovelace doctor``: each finding fine, each finding bad."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from chain import identity
from chain.ledger import Ledger

ROOT = Path(__file__).parents[2]

NO_ENGINE = {"DOCKER_HOST": "unix:///nowhere.sock"}


def doctor(*arguments: object, **environment: str) -> tuple[int, dict[str, tuple[str, str]]]:
    """The exit code, and of each finding whether it is ``ok`` or ``BAD`` and what is said of it."""
    done = subprocess.run(
        [sys.executable, "-m", "lovelace", "doctor", *map(str, arguments)],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    found = {}
    for line in done.stdout.splitlines():
        mark, what, detail = line.split(maxsplit=2)
        found[what] = (mark, detail)
    return done.returncode, found


@pytest.fixture
def key(tmp_path: Path) -> Path:
    identity.create(tmp_path / "key")
    return tmp_path / "key"


@pytest.fixture
def ledger(tmp_path: Path, key: Path) -> Path:
    with Ledger.create(tmp_path / "ledger.db") as made:
        made.register(identity.load(key).hotkey, "cold")
    return tmp_path / "ledger.db"


def test_everything_fine(engine: None, key: Path, ledger: Path) -> None:
    code, found = doctor("--key", key, "--ledger", ledger)
    assert list(found) == ["engine", "image", "disk", "clock", "key", "ledger"]
    assert {mark for mark, _ in found.values()} == {"ok"}, found
    assert code == 0
    assert found["engine"][1].startswith("Docker ")
    assert "python" in found["image"][1]
    assert "free" in found["disk"][1]
    assert found["clock"][1].endswith("UTC")
    assert found["key"][1] == f"{key}: {identity.load(key).hotkey}"
    assert found["ledger"][1] == f"{ledger}: block 0, 1 neurons"


def test_what_is_not_named_is_not_amiss(engine: None) -> None:
    code, found = doctor()
    assert code == 0
    assert found["key"] == ("ok", "none named; check one with --key FILE")
    assert found["ledger"] == ("ok", "none named; check one with --ledger FILE")


def test_no_engine(key: Path) -> None:
    code, found = doctor("--key", key, **NO_ENGINE)
    assert code == 1
    assert {what: mark for what, (mark, _) in found.items()} == {
        "engine": "BAD", "image": "BAD", "disk": "ok", "clock": "ok", "key": "ok", "ledger": "ok",
    }  # fmt: skip
    assert "docker/engine.sh start" in found["engine"][1]


def test_an_exposed_key(key: Path) -> None:
    key.chmod(0o640)
    code, found = doctor("--key", key)
    assert code == 1
    assert found["key"][0] == "BAD"
    assert f"chmod 600 {key}" in found["key"][1]


def test_a_key_that_is_not_there(tmp_path: Path) -> None:
    code, found = doctor("--key", tmp_path / "missing")
    assert code == 1
    assert found["key"] == (
        "BAD", f"no key file at {tmp_path}/missing; make one with `lovelace chain key {tmp_path}/missing`"
    )  # fmt: skip


def test_a_missing_ledger_and_one_that_is_none(tmp_path: Path, key: Path) -> None:
    code, found = doctor("--ledger", tmp_path / "missing")
    assert code == 1
    assert found["ledger"][0] == "BAD"
    assert f"lovelace chain create {tmp_path}/missing" in found["ledger"][1]
    assert not (tmp_path / "missing").exists()
    code, found = doctor("--ledger", key)
    assert code == 1
    assert found["ledger"][0] == "BAD"
