"""``lovelace evaluate``, as far as it gets without a sandbox."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evaluator.__main__ import app
from evaluator.errors import BadBenchmark, BadSamples, CannotWrite, UnknownBenchmark

SAMPLE = '{"task_id": "HumanEval/0", "completion": "    return 1\\n"}\n'


@pytest.fixture
def samples(tmp_path: Path) -> Path:
    path = tmp_path / "samples.jsonl"
    path.write_text(SAMPLE)
    return path


@pytest.mark.parametrize("option", ["--json", "--markdown", "--plot"])
def test_what_has_nowhere_to_go_stops_it_before_anything_runs(option: str, samples: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["humaneval", str(samples), option, str(tmp_path / "none/file.png")])
    assert isinstance(result.exception, CannotWrite)
    assert "file.png: cannot be written: No such file or directory" in str(result.exception)
    assert list(tmp_path.iterdir()) == [samples]


def test_a_benchmark_that_is_none_is_answered_with_those_there_are(samples: Path) -> None:
    result = CliRunner().invoke(app, ["humanevil", str(samples)])
    assert isinstance(result.exception, UnknownBenchmark)
    assert "'humanevil'; there are: humaneval, humaneval+, mbpp," in str(result.exception)


def test_a_benchmark_without_a_pinned_file_asks_for_one(samples: Path) -> None:
    result = CliRunner().invoke(app, ["quixbugs", str(samples)])
    assert isinstance(result.exception, BadBenchmark)
    assert "with --data" in str(result.exception)


def test_samples_that_are_not_there_are_told(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["humaneval", str(tmp_path / "none.jsonl")])
    assert isinstance(result.exception, BadSamples)
    assert CliRunner().invoke(app, ["humaneval"]).exit_code == 2


def test_problems_of_ones_own_are_checked_before_anything_runs(samples: Path, tmp_path: Path) -> None:
    (tmp_path / "own.jsonl").write_text('{"task_id": "a", "prompt": "x"}\n')
    result = CliRunner().invoke(app, ["--problems", str(tmp_path / "own.jsonl"), str(samples)])
    assert isinstance(result.exception, BadBenchmark)
    assert "own.jsonl, line 1: tests: Field required" in str(result.exception)


@pytest.mark.parametrize("k", ["", "0", "1,,2", "one", "-1"])
def test_a_k_that_is_no_number_is_refused(k: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["humaneval", str(tmp_path / "samples.jsonl"), "--k", k])
    assert result.exit_code == 2
    assert "whole numbers" in result.output


def test_the_benchmarks_are_listed() -> None:
    result = CliRunner().invoke(app, ["list"])
    assert result.exit_code == 0
    names = [line.split()[0] for line in result.output.splitlines()]
    assert {"humaneval", "humaneval+", "mbpp", "mbpp+", "humaneval-x", "multipl-e", "quixbugs"} <= set(names)
    assert {"cruxeval", "cruxeval-input", "cruxeval-output", "livecodebench", "code-contests"} <= set(names)


def test_two_evaluations_are_compared_by_their_results_or_their_samples(tmp_path: Path) -> None:
    for name, passes in (("a", 10), ("b", 40)):
        results = [{"task_id": f"T/{n}", "passed": n < passes} for n in range(50)]
        text = "".join(json.dumps(result) + "\n" for result in results)
        (tmp_path / f"{name}.jsonl_results.jsonl").write_text(text)
    a, b, out = tmp_path / "a.jsonl", tmp_path / "b.jsonl_results.jsonl", tmp_path / "c.json"
    result = CliRunner().invoke(app, ["compare", str(a), str(b), "--json", str(out)])
    assert result.exit_code == 0, result.exception
    assert "B is better" in result.output.replace("\n", " ")
    found = json.loads(out.read_text())
    assert found["differences"]["1"]["difference"] == pytest.approx(0.6)
    assert len(found["changes"]) == 30
    result = CliRunner().invoke(app, ["compare", str(a), str(b), "--k", "2"])
    assert isinstance(result.exception, BadSamples)
    assert "no problem in common" in str(result.exception)
