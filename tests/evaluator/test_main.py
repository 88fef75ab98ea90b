"""``lovelace evaluate``, as far as it gets without a sandbox."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from evaluator.__main__ import app
from evaluator.errors import BadSamples, CannotWrite

SAMPLE = '{"task_id": "HumanEval/0", "completion": "    return 1\\n"}\n'


def test_a_broken_line_stops_it_before_anything_runs(tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl"
    path.write_text(f'{SAMPLE}{{"task_id": "HumanEval/164", "completion": ""}}\n')
    result = CliRunner().invoke(app, ["humaneval", str(path)])
    assert isinstance(result.exception, BadSamples)
    assert str(result.exception) == f"{path}, line 2: no problem has the task_id 'HumanEval/164'"
    assert list(tmp_path.iterdir()) == [path]


def test_results_that_have_nowhere_to_go_stop_it_before_anything_runs(tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl"
    path.write_text(SAMPLE)
    result = CliRunner().invoke(app, ["humaneval", str(path), "--json", str(tmp_path / "none/summary.json")])
    assert isinstance(result.exception, CannotWrite)
    assert "summary.json: cannot be written: No such file or directory" in str(result.exception)


@pytest.mark.parametrize("k", ["", "0", "1,,2", "one", "-1"])
def test_a_k_that_is_no_number_is_refused(k: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["humaneval", str(tmp_path / "samples.jsonl"), "--k", k])
    assert result.exit_code == 2
    assert "whole numbers" in result.output
