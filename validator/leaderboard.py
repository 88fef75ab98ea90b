"""A round's outcome as a table for people."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from validator.protocol import Interval
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
    headings = ["uid", "hotkey", *(["skill"] if known_skills else []), "pass@1", f"pass@{samples}", "p50", "p95",
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


def _interval(interval: Interval) -> str:
    return f"{interval.value:.3f} [{interval.low:.2f}, {interval.high:.2f}]"


def _milliseconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds * 1000:.0f} ms"
