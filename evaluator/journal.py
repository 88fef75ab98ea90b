"""What an evaluation has judged so far, on disk: a rerun goes on where a killed one was.

The first line says of what (benchmark, problems, image); a journal of something else is not gone on with. Each line
after it is one verdict, written as it is reached. A last line that was cut short by a kill is left out.
"""

import json
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from pydantic import ValidationError

from evaluator.errors import CannotWrite
from evaluator.protocol import Problem, Verdict
from evaluator.samples import Sample
from evaluator.suites import Message


class Entry(Message):
    """A verdict on one line's sample, and where it was reached."""

    line: int
    fingerprint: str
    verdict: Verdict
    image: str
    language: str
    version: str
    """Of the language. All three are empty where nothing was run."""


def journal_path(results: Path) -> Path:
    """Where the journal of an evaluation with these results is."""
    return results.with_name(f"{results.name}.partial")


def subject(benchmark: str, problems: Iterable[Problem], image: str) -> str:
    """A digest of what verdicts depend on, apart from completions."""
    digest = sha256(f"{benchmark}\0{image}\0".encode())
    for problem in problems:
        digest.update(problem.model_dump_json().encode())
    return digest.hexdigest()


class Journal:
    """Verdicts by line. Use as ``with Journal(path, subject) as journal``."""

    def __init__(self, path: Path, of: str) -> None:
        self._path = path
        self._of = of
        self._file: IO[bytes] | None = None
        self._entries: dict[tuple[int, str], Entry] = {}

    def __enter__(self) -> Self:
        self._entries = {(entry.line, entry.fingerprint): entry for entry in self._kept()}
        lines = [json.dumps({"of": self._of}), *(entry.model_dump_json() for entry in self._entries.values())]
        whole = self._path.with_name(f"{self._path.name}.new")
        try:
            whole.write_text("\n".join(lines) + "\n", encoding="utf-8")
            whole.replace(self._path)
            self._file = self._path.open("ab")
        except OSError as error:
            raise CannotWrite(f"{self._path}: cannot be written: {error.strerror}") from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()

    def verdict_on(self, sample: Sample) -> Entry | None:
        """What was judged before of the same completion in the same line."""
        return self._entries.get((sample.line, sample.fingerprint))

    def add(self, entry: Entry) -> None:
        """Keep ``entry``, whatever happens to this process next."""
        assert self._file is not None
        self._entries[entry.line, entry.fingerprint] = entry
        self._file.write(entry.model_dump_json().encode() + b"\n")
        self._file.flush()

    def discard(self) -> None:
        """Remove the file: the results are written."""
        self._path.unlink(missing_ok=True)

    def _kept(self) -> Iterable[Entry]:
        try:
            first, *lines = self._path.read_bytes().split(b"\n")[:-1]
            if json.loads(first) != {"of": self._of}:
                return
        except (OSError, ValueError):
            return
        for line in lines:
            try:
                yield Entry.model_validate_json(line)
            except ValidationError:
                return
