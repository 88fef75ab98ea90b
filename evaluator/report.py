"""What an evaluation found: counts, pass@k with intervals, outcomes, cost; for people and machines alike."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evaluator.passk import Interval, interval, mean_pass_at_k
from evaluator.protocol import Status, Verdict

NO_VERDICT = "no_verdict"
Counts = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Result:
    """One sample of the file: its problem, and its verdict or why there is none."""

    line: int
    task_id: str
    language: str
    difficulty: str
    verdict: Verdict | None
    why: str = ""
    """There is no verdict."""


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A line without a verdict: neither passed nor failed."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """pass@k of some problems."""

    k: int
    value: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Setting:
    """What the verdicts were reached with."""

    lovelace: str
    images: tuple[str, ...]
    """Digests."""
    languages: Mapping[str, str]
    """Versions by language, as the sandbox says."""
    source: str
    """Where the problems are from."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The results of one benchmark."""

    benchmark: str
    problems: int
    results: Sequence[Result]
    faults: Sequence[Unjudged] = ()
    """Lines of the samples file that hold no sample."""
    notes: Sequence[str] = ()
    setting: Setting = field(default_factory=lambda: Setting("", (), {}, ""))

    def counts(self) -> list[tuple[int, int]]:
        """(samples, passed) of each problem that has a verdict."""
        return counts(self.results)

    def estimates(self, ks: Sequence[int]) -> list[Estimate]:
        """pass@k of all problems, for each k that every problem has enough samples for."""
        return estimates(self.counts(), ks)

    def outcomes(self) -> dict[str, int]:
        """How many samples ended in each way; lines that hold none among those without a verdict."""
        found = Counter(r.verdict.status.value if r.verdict else NO_VERDICT for r in self.results)
        found[NO_VERDICT] += len(self.faults)
        return {name: found[name] for name in (*(s.value for s in Status), NO_VERDICT) if found[name]}

    def unjudged(self) -> list[Unjudged]:
        """Every line without a verdict, in the file's order."""
        found = [*self.faults, *(Unjudged(r.line, f"{r.task_id}: {r.why}") for r in self.results if not r.verdict)]
        return sorted(found, key=lambda unjudged: unjudged.line)

    def groups(self) -> dict[str, dict[str, list[Result]]]:
        """The results by language and by difficulty, where there are several."""
        by: dict[str, dict[str, list[Result]]] = {"language": {}, "difficulty": {}}
        for result in self.results:
            by["language"].setdefault(result.language, []).append(result)
            by["difficulty"].setdefault(result.difficulty or "unknown", []).append(result)
        return {kind: dict(sorted(parts.items())) for kind, parts in by.items() if len(parts) > 1}

    def cost(self) -> dict[str, float]:
        """Seconds that the samples used, in sum and of the dearest, and the most memory that one did."""
        verdicts = [result.verdict for result in self.results if result.verdict]
        return {
            "cpu_seconds": sum(verdict.cpu_seconds for verdict in verdicts),
            "wall_seconds": sum(verdict.wall_seconds for verdict in verdicts),
            "highest_cpu_seconds": max((verdict.cpu_seconds for verdict in verdicts), default=0.0),
            "peak_memory_bytes": max((verdict.peak_memory_bytes for verdict in verdicts), default=0),
        }

    def as_json(self, ks: Sequence[int]) -> dict[str, Any]:
        """Everything, for machines."""
        return {
            "benchmark": self.benchmark,
            "problems": self.problems,
            "problems_attempted": len(self.counts()),
            "samples": len(self.results) + len(self.faults),
            "pass_at_k": as_object(self.estimates(ks)),
            "outcomes": self.outcomes(),
            "graders": dict(Counter(r.verdict.grader.value for r in self.results if r.verdict)),
            **{
                f"by_{kind}": {name: _part(part, ks) for name, part in parts.items()}
                for kind, parts in self.groups().items()
            },
            "cost": self.cost(),
            "not_judged": [{"line": unjudged.line, "why": unjudged.why} for unjudged in self.unjudged()],
            "notes": list(self.notes),
            "setting": {
                "lovelace": self.setting.lovelace,
                "images": list(self.setting.images),
                "languages": dict(self.setting.languages),
                "source": self.setting.source,
            },
        }


def counts(results: Sequence[Result]) -> list[tuple[int, int]]:
    """(samples, passed) of each problem that has a verdict."""
    samples: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    for result in results:
        if result.verdict is not None:
            samples[result.task_id] += 1
            passed[result.task_id] += result.verdict.passed
    return [(samples[task_id], passed[task_id]) for task_id in samples]


def estimates(found: Counts, ks: Sequence[int]) -> list[Estimate]:
    """pass@k, for each k that every problem has enough samples for: no other has an unbiased estimate."""
    fewest = min((n for n, _ in found), default=0)
    return [Estimate(k, mean_pass_at_k(found, k), interval(found, k)) for k in ks if k <= fewest]


def as_object(found: Sequence[Estimate]) -> dict[str, Any]:
    """Estimates as JSON, by k."""
    return {str(e.k): {"value": e.value, "interval_95": list(e.interval)} for e in found}


def _part(part: Sequence[Result], ks: Sequence[int]) -> dict[str, Any]:
    found = counts(part)
    return {"problems_attempted": len(found), "samples": len(part), "pass_at_k": as_object(estimates(found, ks))}
