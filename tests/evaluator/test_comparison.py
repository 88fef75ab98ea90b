"""Two evaluations side by side."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from evaluator.comparison import Change, compare, on_terminal, read_results
from evaluator.errors import BadSamples

A = {"T/0": (2, 2), "T/1": (2, 0), "T/2": (2, 1), "T/3": (1, 1), "old": (1, 1)}
B = {"T/0": (2, 0), "T/1": (4, 0), "T/2": (4, 2), "T/3": (3, 3), "new": (1, 0)}


def test_the_difference_is_that_of_the_problems_that_both_have() -> None:
    found = compare(A, B, [1, 2, 5])
    one, two = found.differences
    assert (one.k, one.problems, one.before, one.after) == (1, 4, 2.5 / 4, 1.5 / 4)
    assert one.value == -0.25
    assert one.interval.low < -0.25 < one.interval.high
    assert (two.k, two.problems) == (2, 3)
    assert found.only_in_a == ["old"]
    assert found.only_in_b == ["new"]


def test_a_problem_changed_where_its_share_of_passes_did() -> None:
    assert compare(A, B, [1]).changes == [Change("T/0", (2, 2), (2, 0))]


def test_a_clear_difference_is_called_one_and_a_small_one_is_not() -> None:
    a = {f"T/{n}": (1, n % 2) for n in range(100)}
    better = dict.fromkeys(a, (1, 1))
    other = {**a, "T/0": (1, 1), "T/1": (1, 0)}
    assert compare(a, better, [1]).differences[0].shown
    assert not compare(a, other, [1]).differences[0].shown
    assert not compare(a, a, [1]).differences[0].shown
    console = Console(file=io.StringIO(), width=140)
    console.print(*(on_terminal(compare(*pair, [1])) for pair in ((a, better), (a, other), (A, B))))
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    for said in (
        "B is better",
        "no difference is shown",
        "50 problems changed",
        "+50.0%",
        "T/0",
        "Only in A, and not compared: old",
    ):
        assert said in text, text


def test_results_are_read_without_those_that_were_not_judged(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text(
        '{"task_id": "T/0", "passed": true}\n\n{"task_id": "T/0", "passed": null}\n'
        '{"task_id": "T/0", "passed": false}\n{"task_id": "T/1", "passed": null}\n'
    )
    assert read_results(path) == {"T/0": (2, 1)}


@pytest.mark.parametrize("line", ["{", "[]", "{}", '{"task_id": "T/0", "passed": 1}', '{"task_id": 1, "passed": true}'])
def test_a_line_that_is_no_result_is_named(line: str, tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text('{"task_id": "T/0", "passed": true}\n' + line)
    with pytest.raises(BadSamples, match="line 2: expected a"):
        read_results(path)
    with pytest.raises(BadSamples, match="cannot be read"):
        read_results(tmp_path / "none")
