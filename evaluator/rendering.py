"""A Summary as tables: the same ones on a terminal and in Markdown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.table import Table

from evaluator.protocol import Grader
from evaluator.report import Estimate, Summary, counts, estimates

MOST_LISTED = 20
"""Lines that were not judged, on a terminal; files list all."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def on_terminal(summary: Summary, ks: Sequence[int]) -> RenderableType:
    """Tables for rich."""
    tables = []
    for grid in _grids(summary, ks, MOST_LISTED):
        table = Table(*grid.header, title=grid.title, title_justify="left")
        for row in grid.rows:
            table.add_row(*map(_plain, row))
        tables.append(table)
    return Group(*tables, *map(_plain, _remarks(summary)))


def as_markdown(summary: Summary, ks: Sequence[int]) -> str:
    """A page."""
    parts = [f"# {summary.benchmark}"]
    for grid in _grids(summary, ks, None):
        lines = [grid.header, tuple("---" for _ in grid.header), *grid.rows]
        rows = "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)
        parts.append(f"## {grid.title}\n\n{rows}")
    parts += _remarks(summary)
    return "\n\n".join(parts) + "\n"


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _grids(summary: Summary, ks: Sequence[int], most: int | None) -> Iterator[Grid]:
    found = counts(summary.results)
    scope = f"{len(found)} of {summary.problems} problems, {len(summary.results) + len(summary.faults)} samples"
    yield Grid(f"{summary.benchmark}: {scope}", ("", "estimate", "95 % interval"), tuple(_scores(summary, ks)))
    outcomes = tuple((name, str(number)) for name, number in summary.outcomes().items())
    yield Grid("Outcomes", ("outcome", "samples"), outcomes)
    for kind, parts in summary.groups().items():
        rows = []
        for name, part in parts.items():
            own = counts(part)
            shown = (_shown(one) for one in estimates(own, ks))
            rows.append((name, str(len(own)), str(len(part)), "; ".join(shown) or "-"))
        yield Grid(f"By {kind}", (kind, "problems", "samples", "pass@k (95 % interval)"), tuple(rows))
    if unjudged := summary.unjudged():
        lines = [(str(one.line), one.why) for one in unjudged[:most]]
        if len(unjudged) > len(lines):
            lines.append(("…", f"and {len(unjudged) - len(lines)} more"))
        yield Grid("Not judged, and counted neither as passed nor as failed", ("line", "why"), tuple(lines))


def _scores(summary: Summary, ks: Sequence[int]) -> Iterator[tuple[str, str, str]]:
    found = {estimate.k: estimate for estimate in summary.estimates(ks)}
    for k in ks:
        if k in found:
            low, high = found[k].interval
            yield f"pass@{k}", f"{found[k].value:.1%}", f"{low:.1%} to {high:.1%}"
        else:
            yield f"pass@{k}", "-", f"needs {k} samples of every problem"


def _shown(estimate: Estimate) -> str:
    low, high = estimate.interval
    return f"pass@{estimate.k} {estimate.value:.1%} ({low:.1%} to {high:.1%})"


def _remarks(summary: Summary) -> list[str]:
    cost, setting = summary.cost(), summary.setting
    remarks = [
        f"Cost: {cost['cpu_seconds']:.1f} s of processor time, at most {cost['highest_cpu_seconds']:.2f} s for one "
        f"sample; at most {cost['peak_memory_bytes'] / 2**20:.0f} MiB of memory."
    ]
    if any(result.verdict and result.verdict.grader is Grader.TRUSTING for result in summary.results):
        remarks.append("These tests share a process with the code that they judge, which could forge its verdict.")
    remarks += summary.notes
    if setting.lovelace:
        versions = ", ".join(f"{name} {version}" for name, version in setting.languages.items()) or "nothing was run"
        images = ", ".join(setting.images) or "none"
        remarks.append(f"Lovelace {setting.lovelace}; problems: {setting.source}; {versions}; image: {images}.")
    return remarks
