"""What is judged is kept, whatever happens to the process."""

from pathlib import Path

import pytest

from evaluator.errors import CannotWrite
from evaluator.journal import Entry, Journal, journal_path, subject
from evaluator.protocol import Problem, Status, Verdict
from evaluator.samples import Sample

VERDICT = Verdict(status=Status.PASSED, detail="", calls=1, cpu_seconds=0.1, wall_seconds=0.1, peak_memory_bytes=1)


def sample(line: int, completion: str = "x") -> Sample:
    return Sample(line, "T/0", completion, {})


def entry(of: Sample) -> Entry:
    return Entry(
        line=of.line, fingerprint=of.fingerprint, verdict=VERDICT, image="sha256:1", language="python", version="3"
    )


def test_a_verdict_is_there_for_the_same_line_and_completion_alone(tmp_path: Path) -> None:
    path = journal_path(tmp_path / "s_results.jsonl")
    with Journal(path, "subject") as journal:
        journal.add(entry(sample(3)))
    with Journal(path, "subject") as journal:
        assert journal.verdict_on(sample(3)) == entry(sample(3))
        assert journal.verdict_on(sample(3, "y")) is None
        assert journal.verdict_on(sample(4)) is None


def test_a_journal_of_something_else_is_not_gone_on_with(tmp_path: Path, addition: Problem) -> None:
    path = tmp_path / "journal"
    with Journal(path, subject("b", [addition], "sha256:1")) as journal:
        journal.add(entry(sample(1)))
    harder = addition.model_copy(update={"tests": "def check(candidate): assert candidate(3, 4) == 7"})
    others = [("b", [harder], "sha256:1"), ("c", [addition], "sha256:1"), ("b", [addition], "sha256:2")]
    assert len({subject(*other) for other in others} | {subject("b", [addition], "sha256:1")}) == 4
    with Journal(path, subject("b", [harder], "sha256:1")) as journal:
        assert journal.verdict_on(sample(1)) is None


@pytest.mark.parametrize("cut", [1, 20, 150])
def test_a_line_that_a_kill_cut_short_is_left_out(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with Journal(path, "subject") as journal:
        for line in (1, 2):
            journal.add(entry(sample(line)))
    path.write_bytes(path.read_bytes()[:-cut])
    for _ in range(2):
        with Journal(path, "subject") as journal:
            assert journal.verdict_on(sample(1))
            assert journal.verdict_on(sample(2)) is None
    with Journal(path, "subject") as journal:
        journal.add(entry(sample(2)))
    with Journal(path, "subject") as journal:
        assert journal.verdict_on(sample(2))


@pytest.mark.parametrize("content", [b"", b"\n", b"{}\n", b"\xff\n\n", b'{"of": "subject"}\n[]\n'])
def test_a_file_that_is_no_journal_is_begun_anew(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "journal"
    path.write_bytes(content)
    with Journal(path, "subject") as journal:
        assert journal.verdict_on(sample(1)) is None
        journal.add(entry(sample(1)))
    with Journal(path, "subject") as journal:
        assert journal.verdict_on(sample(1))
    with pytest.raises(CannotWrite), Journal(tmp_path / "none" / "journal", "subject"):
        pass
