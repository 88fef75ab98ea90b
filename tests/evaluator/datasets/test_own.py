"""Problems of one's own."""

import json
from pathlib import Path
from typing import Any

import pytest

from evaluator.datasets.own import own
from evaluator.errors import BadBenchmark
from evaluator.suites import Calls, Static, Stdio

SPLIT = {"task_id": "a", "prompt": "def f(x):\n", "entry_point": "f", "tests": "def check(f):\n    assert f(1) == 2\n"}
STDIO = {"task_id": "b", "prompt": "Double.", "tests": {"kind": "stdio", "cases": [{"stdin": "1", "expected": "2"}]}}
CALLS = {
    "task_id": "c", "prompt": "func f(x int) int {", "entry_point": "f", "language": "go", "difficulty": "hard",
    "tests": {"kind": "calls", "parameters": ["int"], "result": "int", "cases": [{"arguments": [1], "expected": 2}]},
}  # fmt: skip
STATIC = {"task_id": "d", "prompt": "1 + 1?", "tests": {"kind": "static", "answer": "value", "expected": "2"}}


def written(path: Path, *lines: Any) -> Path:
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return path


def test_problems_of_every_kind_are_read(tmp_path: Path) -> None:
    found = own(written(tmp_path / "p.jsonl", SPLIT, STDIO, CALLS, STATIC))
    assert [problem.task_id for problem in found] == ["a", "b", "c", "d"]
    assert [type(problem.tests) for problem in found] == [str, Stdio, Calls, Static]
    assert (found[2].language, found[2].difficulty) == ("go", "hard")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "not JSON"),
        ({"task_id": "x"}, "prompt: Field required"),
        ({**SPLIT, "task_id": "x", "test": ""}, "test: Extra inputs are not permitted"),
        ({**STDIO, "task_id": "x", "tests": {"kind": "none"}}, "tests"),
        ({**STDIO, "task_id": "x", "tests": {"kind": "stdio", "cases": []}}, "tests.*at least 1 item"),
        ({**STDIO, "task_id": "x", "language": "cobol"}, "cobol"),
        ({**STDIO, "task_id": "x", "limits": {"cpu_seconds": 0}}, "limits.cpu_seconds"),
        ({**CALLS, "task_id": "x", "entry_point": ""}, "which function"),
        ({**SPLIT, "task_id": "x", "tests": "def check(f:"}, "the tests do not parse"),
        ({**SPLIT, "task_id": "x", "tests": "assert True"}, "neither define check"),
        ({**SPLIT, "task_id": "x", "entry_point": ""}, "entry_point: which function"),
        (STDIO, "the task_id 'b' is also that of .*line 2"),
    ],
)
def test_a_line_that_is_no_problem_is_named(line: Any, said: str, tmp_path: Path) -> None:
    with pytest.raises(BadBenchmark, match=f"p.jsonl, line 3: .*{said}"):
        own(written(tmp_path / "p.jsonl", SPLIT, STDIO, line, STATIC))
