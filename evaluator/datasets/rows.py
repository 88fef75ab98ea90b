"""The rows of a benchmark's file as its makers publish it: JSON lines, a JSON list, or Parquet; gzipped or not."""

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from evaluator.errors import BadBenchmark, MissingExtra

Task = TypeVar("Task", bound=BaseModel)


class Row(BaseModel, frozen=True, extra="ignore"):
    """One task; what we have no use for is left out."""


def read(path: Path, model: type[Task]) -> tuple[tuple[str, Task], ...]:
    """Each row as a ``model``, with its place in words. Raises BadBenchmark with the file, the line and the fault."""
    found = tuple((where, _task(where, fields, model)) for where, fields in _rows(path))
    if not found:
        raise BadBenchmark(f"{path}: holds no tasks")
    return found


def peek(path: Path) -> Any:
    """The first row as it is. Raises BadBenchmark."""
    for _, row in _rows(path):
        return row
    raise BadBenchmark(f"{path}: holds no tasks")


def main_fault(error: ValidationError) -> str:
    """Where a fault is and what it is, in one line: of several the deepest, which knows what was meant."""
    fault = max(error.errors(include_url=False, include_input=False), key=lambda fault: len(fault["loc"]))
    place = ".".join(map(str, fault["loc"]))
    return f"{place}: {fault['msg']}" if place else fault["msg"]


def _task(where: str, fields: Any, model: type[Task]) -> Task:
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise BadBenchmark(f"{where}: {main_fault(error)}") from error


def _rows(path: Path) -> Iterator[tuple[str, Any]]:
    names = path.name.removesuffix(".gz")
    try:
        if names.endswith(".parquet"):
            yield from _parquet(path)
        elif names.endswith(".json"):
            yield from _list(path)
        else:
            yield from _lines(path)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BadBenchmark(f"{path}: the gzip data is damaged: {error}") from error
    except OSError as error:
        raise BadBenchmark(f"{path}: cannot be read: {error.strerror or error}") from error


def _lines(path: Path) -> Iterator[tuple[str, Any]]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                where = f"{path}, line {number}"
                yield where, _json(where, line)


def _list(path: Path) -> Iterator[tuple[str, Any]]:
    rows = _json(str(path), gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes())
    if not isinstance(rows, list):
        raise BadBenchmark(f"{path}: expected a list of tasks, got {type(rows).__name__}")
    yield from ((f"{path}, task {number}", row) for number, row in enumerate(rows, start=1))


def _json(where: str, text: bytes) -> Any:
    try:
        return json.loads(text.decode())
    except json.JSONDecodeError as error:
        place = f" of line {error.lineno}" if error.lineno > 1 else ""
        raise BadBenchmark(f"{where}: not JSON: {error.msg} at column {error.colno}{place}") from error
    except (ValueError, RecursionError) as error:
        raise BadBenchmark(f"{where}: not JSON in UTF-8: {error}") from error


def _parquet(path: Path) -> Iterator[tuple[str, Any]]:
    try:
        from pyarrow import ArrowInvalid
        from pyarrow.parquet import ParquetFile
    except ImportError as error:
        raise MissingExtra(f"{path}: reading Parquet needs pyarrow: pip install 'lovelace[hub]'") from error
    try:
        rows = (row for batch in ParquetFile(path).iter_batches(batch_size=256) for row in batch.to_pylist())
        yield from ((f"{path}, row {number}", row) for number, row in enumerate(rows, start=1))
    except ArrowInvalid as error:
        raise BadBenchmark(f"{path}: not Parquet: {error}") from error
