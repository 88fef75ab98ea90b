"""Problems in a file, a line each: what `lovelace evaluate --problems` reads, and the recipe that makes it again."""

from collections.abc import Iterable
from pathlib import Path
from typing import Self

from evaluator.datasets import rows
from evaluator.protocol import Problem
from validator.errors import StateProblem
from validator.problems.protocol import Made, Recipe


class StoredProblem(Problem, frozen=True):
    """One line."""

    recipe: Recipe
    variant: str = ""
    """In hexadecimal digits."""

    @classmethod
    def of(cls, made: Made) -> Self:
        """What is written of ``made``."""
        fields = {name: getattr(made.problem, name) for name in Problem.model_fields}
        return cls(**fields, recipe=made.recipe, variant=made.variant.hex())

    def line(self) -> str:
        """Always the same bytes."""
        return self.model_dump_json(exclude_none=True) + "\n"

    @property
    def asked(self) -> tuple[Recipe, bytes]:
        """What it was made from. Raises StateProblem."""
        try:
            return self.recipe, bytes.fromhex(self.variant)
        except ValueError:
            raise StateProblem(f"{self.task_id}: variant: expected hexadecimal digits, got {self.variant!r}") from None


def write(path: Path, made: Iterable[Made]) -> None:
    """One line each. Raises StateProblem."""
    try:
        with path.open("w", encoding="utf-8") as lines:
            lines.writelines(StoredProblem.of(one).line() for one in made)
    except OSError as error:
        raise StateProblem(f"cannot write {path}: {error.strerror}") from error


def read(path: Path) -> tuple[StoredProblem, ...]:
    """What ``write`` wrote. Raises BadBenchmark, with the first line that is none of ours."""
    return tuple(problem for _, problem in rows.read(path, StoredProblem))
