"""``lovelace sandbox run``: the real command."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("engine")


def run(*arguments: str | Path, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "lovelace", "sandbox", "run", *map(str, arguments)]
    variables = {**os.environ, **environment}
    return subprocess.run(command, input=stdin, capture_output=True, timeout=60, check=False, env=variables)


def assert_one_line(done: subprocess.CompletedProcess[bytes], words: str) -> None:
    """One line on standard error, nothing on standard output, exit code 2."""
    line = done.stderr.decode()
    assert line.startswith("lovelace: ")
    assert line.endswith("\n")
    assert line.count("\n") == 1, line
    assert words in line
    assert (done.returncode, done.stdout) == (2, b"")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """It says what it was given, in bytes, and leaves with 7."""
    path = tmp_path / "program.py"
    path.write_text(
        "import os, sys\n"
        "os.write(1, b'\\xff\\0' + sys.stdin.buffer.read() + b'|'.join(map(os.fsencode, sys.argv[1:])))\n"
        "os.write(2, b'\\xfe err\\n')\n"
        "sys.exit(7)\n"
    )
    return path


def test_its_output_and_exit_code_are_the_programs(program: Path) -> None:
    done = run(program)
    assert (done.stdout, done.returncode) == (b"\xff\0", 7)
    program_said, facts = done.stderr.splitlines()
    assert program_said == b"\xfe err"
    assert re.fullmatch(rb"run: exit code 7, \d\.\d{3} s CPU, \d\.\d{3} s wall, \d+\.\d MB peak", facts)


def test_passes_standard_input_and_arguments_on(program: Path) -> None:
    done = run("--stdin", "-", program, "a b", os.fsdecode(b"\xff"), "--", "-x", stdin=b"\0\xffin\n")
    assert done.stdout == b"\xff\0\0\xffin\na b|\xff|-x"


def test_takes_standard_input_from_a_file_and_otherwise_none(program: Path, tmp_path: Path) -> None:
    (tmp_path / "input").write_bytes(b"from the file")
    assert run("--stdin", tmp_path / "input", program).stdout == b"\xff\0from the file"
    assert run(program, stdin=b"not this").stdout == b"\xff\0"


def test_compiles_what_must_be_compiled(tmp_path: Path) -> None:
    source = tmp_path / "a.cc"
    source.write_text('#include <cstdio>\nint main() { puts("compiled"); }\n')
    done = run(source)
    assert (done.stdout, done.returncode) == (b"compiled\n", 0)
    assert [line.split(b":")[0] for line in done.stderr.splitlines()] == [b"compile", b"run"]


def test_what_does_not_compile_shows_why(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text("int main() { return x; }\n")
    done = run("--language", "c++", source)
    assert (done.stdout, done.returncode) == (b"", 1)
    assert b"main.cpp:1" in done.stderr


def test_says_which_limit_stopped_a_program(tmp_path: Path) -> None:
    source = tmp_path / "a.py"
    source.write_text("while True: pass")
    done = run("--cpu-seconds", "0.2", source)
    assert done.returncode == 128
    assert done.stderr.startswith(b"run: stopped at the cpu limit, 0.2")


def test_an_unknown_language_is_one_line(program: Path) -> None:
    assert_one_line(run("--language", "cobol", program), "unknown language 'cobol'; there are: ")


def test_a_suffix_that_tells_nothing_is_one_line(tmp_path: Path) -> None:
    assert_one_line(run(tmp_path / "program.xyz"), "name it with --language")


@pytest.mark.parametrize(("name", "reason"), [("missing.py", "No such file"), ("directory.py", "Is a directory")])
def test_a_file_that_cannot_be_read_is_one_line(name: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "directory.py").mkdir()
    assert_one_line(run(tmp_path / name), f"cannot read {tmp_path / name}: {reason}")


def test_a_missing_file_for_standard_input_is_one_line(program: Path, tmp_path: Path) -> None:
    assert_one_line(run("--stdin", tmp_path / "missing", program), "No such file")


@pytest.mark.parametrize("option", ["--cpu-seconds", "--memory-mb"])
def test_limits_that_cannot_be_are_one_line(option: str, program: Path) -> None:
    assert_one_line(run(option, "0", program), "out of range")


@pytest.mark.parametrize("address", ["unix:///nowhere/docker.sock", "tcp://127.0.0.1:9"])
def test_no_engine_is_one_line(address: str, program: Path) -> None:
    assert_one_line(run(program, DOCKER_HOST=address), f"no Docker engine answers at {address}")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_none_is_left_when_it_is_stopped(
    number: int, running: Callable[[int, int], list[str]], gone: Callable[[str], None], tmp_path: Path
) -> None:
    source = tmp_path / "a.py"
    source.write_text("while True: pass")
    command = [sys.executable, "-m", "lovelace", "sandbox", "run", str(source)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    containers = running(process.pid, 2)  # the one at work, and one that stands ready
    process.send_signal(number)
    assert process.wait(timeout=30) != 0
    for container in containers:
        gone(container)
