"""What an evaluation found: counts, pass@k with intervals, outcomes; as a table and as JSON."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table

from evaluator.passk import interval, mean_pass_at_k
from evaluator.protocol import Status, Verdict

NO_VERDICT = "no_verdict"


@dataclass(frozen=True, slots=True)
class Summary:
    """The verdicts of one benchmark, None where there is none, each with its problem's task_id."""

    benchmark: str
    problems: int
    verdicts: Sequence[tuple[str, Verdict | None]]

    def counts(self) -> list[tuple[int, int]]:
        """(samples, passed) of each problem that has a verdict."""
        samples: Counter[str] = Counter()
        passed: Counter[str] = Counter()
        for task_id, verdict in self.verdicts:
            if verdict is not None:
                samples[task_id] += 1
                passed[task_id] += verdict.passed
        return [(samples[task_id], passed[task_id]) for task_id in samples]

    def outcomes(self) -> dict[str, int]:
        """How many samples ended in each way."""
        found = Counter(verdict.status.value if verdict else NO_VERDICT for _, verdict in self.verdicts)
        return {name: found[name] for name in (*Status, NO_VERDICT) if found[name]}

    def as_json(self, ks: Sequence[int]) -> dict[str, Any]:
        """The same as the tables, for machines."""
        counts = self.counts()
        return {
            "benchmark": self.benchmark,
            "problems": self.problems,
            "problems_attempted": len(counts),
            "samples": len(self.verdicts),
            "pass_at_k": {
                str(k): {"value": mean_pass_at_k(counts, k), "interval_95": list(interval(counts, k))}
                for k in _estimable(counts, ks)
            },
            "outcomes": self.outcomes(),
        }

    def as_tables(self, ks: Sequence[int]) -> RenderableType:
        """pass@k and outcomes. A k that some problem has too few samples for is named, not estimated."""
        counts = self.counts()
        scores = Table("", "estimate", "95 % interval", title=f"{self.benchmark}: {self._scope(counts)}")
        for k in ks:
            if k in _estimable(counts, ks):
                low, high = interval(counts, k)
                scores.add_row(f"pass@{k}", f"{mean_pass_at_k(counts, k):.1%}", f"{low:.1%} to {high:.1%}")
            else:
                scores.add_row(f"pass@{k}", "-", f"needs {k} samples of every problem")
        outcomes = Table("outcome", "samples")
        for name, number in self.outcomes().items():
            outcomes.add_row(name, str(number))
        return Group(scores, outcomes)

    def _scope(self, counts: Sequence[tuple[int, int]]) -> str:
        return f"{len(counts)} of {self.problems} problems, {len(self.verdicts)} samples"


def _estimable(counts: Sequence[tuple[int, int]], ks: Sequence[int]) -> list[int]:
    fewest = min((n for n, _ in counts), default=0)
    return [k for k in ks if k <= fewest]
