"""Files of benchmarks, in the forms they are published in."""

import gzip
import json
from pathlib import Path

import pytest

from evaluator.datasets import rows
from evaluator.errors import BadBenchmark


class Task(rows.Row, frozen=True):
    name: str
    number: int = 0


TASKS = [{"name": "a", "number": 1, "more": [1]}, {"name": "ß"}]
LINES = "".join(json.dumps(task, ensure_ascii=False) + "\n" for task in TASKS).encode()


def parquet(path: Path) -> None:
    import pyarrow
    from pyarrow.parquet import write_table

    write_table(pyarrow.table({"name": ["a", "ß"], "number": [1, 0]}), path)


@pytest.mark.parametrize("name", ["t.jsonl", "t.jsonl.gz", "t.json", "t.json.gz", "t.parquet"])
def test_every_form_holds_the_same_tasks(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    if name.endswith(".parquet"):
        parquet(path)
    else:
        content = json.dumps(TASKS).encode() if ".json" in name and ".jsonl" not in name else LINES
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    assert [task for _, task in rows.read(path, Task)] == [Task(name="a", number=1), Task(name="ß")]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.jsonl", LINES + b"\n{}", "t.jsonl, line 4: name: Field required"),
        ("t.jsonl", LINES + b'{"name": "x", "number": "y"}', "line 3: number: Input should be a valid integer"),
        ("t.jsonl", LINES + b"{", "line 3: not JSON: Expecting property name"),
        ("t.jsonl", LINES + b'{"name": "\xff"}', "line 3: not JSON in UTF-8"),
        ("t.jsonl", b"[" * 100_000, "line 1: not JSON"),
        ("t.jsonl", b"\n", "holds no tasks"),
        ("t.json", b"[{}]", "t.json, task 1: name: Field required"),
        ("t.json", b"[\n1,\n]", "not JSON: Illegal trailing comma|not JSON: Expecting value"),
        ("t.json", b"{}", "expected a list of tasks, got dict"),
        ("t.jsonl.gz", gzip.compress(LINES * 9, mtime=0)[:-9], "the gzip data is damaged"),
        ("t.jsonl.gz", LINES, "the gzip data is damaged"),
        ("t.parquet", LINES, "not Parquet"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(name: str, content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadBenchmark, match=said):
        rows.read(tmp_path / name, Task)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadBenchmark, match="cannot be read: No such file"):
        rows.read(tmp_path / "none.jsonl", Task)
