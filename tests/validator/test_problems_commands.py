"""``lovelace problems``, as a person types it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from evaluator.datasets.own import own

LANGUAGES = ["python", "go"]


def problems(*words: object, code: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lovelace", "problems", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr + done.stdout
    return done


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_generated_is_verified(engine: None, language: str, tmp_path: Path) -> None:
    file = tmp_path / "problems.jsonl"
    problems("generate", file, "--count", 3, "--seed", 20, "--depth", 3, "--language", language)
    assert len(own(file)) == 3
    assert problems("verify", file).stdout == "every reference passes\n"


def test_a_reference_that_does_not_pass_is_named(engine: None, tmp_path: Path) -> None:
    file = tmp_path / "problems.jsonl"
    problems("generate", file, "--count", 2)
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    lines[1]["tests"]["cases"][0]["expected"] = lines[1]["tests"]["cases"][1]["expected"]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    said = problems("verify", file, code=1).stdout
    assert said.startswith(f"{lines[1]['task_id']}: failed: ")
    assert said.endswith("1 references do not pass\n")


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        problems("generate", tmp_path / name, "--count", 5, "--seed", 7)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_problem_is_shown_without_its_solution_unless_asked() -> None:
    plain, whole = problems("show", 5).stdout, problems("show", 5, "--solution").stdout
    assert whole.startswith(plain)
    assert whole.count("def ") > plain.count("def ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", 1, "--depth", 9), "depth must be from 2 to 8, got 9"),
        (("show", 1, "--language", "cobol"), "cobol"),
        (("generate", "/dev/null", "--count", 0), "greater than or equal to 1"),
        (("verify", "/nowhere.jsonl"), "/nowhere.jsonl"),
    ],
    ids=["depth", "language", "count", "file"],
)
def test_bad_input_is_one_line_and_exit_code_two(words: tuple[object, ...], said: str) -> None:
    assert said in problems(*words, code=2).stderr
