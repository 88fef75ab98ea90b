"""A round's outcome as a table for people."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from validator.protocol import Interval, KindScore
from validator.rounds import Report

if TYPE_CHECKING:
    from rich.table import Table


def leaderboard(
    report: Report, incentives: Mapping[int, float], known_skills: Mapping[int, float] | None = None
) -> "Table":
    """One row a miner, the heaviest first. ``known_skills`` (a rehearsal's) adds a column."""
    from rich.table import Table

    samples = report.round.plan.samples
    table = Table(title=f"Round {report.round.id}: {report.round.plan.problems} problems, {samples} samples each")
    headings = ["uid", "hotkey", *(["skill"] if known_skills else []), "quality", f"pass@{samples}", "p50", "p95",
                "reliability", "speed", "score", "weight", "incentive"]  # fmt: skip
    for heading in headings:
        table.add_column(heading, justify="left" if heading == "hotkey" else "right", no_wrap=True)
    for score in sorted(report.scores, key=lambda score: -report.weights.get(score.miner.uid, 0.0)):
        uid = score.miner.uid
        skill = [f"{known_skills[uid]:.2f}"] if known_skills else []
        table.add_row(
            str(uid), f"{score.miner.hotkey[:8]}…", *skill, _interval(score.quality), _interval(score.pass_at_k),
            _milliseconds(score.latency_p50_seconds), _milliseconds(score.latency_p95_seconds),
            f"{score.reliability:.2f}", f"{score.speed:.2f}",
            f"{score.total:.3f}", f"{report.weights.get(uid, 0.0):.4f}", f"{incentives.get(uid, 0.0):.4f}",
        )  # fmt: skip
    return table


def by_kind(report: Report) -> "Table":
    """What each miner showed in each kind of problem, which counts as its heading says; the heaviest miner first."""
    from rich.table import Table

    counted = {part.kind: part.share for score in report.scores for part in score.kinds}
    table = Table(title="Quality by kind, and how much each counts")
    table.add_column("uid", justify="right")
    for kind, share in counted.items():
        table.add_column(f"{kind.replace('_', ' ')}\n{share:.0%}", justify="right")
    for score in sorted(report.scores, key=lambda score: -report.weights.get(score.miner.uid, 0.0)):
        parts = {part.kind: part for part in score.kinds}
        table.add_row(str(score.miner.uid), *(_part(parts.get(kind)) for kind in counted))
    return table


def _part(part: KindScore | None) -> str:
    if part is None or not (part.problems or part.left_out):
        return "-"
    return f"{part.quality.value:.3f}" if part.problems else "left out"


def _interval(interval: Interval) -> str:
    return f"{interval.value:.3f} [{interval.low:.2f}, {interval.high:.2f}]"


def _milliseconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds * 1000:.0f} ms"
