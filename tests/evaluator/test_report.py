"""What is printed and written about an evaluation."""

import io

from rich.console import Console

from evaluator.protocol import Status, Verdict
from evaluator.report import Summary


def verdict(status: Status) -> Verdict:
    return Verdict(status=status, detail="", calls=1, cpu_seconds=0, wall_seconds=0, peak_memory_bytes=0)


PASSED, FAILED = verdict(Status.PASSED), verdict(Status.FAILED)
SUMMARY = Summary("humaneval", 164, [("T/0", PASSED), ("T/0", FAILED), ("T/1", PASSED), ("T/1", PASSED), ("T/1", None)])


def test_a_sample_without_a_verdict_is_counted_apart() -> None:
    assert SUMMARY.counts() == [(2, 1), (2, 2)]
    assert SUMMARY.outcomes() == {"passed": 3, "failed": 1, "no_verdict": 1}


def test_the_json_says_what_was_estimated_and_from_what() -> None:
    found = SUMMARY.as_json([1, 2, 10])
    assert (found["problems"], found["problems_attempted"], found["samples"]) == (164, 2, 5)
    assert list(found["pass_at_k"]) == ["1", "2"]
    assert found["pass_at_k"]["1"]["value"] == 0.75
    low, high = found["pass_at_k"]["1"]["interval_95"]
    assert 0 < low < 0.75 < high <= 1


def test_the_tables_name_a_k_that_cannot_be_estimated() -> None:
    console = Console(file=io.StringIO(), width=100)
    console.print(SUMMARY.as_tables([1, 10]))
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert "2 of 164 problems, 5 samples" in text
    assert "75.0%" in text
    assert "needs 10 samples of every problem" in text


def test_no_verdicts_at_all_are_shown_as_such() -> None:
    summary = Summary("humaneval", 164, [("T/0", None)])
    assert summary.as_json([1])["pass_at_k"] == {}
    assert summary.outcomes() == {"no_verdict": 1}
