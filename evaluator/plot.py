"""pass@k with its interval, and the outcomes, as a picture."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from evaluator.errors import CannotWrite, MissingExtra
from evaluator.report import NO_VERDICT, Estimate, Summary, counts, estimates

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = {
    "passed": "#2a7f4f",
    "failed": "#b5382c",
    "crashed": "#d98032",
    "timed_out": "#8457a5",
    "out_of_memory": "#5b6bb5",
    "not_compiled": "#8a6d4b",
    "no_program": "#7d8a94",
    NO_VERDICT: "#c9ced3",
}
INK = "#24292f"
BLUE = "#2b6ca3"


def ensure_plottable() -> None:
    """Raise MissingExtra unless pictures can be made, now rather than after hours of work."""
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise MissingExtra("a plot needs matplotlib: pip install 'lovelace[plot]'") from error


def draw(summary: Summary, ks: Sequence[int], path: Path) -> None:
    """Write the picture to ``path``, a PNG unless its name says otherwise. Raises MissingExtra, CannotWrite."""
    ensure_plottable()
    from matplotlib.figure import Figure

    rows = _rows(summary, ks)
    height = 0.36 * max(len(rows), 2)
    figure = Figure(figsize=(9, height + 2.4), layout="constrained")
    scores, outcomes = figure.subplots(2, 1, height_ratios=[height, 0.45])
    _draw_scores(scores, rows)
    _draw_outcomes(outcomes, summary.outcomes())
    attempted, samples = len(summary.counts()), len(summary.results) + len(summary.faults)
    title = f"{summary.benchmark}: {attempted} of {summary.problems} problems, {samples} samples"
    figure.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold", color=INK)
    try:
        figure.savefig(path, dpi=150, format=path.suffix.removeprefix(".") or "png")
    except (OSError, ValueError) as error:
        raise CannotWrite(f"{path}: cannot be written: {error}") from error


def _rows(summary: Summary, ks: Sequence[int]) -> list[tuple[str, Estimate]]:
    rows = [(f"pass@{one.k}", one) for one in summary.estimates(ks)]
    for parts in summary.groups().values():
        for name, part in parts.items():
            rows += [(f"{name}, pass@{one.k}", one) for one in estimates(counts(part), ks)[:1]]
    return rows


def _draw_scores(axes: "Axes", rows: Sequence[tuple[str, Estimate]]) -> None:
    for place, (_, one) in enumerate(rows):
        low, high = one.interval
        axes.plot([low, high], [place, place], color=BLUE, linewidth=5, alpha=0.3, solid_capstyle="round")
        axes.plot([one.value], [place], "o", color=BLUE, markersize=7, clip_on=False, zorder=3)
        text = f"{one.value:.1%}  ({low:.1%} to {high:.1%})"
        axes.annotate(text, (1.02, place), va="center", fontsize=9, color=INK, annotation_clip=False)
    if not rows:
        axes.text(0.5, 0.5, "no k has enough samples", ha="center", va="center", transform=axes.transAxes, color=INK)
    axes.set_yticks(range(len(rows)), [name for name, _ in rows])
    axes.set_ylim(max(len(rows), 1) - 0.5, -0.5)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axes.grid(axis="x", color="#e3e6e9")
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(length=0, labelsize=9, colors=INK)
    axes.set_title("Estimate and 95 % interval, clustered by problem", loc="left", fontsize=9, color=INK)


def _draw_outcomes(axes: "Axes", outcomes: dict[str, int]) -> None:
    total, left = sum(outcomes.values()), 0
    for name, number in outcomes.items():
        label = f"{name.replace('_', ' ')} {number}"
        axes.barh(0, number, left=left, color=COLOURS[name], edgecolor="white", linewidth=1.5, height=0.8, label=label)
        left += number
    axes.set_xlim(0, max(total, 1))
    axes.axis("off")
    axes.set_title("Outcomes of samples", loc="left", fontsize=9, color=INK)
    if outcomes:
        columns = min(len(outcomes), 4)
        axes.legend(loc="upper left", bbox_to_anchor=(-0.01, -0.05), ncols=columns, frameon=False, fontsize=9)
