"""What is said about an evaluation, on a terminal, as a page, as JSON and as a picture."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from rich.console import Console

from evaluator.errors import CannotWrite
from evaluator.plot import draw
from evaluator.protocol import Grader, Status, Verdict
from evaluator.rendering import as_markdown, on_terminal
from evaluator.report import Result, Setting, Summary, Unjudged


def verdict(status: Status, grader: Grader = Grader.SPLIT) -> Verdict:
    return Verdict(
        status=status, detail="", calls=1, cpu_seconds=0.5, wall_seconds=1, peak_memory_bytes=2**20, grader=grader
    )


def result(line: int, task_id: str, found: Status | None, language: str = "python", difficulty: str = "easy") -> Result:
    why = "" if found else "three | containers\nin a row [/b]"
    return Result(line, task_id, language, difficulty, verdict(found) if found else None, why)


PASSED, FAILED = Status.PASSED, Status.FAILED
RESULTS = [
    result(1, "T/0", PASSED), result(2, "T/0", FAILED), result(3, "T/1", PASSED, "java", "hard"),
    result(4, "T/1", PASSED, "java", "hard"), result(6, "T/1", None, "java", "hard"),
]  # fmt: skip
SETTING = Setting("0.1.0", ("sha256:abc",), {"python": "Python 3.13"}, "file.jsonl (SHA-256 123)")
SUMMARY = Summary("humaneval", 164, RESULTS, [Unjudged(5, "not JSON")], ["a note"], SETTING)


def printed(summary: Summary, ks: list[int]) -> str:
    console = Console(file=io.StringIO(), width=140)
    console.print(on_terminal(summary, ks))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_what_was_not_judged_is_counted_apart_and_listed() -> None:
    assert SUMMARY.counts() == [(2, 1), (2, 2)]
    assert SUMMARY.outcomes() == {"passed": 3, "failed": 1, "no_verdict": 2}
    assert [one.line for one in SUMMARY.unjudged()] == [5, 6]


def test_the_json_says_what_was_estimated_and_from_what() -> None:
    found = SUMMARY.as_json([1, 2, 10])
    assert (found["problems"], found["problems_attempted"], found["samples"]) == (164, 2, 6)
    assert list(found["pass_at_k"]) == ["1", "2"]
    assert found["pass_at_k"]["1"]["value"] == 0.75
    low, high = found["pass_at_k"]["1"]["interval_95"]
    assert 0 < low < 0.75 < high <= 1
    assert found["by_language"]["java"]["pass_at_k"]["1"]["value"] == 1.0
    assert found["by_difficulty"]["easy"]["pass_at_k"]["1"]["value"] == 0.5
    assert found["cost"]["cpu_seconds"] == 2.0
    assert found["not_judged"][0] == {"line": 5, "why": "not JSON"}
    assert found["setting"]["images"] == ["sha256:abc"]
    assert found["graders"] == {"split": 4}


def test_the_tables_say_the_same_and_name_a_k_that_cannot_be_estimated() -> None:
    text = printed(SUMMARY, [1, 10])
    for said in (
        "2 of 164 problems, 6 samples", "75.0%", "needs 10 samples of every problem", "By language", "By difficulty",
        "not JSON", "T/1: three | containers", "[/b]", "a note", "sha256:abc", "Python 3.13", "2.0 s of processor time",
    ):  # fmt: skip
        assert said in text, text


def test_a_page_has_the_same_tables() -> None:
    page = as_markdown(SUMMARY, [1, 10])
    assert "| pass@1 | 75.0% |" in page
    assert "| 6 | T/1: three \\| containers in a row [/b] |" in page
    assert "| java | 1 | 3 | pass@1 100.0%" in page
    assert "sha256:abc" in page


def test_a_long_list_is_cut_on_a_terminal_and_whole_on_a_page() -> None:
    many = Summary("b", 1, RESULTS, [Unjudged(line, "bad") for line in range(100, 150)])
    assert "and 31 more" in printed(many, [1])
    assert as_markdown(many, [1]).count("| bad |") == 50


def test_verdicts_that_could_be_forged_are_called_so() -> None:
    forged = Result(1, "T/0", "java", "", verdict(PASSED, Grader.TRUSTING))
    assert "could forge its verdict" in printed(Summary("b", 1, [forged]), [1])
    assert "could forge its verdict" not in printed(SUMMARY, [1])


def test_no_verdicts_at_all_are_shown_as_such() -> None:
    summary = Summary("humaneval", 164, [result(1, "T/0", None)])
    assert summary.as_json([1])["pass_at_k"] == {}
    assert summary.outcomes() == {"no_verdict": 1}
    assert "needs 1 samples of every problem" in printed(summary, [1])


def pixels(png: Path) -> tuple[int, int, bytes]:
    """Width, height, and the rows, each a filter byte and RGBA as the filter left it."""
    data, place, packed, size = png.read_bytes(), 8, b"", (0, 0)
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    while place < len(data):
        (length,), kind = struct.unpack_from(">I", data, place), data[place + 4 : place + 8]
        body = data[place + 8 : place + 8 + length]
        if kind == b"IHDR":
            size = struct.unpack_from(">II", body)
        packed += body if kind == b"IDAT" else b""
        place += 12 + length
    return *size, zlib.decompress(packed)


@pytest.mark.parametrize("summary", [SUMMARY, Summary("b", 1, [result(1, "T/0", None)]), Summary("b", 0, [])])
def test_the_picture_shows_it(summary: Summary, tmp_path: Path) -> None:
    draw(summary, [1, 2, 10], tmp_path / "plot.png")
    width, height, rows = pixels(tmp_path / "plot.png")
    assert width > 1000
    assert height > 300
    assert len(set(rows)) > 50  # not blank


def test_the_picture_has_the_names_and_numbers_as_text(tmp_path: Path) -> None:
    import matplotlib

    with matplotlib.rc_context({"svg.fonttype": "none"}):
        draw(SUMMARY, [1], tmp_path / "plot.svg")
    text = (tmp_path / "plot.svg").read_text()
    for said in ("pass@1", "75.0%", "java, pass@1", "hard, pass@1", "passed 3", "no verdict 2", "2 of 164 problems"):
        assert said in text
    with pytest.raises(CannotWrite):
        draw(SUMMARY, [1], tmp_path / "none" / "plot.png")
    with pytest.raises(CannotWrite, match="not supported"):
        draw(SUMMARY, [1], tmp_path / "plot.xyz")
