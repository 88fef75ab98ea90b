"""What the report knows of each problem that was made, a line each: a run that was interrupted goes on from there."""

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ValidationError

from validator.errors import StateProblem
from validator.problems.protocol import Recipe
from validator.problems.verifying import Finding

REPEATED = "it behaves like an earlier one of its kind"


class Record(BaseModel, frozen=True, extra="forbid"):
    """What came of one recipe."""

    number: int
    recipe: Recipe
    session: float
    """When the run began that made it, in seconds since 1970."""
    after_seconds: float
    """How long that run had lasted by then."""
    behaviour: str = ""
    wrong: int = 0
    """Wrong answers that were seen to fail."""
    weight: float = 0.0
    """How hard it is said to be."""
    why: str = ""
    """Why it cannot be used."""
    made: bool = True
    """Whether there was a problem at all."""

    @property
    def reason(self) -> str:
        """``why`` in general."""
        return general(self.why)


def general(why: str) -> str:
    """A reason without its numbers and details."""
    return re.sub(r"\d+", "N", why.partition(": ")[0])


def record(number: int, finding: Finding, session: float, after_seconds: float) -> Record:
    """What is kept of a finding."""
    made = finding.made
    return Record(
        number=number,
        recipe=finding.recipe,
        session=session,
        after_seconds=after_seconds,
        behaviour=made.behaviour if made else "",
        wrong=len(made.wrong) if made and finding.usable else 0,
        weight=made.features.get("weight", 0.0) if made else 0.0,
        why=finding.fault,
        made=made is not None,
    )


def load(path: Path) -> dict[int, Record]:
    """By number; a last line that was not finished does not count. Raises StateProblem for a file of something else."""
    return {one.number: one for one in _lines(path)} if path.exists() else {}


def _lines(path: Path) -> Iterator[Record]:
    lines = path.read_bytes().split(b"\n")
    for place, line in enumerate(lines[:-1], 1):  # behind the last end of a line is nothing, or half a record
        try:
            yield Record.model_validate_json(line)
        except ValidationError as error:
            raise StateProblem(f"{path}, line {place} is no record of a report: remove the file") from error


def usable(records: dict[int, Record]) -> dict[int, Record]:
    """Those that are proven, in their order, without those that behave like one before them of the same kind."""
    seen: set[tuple[str, str]] = set()
    kept = {}
    for number in sorted(records):
        one = records[number]
        if not one.why and (one.recipe.kind, one.behaviour) not in seen:
            seen.add((one.recipe.kind, one.behaviour))
            kept[number] = one
    return kept


def dropped(records: dict[int, Record]) -> dict[int, str]:
    """Why each of the others is not used, in general."""
    kept = usable(records)
    return {number: one.reason or REPEATED for number, one in sorted(records.items()) if number not in kept}
