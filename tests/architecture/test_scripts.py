"""The set-up scripts repeat nothing, harm nothing that is not ours, and fail in one clear line."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ("bash", "basename", "cat", "dirname", "flock", "grep", "id", "mkdir", "mktemp", "rm", "timeout", "tr", "sleep")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A fresh copy of what git tracks: no .venv, no .cache."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in names:
        if name and (ROOT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def run(clone: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHON"} | environment
    return subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True, check=False)


def assert_one_line_and_exit_2(ran: subprocess.CompletedProcess[str], *words: str) -> None:
    assert ran.returncode == 2, ran
    assert ran.stdout == ""
    assert ran.stderr.count("\n") == 1, ran.stderr
    assert all(word in ran.stderr for word in words), ran.stderr


@pytest.mark.usefixtures("engine")
def test_start_is_silent_where_an_engine_answers(clone: Path) -> None:
    ran = run(clone, "docker/engine.sh", "start")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


@pytest.mark.usefixtures("engine")
def test_stop_leaves_an_engine_that_we_did_not_start(clone: Path) -> None:
    assert run(clone, "docker/engine.sh", "stop").returncode == 0
    assert run(clone, "docker/engine.sh", "status").stdout == "a Docker engine answers\n"


def test_stop_leaves_a_process_that_took_the_old_pid(clone: Path) -> None:
    with subprocess.Popen(["/bin/sleep", "60"]) as stranger:
        (clone / ".cache").mkdir()
        (clone / ".cache/engine.pid").write_text(str(stranger.pid))
        ran = run(clone, "docker/engine.sh", "stop")
        assert stranger.poll() is None
        stranger.terminate()
    assert "no engine of ours" in ran.stdout


def test_start_names_a_docker_host_that_does_not_answer(clone: Path) -> None:
    ran = run(clone, "docker/engine.sh", "start", DOCKER_HOST="unix:///nowhere.sock")
    assert_one_line_and_exit_2(ran, "DOCKER_HOST=unix:///nowhere.sock")


def test_status_says_that_no_engine_answers(clone: Path) -> None:
    ran = run(clone, "docker/engine.sh", "status", DOCKER_HOST="unix:///nowhere.sock")
    assert (ran.returncode, ran.stdout) == (1, "no Docker engine answers\n")


def test_start_says_what_to_do_where_it_cannot_install_an_engine(clone: Path) -> None:
    tools = clone / "tools"
    tools.mkdir()
    for tool in TOOLS:
        (tools / tool).symlink_to(shutil.which(tool) or pytest.fail(f"{tool} is missing"))
    ran = run(clone, "docker/engine.sh", "start", PATH=str(tools), DOCKER_HOST="")
    assert_one_line_and_exit_2(ran, "no Docker engine answers", "as root on Debian or Ubuntu")


def test_the_base_image_is_not_attempted_without_an_engine(clone: Path) -> None:
    assert_one_line_and_exit_2(run(clone, "docker/base.sh", DOCKER_HOST="unix:///nowhere.sock"), "engine.sh start")


@pytest.mark.usefixtures("engine")
def test_the_base_image_is_made_once(clone: Path) -> None:
    assert run(clone, "docker/base.sh").returncode == 0
    again = run(clone, "docker/base.sh")
    assert (again.returncode, again.stdout) == (0, "base.sh: lovelace/base:trixie is there\n")


def test_set_up_names_a_python_that_will_not_do(clone: Path) -> None:
    ran = run(clone, "docker/setup.sh", PYTHON="/nowhere/python3")
    assert_one_line_and_exit_2(ran, "Python 3.11 or newer", "/nowhere/python3", "missing")


@pytest.mark.heavy
def test_set_up_repairs_a_half_made_environment_and_then_does_nothing(clone: Path) -> None:
    (clone / ".venv/bin").mkdir(parents=True)
    first = run(clone, "docker/setup.sh", PYTHON=sys.executable)
    assert first.returncode == 0, first.stderr
    assert "installing the locked packages" in first.stdout
    assert run(clone, ".venv/bin/lovelace", "--help").returncode == 0

    began = time.monotonic()
    second = run(clone, "docker/setup.sh")
    assert (second.returncode, second.stdout) == (0, "set-up: .venv is up to date\n")
    assert time.monotonic() - began < 5
