"""``lovelace problems``, as a person types it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from evaluator.datasets.own import own
from validator.problems.kinds import languages
from validator.problems.protocol import VERSION, Kind


def problems(*words: object, code: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lovelace", "problems", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr + done.stdout
    return done


BY_COST = [
    pytest.param(kind, marks=() if kind in (Kind.GENERATION, Kind.ANALYSIS) else pytest.mark.heavy) for kind in Kind
]


@pytest.mark.parametrize("kind", BY_COST)
def test_what_is_generated_is_proven(engine: None, kind: Kind, tmp_path: Path) -> None:
    file = tmp_path / "problems.jsonl"
    given, language = languages(kind)[0]
    words = ("--kind", kind, "--language", language, "--given", given)
    problems("generate", file, "--count", 3, "--seed", 20, "--depth", 3, *words)
    assert len(own(file)) == 3
    assert {json.loads(line)["recipe"]["kind"] for line in file.read_text().splitlines()} == {kind}
    assert problems("verify", file).stdout == "every problem is proven\n"


def test_a_problem_that_its_recipe_does_not_make_is_named(engine: None, tmp_path: Path) -> None:
    file = tmp_path / "problems.jsonl"
    problems("generate", file, "--count", 3)
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    lines[1]["tests"]["cases"][0]["expected"] = lines[1]["tests"]["cases"][1]["expected"]
    lines[2]["recipe"]["version"] = 99
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    said = problems("verify", file, code=1).stdout
    assert f"{lines[1]['task_id']}: it is not what its recipe makes\n" in said
    assert f"{lines[2]['task_id']}: this generator is version {VERSION}; the recipe is of version 99\n" in said
    assert said.endswith("2 of 3 problems are at fault\n")


def test_the_same_seed_gives_the_same_bytes_and_a_variant_others(tmp_path: Path) -> None:
    for name, variant in (("a", "x"), ("b", "x"), ("c", "y")):
        problems("generate", tmp_path / name, "--count", 5, "--seed", 7, "--variant", variant)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert not set((tmp_path / "a").read_text().splitlines()) & set((tmp_path / "c").read_text().splitlines())


def test_a_problem_is_shown_without_its_solution_unless_asked() -> None:
    plain, whole = problems("show", 5).stdout, problems("show", 5, "--solution").stdout
    assert whole.startswith(plain)
    assert whole.count("def ") > plain.count("def ")


def test_a_translation_shows_the_program_that_is_given() -> None:
    shown = problems("show", 5, "--kind", "translation", "--given", "rust", "--language", "go").stdout
    assert "```rust" in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", 1, "--depth", 9), "depth must be from 2 to 8, got 9"),
        (("generate", "/dev/null", "--depth", 1), "depth must be from 2 to 8, got 1"),
        (("show", 1, "--language", "cobol"), "generation has no cobol; there are: c, cpp, go"),
        (("show", 1, "--kind", "riddle"), "no kind of problem is called 'riddle'; there are: generation, repair"),
        (("show", 1, "--kind", "translation", "--given", "go", "--language", "go"), "translation has no go to go"),
        (("show", 1, "--given", "go"), "generation has no go to python"),
        (("generate", "/dev/null", "--count", 0), "count must be at least 1, got 0"),
        (("generate", "/dev/null", "--seed", -1), "seed must be at least 0, got -1"),
        (("generate", "/nowhere/file", "--count", 1), "cannot write /nowhere/file: No such file"),
        (("verify", "/nowhere.jsonl"), "/nowhere.jsonl"),
    ],
    ids=["depth", "shallow", "language", "kind", "pair", "given", "count", "seed", "unwritable", "file"],
)
def test_bad_input_is_one_line_and_exit_code_two(words: tuple[object, ...], said: str) -> None:
    (line,) = problems(*words, code=2).stderr.splitlines()
    assert line.startswith("lovelace: ")
    assert said in line


def test_a_line_without_a_recipe_is_named(tmp_path: Path) -> None:
    file = tmp_path / "problems.jsonl"
    problems("generate", file, "--count", 1)
    line = json.loads(file.read_text())
    del line["recipe"]
    file.write_text(json.dumps(line))
    (said,) = problems("verify", file, code=2).stderr.splitlines()
    assert f"{file}, line 1" in said
    assert "recipe" in said
