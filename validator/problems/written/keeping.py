"""Written problems in a file, a line each: a model's words do not come back from a seed."""

from pathlib import Path

from evaluator.datasets import rows
from validator.problems.protocol import Kind, Made, Recipe, Source
from validator.problems.written.checking import fenced
from validator.problems.written.protocol import Kept


def read(path: Path) -> tuple[Kept, ...]:
    """The problems of a file. Raises BadBenchmark with the line of the first that is none."""
    return tuple(kept for _, kept in rows.read(path, Kept))


def as_made(kept: Kept) -> Made:
    """A kept problem as any other; it has no variants, so two miners who get it can copy from one another."""
    lines = kept.problem.canonical_solution.rstrip().splitlines()
    nested = max((len(line) - len(line.lstrip())) // 4 for line in lines)
    seed = int(kept.behaviour[:12], 16)
    return Made(
        recipe=Recipe(kind=Kind.GENERATION, seed=seed, source=Source.MODEL),
        variant=b"",
        problem=kept.problem,
        right=fenced(kept.problem.canonical_solution),
        wrong=tuple(map(fenced, kept.wrong)),
        features={
            "blocks": 1.0,
            "stages": 1.0,
            "weight": 1 + len(lines) / 4,
            "hardest": 1 + len(lines) / 4,
            "nested": float(nested),
            "lines": float(len(lines)),
        },
        behaviour=kept.behaviour,
    )
