"""Two evaluations of the same problems: how far apart they are, and on which problems."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from evaluator.errors import BadSamples
from evaluator.passk import Interval, difference, pass_at_k

Counts = Mapping[str, tuple[int, int]]
"""(samples, passed) by task_id."""


@dataclass(frozen=True, slots=True)
class Change:
    """A problem on which they differ."""

    task_id: str
    before: tuple[int, int]
    """(samples, passed)."""
    after: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Difference:
    """pass@k of B less that of A, over the problems that both have enough samples of."""

    k: int
    problems: int
    before: float
    after: float
    interval: Interval

    @property
    def value(self) -> float:
        return self.after - self.before

    @property
    def shown(self) -> bool:
        """Whether the interval leaves no doubt that there is one."""
        return self.interval.low > 0 or self.interval.high < 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """A and B side by side."""

    differences: Sequence[Difference]
    changes: Sequence[Change]
    only_in_a: Sequence[str]
    only_in_b: Sequence[str]

    def as_json(self) -> dict[str, Any]:
        """Everything, for machines."""
        return {
            "differences": {
                str(d.k): {"a": d.before, "b": d.after, "difference": d.value, "interval_95": list(d.interval)}
                | {"problems": d.problems}
                for d in self.differences
            },
            "changes": [{"task_id": c.task_id, "a": _object(c.before), "b": _object(c.after)} for c in self.changes],
            "only_in_a": list(self.only_in_a),
            "only_in_b": list(self.only_in_b),
        }


def read_results(path: Path) -> dict[str, tuple[int, int]]:
    """The counts in a ``_results.jsonl``; samples that were not judged do not count. Raises BadSamples."""
    found: dict[str, tuple[int, int]] = {}
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if not line.isspace():
                    task_id, passed = _result(line, f"{path}, line {number}")
                    samples, solved = found.get(task_id, (0, 0))
                    if passed is not None:
                        found[task_id] = (samples + 1, solved + passed)
    except OSError as error:
        raise BadSamples(f"{path}: cannot be read: {error.strerror}") from error
    if not found:
        raise BadSamples(f"{path}: holds no results; evaluate the samples first")
    return found


def compare(a: Counts, b: Counts, ks: Sequence[int]) -> Comparison:
    """Compare them over the problems that both have. A k that no problem has enough samples for in both is left out."""
    both = [task_id for task_id in a if task_id in b]
    differences = []
    for k in ks:
        enough = [task_id for task_id in both if a[task_id][0] >= k and b[task_id][0] >= k]
        if enough:
            pairs = [(pass_at_k(*a[task_id], k), pass_at_k(*b[task_id], k)) for task_id in enough]
            before, after = (sum(values) / len(pairs) for values in zip(*pairs, strict=True))
            differences.append(Difference(k, len(pairs), before, after, difference(pairs)))
    changes = [Change(t, a[t], b[t]) for t in both if a[t][1] * b[t][0] != b[t][1] * a[t][0]]
    changes.sort(key=lambda c: c.after[1] / c.after[0] - c.before[1] / c.before[0])
    return Comparison(differences, changes, [t for t in a if t not in b], [t for t in b if t not in a])


def on_terminal(comparison: Comparison) -> RenderableType:
    """Tables for rich."""
    table = Table(
        "", "A", "B", "B - A", "95 % interval", "problems", "", title="Paired by problem", title_justify="left"
    )
    for d in comparison.differences:
        low, high = d.interval
        verdict = ("B is better" if d.value > 0 else "A is better") if d.shown else "no difference is shown"
        table.add_row(
            f"pass@{d.k}", f"{d.before:.1%}", f"{d.after:.1%}", f"{d.value:+.1%}", f"{low:+.1%} to {high:+.1%}",
            str(d.problems), verdict,
        )  # fmt: skip
    changes = Table("problem", "A", "B", title=f"{len(comparison.changes)} problems changed", title_justify="left")
    for change in comparison.changes:
        changes.add_row(escape(change.task_id), _share(change.before), _share(change.after))
    parts: list[RenderableType] = [table, changes]
    for name, missing in (("A", comparison.only_in_a), ("B", comparison.only_in_b)):
        if missing:
            parts.append(escape(f"Only in {name}, and not compared: {', '.join(missing)}"))
    return Group(*parts)


def _result(line: bytes, where: str) -> tuple[str, bool | None]:
    try:
        fields = json.loads(line)
        task_id, passed = fields["task_id"], fields["passed"]
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        raise BadSamples(f"{where}: expected a result, with a task_id and passed; {error!r}"[:400]) from error
    if not isinstance(task_id, str) or not isinstance(passed, bool | None):
        raise BadSamples(f"{where}: expected a task_id and passed as true, false or null")
    return task_id, passed


def _share(counts: tuple[int, int]) -> str:
    return f"{counts[1]} of {counts[0]}"


def _object(counts: tuple[int, int]) -> dict[str, int]:
    return {"samples": counts[0], "passed": counts[1]}
