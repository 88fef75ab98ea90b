"""``lovelace problems write``: what a model wrote is proven in the sandbox, and added to a file."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from evaluator.errors import CannotWrite
from evaluator.sampling import Model, Server
from sandbox.local import open_sandbox
from validator.problems.written.keeping import read
from validator.problems.written.protocol import Kept
from validator.problems.written.writing import Authors, write


async def kept_of(
    path: Path, writer: Model, solver: Model, asked: int, solutions: int, told: Callable[[str], None]
) -> int:
    """Add what is proven of ``asked`` problems to ``path``, tell why others are refused, and return how many there are.

    Raises NoSamples (no server, or it refuses everybody), BadBenchmark (the file has something else), CannotWrite.
    """
    seen = _seen(path)
    kept = 0
    async with Server(writer) as first, Server(solver) as second:
        writer = replace(writer, name=writer.name or await first.only_model())
        solver = replace(solver, name=solver.name or await second.only_model())
    async with Server(writer) as first, Server(solver) as second, open_sandbox(["python"], slots=1) as sandbox:
        authors = Authors(first, second, writer.name, solutions)
        async for found in write(authors, sandbox.lease, asked, seen):
            if isinstance(found, Kept):
                _append(path, found)
                kept += 1
            else:
                told(f"refused: {found.reason}: {found.detail}")
    return kept


def _seen(path: Path) -> frozenset[str]:
    """What the problems do that are there already."""
    return frozenset(one.behaviour for one in read(path)) if path.exists() and path.stat().st_size else frozenset()


def _append(path: Path, kept: Kept) -> None:
    try:
        with path.open("a", encoding="utf-8") as lines:
            lines.write(kept.model_dump_json(exclude_none=True) + "\n")
    except OSError as error:
        raise CannotWrite(f"{path}: cannot be written: {error.strerror}") from error
