"""API keys: the file, and the real command."""

import hashlib
import os
import re
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import keys, store
from sandbox.errors import BadRequest
from sandbox.keys import Keys


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys.db"


def command(file: Path, *words: str) -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, "-m", "lovelace", "sandbox", "key", *words, "--keys", str(file)]
    return subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False)


def test_a_key_is_found_by_its_token_alone(file: Path) -> None:
    alice, bob = keys.create(file, "alice"), keys.create(file, "bob")
    found = Keys(file)
    assert (found.find(alice), found.find(bob), len(found)) == ("alice", "bob", 2)
    for wrong in ("", "lvs", alice[:-1], alice + "A", alice.upper(), "x" + alice, bob[:13] + alice[13:], "lvs_\0_ü"):
        assert found.find(wrong) is None, wrong


def test_a_running_server_sees_keys_that_are_added_and_revoked(file: Path) -> None:
    found = Keys(file)
    assert len(found) == 0
    alice = keys.create(file, "alice")
    assert found.find(alice) == "alice"
    bob = keys.create(file, "bob")
    assert found.find(bob) == "bob"
    store.revoke(file, "alice")
    assert (found.find(alice), found.find(bob)) == (None, "bob")
    file.unlink()
    assert found.find(bob) is None


def test_keys_stay_as_they_were_while_the_file_cannot_be_read(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    alice = keys.create(file, "alice")
    found = Keys(file)
    file.write_bytes(b"nonsense" * 1000)
    assert found.find(alice) == "alice"
    assert "the keys stay as they were" in caplog.text


def test_the_file_holds_no_secret_and_is_its_owners_alone(file: Path) -> None:
    token = keys.create(file, "alice")
    identifier, secret = re.fullmatch(r"lvs_([0-9a-f]{8})_([\w-]{43})", token).groups()  # type: ignore[union-attr]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    data = file.read_bytes()
    assert secret.encode() not in data
    assert hashlib.sha256(secret.encode()).hexdigest().encode() in data
    with sqlite3.connect(file) as database:
        assert database.execute("select id, name from sandbox_key").fetchall() == [(identifier, "alice")]


def test_a_file_that_others_can_read_is_refused(file: Path) -> None:
    keys.create(file, "alice")
    file.chmod(0o640)
    with pytest.raises(BadRequest, match="chmod 600"):
        Keys(file)


def test_a_file_that_a_server_could_not_reach_any_more_is_refused(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    keys.create(closed / "keys.db", "alice")
    user = os.geteuid()
    if user == 0:  # nobody else gives root up
        with pytest.raises(BadRequest, match="everyone may pass"):
            keys.hand_over(closed / "keys.db")
    assert os.geteuid() == user
    assert len(Keys(closed / "keys.db")) == 1


def test_the_command_prints_a_key_once_and_never_again(file: Path) -> None:
    added = command(file, "add", "alice")
    token = added.stdout.strip()
    assert (added.returncode, added.stderr) == (0, "")
    assert Keys(file).find(token) == "alice"
    listed = command(file, "list")
    assert "alice" in listed.stdout
    assert token[:12] in listed.stdout
    assert token[13:] not in listed.stdout
    assert command(file, "revoke", "alice").returncode == 0
    assert re.search(r"alice.* UTC .* UTC ", command(file, "list").stdout)
    assert Keys(file).find(token) is None


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("add", "alice"), "a key called 'alice' is or was there"),
        (("add", ""), "1 to 100 printable characters"),
        (("add", "a\x1b[2J"), "1 to 100 printable characters"),
        (("revoke", "bob"), "no key called 'bob'"),
    ],
)
def test_what_cannot_be_done_is_one_line(words: tuple[str, ...], message: str, file: Path) -> None:
    keys.create(file, "alice")
    done = command(file, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_missing_file_is_one_line(file: Path) -> None:
    done = command(file, "list")
    assert done.returncode == 2
    assert "`lovelace sandbox key add NAME` makes it" in done.stderr
    assert not file.exists()
