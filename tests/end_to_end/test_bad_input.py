"""Whatever a person gets wrong is one clear line on standard error and exit code 2."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from miner.engines.scripted import AnswerBook
from miner.testing import Subnet
from sandbox.serving import listen

Lovelace = Callable[..., "subprocess.CompletedProcess[str]"]
Refuses = Callable[..., str]

NO_ENGINE = {"DOCKER_HOST": "unix:///nowhere.sock"}
GOOD_LINE = json.dumps({"task_id": "HumanEval/0", "completion": "    return None"})


@pytest.fixture(scope="module")
def refuses(lovelace: Lovelace) -> Refuses:
    """What ``lovelace ARGUMENTS`` says, in its one line, when it refuses."""

    def run(*arguments: object, **environment: str) -> str:
        done = lovelace(*arguments, **environment)
        assert done.returncode == 2, done
        lines = done.stderr.splitlines()
        assert len(lines) == 1, done.stderr
        assert lines[0].startswith("lovelace: ")
        return lines[0]

    return run


@pytest.fixture(scope="module")
def subnet(tmp_path_factory: pytest.TempPathFactory) -> Subnet:
    made = Subnet.create(tmp_path_factory.mktemp("subnet"))
    made.ledger.close()
    return made


@pytest.fixture
def samples(tmp_path: Path) -> Path:
    path = tmp_path / "samples.jsonl"
    path.write_text(GOOD_LINE + "\n")
    return path


@pytest.fixture
def serve(subnet: Subnet, tmp_path: Path) -> tuple[object, ...]:
    """A miner's command with nothing wrong in it; an option given again after it wins."""
    AnswerBook(entries=()).save(tmp_path / "answers.json")
    answers = ("--engine", "scripted", "--answers", tmp_path / "answers.json")
    return ("miner", "serve", "--key", subnet.miner_key, "--ledger", subnet.path, *answers)


@pytest.fixture
def validate(subnet: Subnet, tmp_path: Path) -> tuple[object, ...]:
    """The same of a validator."""
    key = subnet.path.parent / "validator"
    database = ("--database", tmp_path / "validator.db")
    return ("validator", "run", "--key", key, "--ledger", subnet.path, *database, "--rounds", 1)


@pytest.fixture
def exposed(subnet: Subnet, tmp_path: Path) -> Path:
    """A key file that others can read."""
    path = tmp_path / "exposed"
    path.write_bytes(subnet.miner_key.read_bytes())
    path.chmod(0o644)
    return path


@pytest.mark.parametrize("arguments", [("program.xyz",), ("program.py", "--language", "klingon")])
def test_an_unknown_language(refuses: Refuses, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / arguments[0]).write_text("print()\n")
    assert "language" in refuses("sandbox", "run", tmp_path / arguments[0], *arguments[1:])


@pytest.mark.parametrize(
    "command",
    [("sandbox", "run"), ("sandbox", "run", "--language", "python"), ("evaluate", "humaneval")],
)
def test_a_missing_file(refuses: Refuses, tmp_path: Path, command: tuple[str, ...]) -> None:
    said = refuses(*command, tmp_path / "missing.py")
    assert f"{tmp_path}/missing.py" in said
    assert "No such file" in said


def test_a_missing_answer_book(refuses: Refuses, serve: tuple[object, ...]) -> None:
    assert "/nowhere/book.json" in refuses(*serve, "--answers", "/nowhere/book.json")


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('{"task_id": "HumanEval/0", "completion": ', "not JSON"),
        ("[]", "expected a JSON object, got list"),
        ('{"task_id": "HumanEval/0"}', "'completion' is missing"),
        ('{"task_id": "HumanEval/0", "completion": 5}', "'completion' must be a string, got 5"),
        ('{"task_id": "HumanEval/999", "completion": ""}', "no problem has the task_id 'HumanEval/999'"),
    ],
)
def test_a_samples_file_with_a_broken_line(
    lovelace: Lovelace, engine: None, samples: Path, line: str, wrong: str
) -> None:
    """The line is named, the others are judged, and the exit code tells."""
    samples.write_text(f"{GOOD_LINE}\n{GOOD_LINE}\n{line}\n{GOOD_LINE}\n")
    done = lovelace("evaluate", "humaneval", samples)
    assert done.returncode == 1, done
    said = (done.stdout + done.stderr).replace("\n", "")
    assert f"{samples}, line 3: " in said
    assert wrong in said
    assert len(samples.with_name(f"{samples.name}_results.jsonl").read_text().splitlines()) == 3


def test_a_port_in_use(refuses: Refuses, engine: None, serve: tuple[object, ...]) -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        for command in (("sandbox", "serve"), serve):
            said = refuses(*command, "--port", port)
            assert f"cannot listen on 127.0.0.1:{port}" in said
            assert "--port" in said


@pytest.mark.parametrize("command", [("rehearse",), ("sandbox", "serve"), ("sandbox", "build", "python")])
def test_no_docker_engine(refuses: Refuses, command: tuple[str, ...]) -> None:
    said = refuses(*command, **NO_ENGINE)
    assert NO_ENGINE["DOCKER_HOST"] in said
    assert "docker/engine.sh start" in said


def test_no_docker_engine_to_run_a_file(refuses: Refuses, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text("print()\n")
    assert "docker/engine.sh start" in refuses("sandbox", "run", tmp_path / "program.py", **NO_ENGINE)


def test_no_docker_engine_to_evaluate_samples(refuses: Refuses, samples: Path) -> None:
    assert "docker/engine.sh start" in refuses("evaluate", "humaneval", samples, **NO_ENGINE)


def test_no_docker_engine_for_a_validator(refuses: Refuses, validate: tuple[object, ...]) -> None:
    assert "docker/engine.sh start" in refuses(*validate, **NO_ENGINE)


def test_a_key_file_that_others_can_read(
    refuses: Refuses, engine: None, serve: tuple[object, ...], validate: tuple[object, ...], exposed: Path
) -> None:
    for command in (serve, validate):
        assert f"chmod 600 {exposed}" in refuses(*command, "--key", exposed)


def test_a_key_file_that_is_not_there(
    refuses: Refuses, engine: None, serve: tuple[object, ...], validate: tuple[object, ...]
) -> None:
    for command in (serve, validate):
        assert "lovelace chain key /nowhere/key" in refuses(*command, "--key", "/nowhere/key")


def test_a_ledger_that_is_not_there(
    refuses: Refuses, serve: tuple[object, ...], validate: tuple[object, ...], tmp_path: Path
) -> None:
    missing = tmp_path / "ledger.db"
    for command in (serve, validate):
        assert f"lovelace chain create {missing}" in refuses(*command, "--ledger", missing)
    assert not missing.exists()


def test_a_database_that_is_none(refuses: Refuses, engine: None, validate: tuple[object, ...], tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("not a database" * 100)
    said = refuses(*validate, "--database", tmp_path / "note.txt")
    assert "note.txt cannot be used as a validator's database" in said


def test_a_network_without_miners(refuses: Refuses, engine: None, validate: tuple[object, ...]) -> None:
    assert "lovelace miner serve" in refuses(*validate)


def test_an_outcome_that_cannot_be_written(refuses: Refuses, engine: None) -> None:
    size = ("--miners", 1, "--problems", 1, "--samples", 1)
    assert "cannot write /nowhere/outcome.json" in refuses("rehearse", *size, "--json", "/nowhere/outcome.json")
