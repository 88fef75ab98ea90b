"""What a person sees of a round: a bar for each stage while it runs, then the leaderboard."""

from collections.abc import Mapping
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from validator.leaderboard import by_kind, leaderboard
from validator.rounds import Report

TABLE_WIDTH = 150


class Progress:
    """Use as ``with Progress() as progress``; bars are drawn on a terminal only."""

    def __init__(self) -> None:
        # A table cut to the width of a pipe would lose columns; a narrow terminal wraps it.
        self._console = Console(width=max(Console().width, TABLE_WIDTH))
        screen = Console(stderr=True)
        self._bars = Bars(
            TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            console=screen, transient=True, disable=not screen.is_terminal,
        )  # fmt: skip
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._bars.stop()

    def watch(self, stage: str, done: int, total: int) -> None:
        """``done`` of ``total`` of a stage are behind us."""
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(stage)
        self._bars.update(self._tasks[stage], completed=done, total=total)

    def show(
        self, report: Report, incentives: Mapping[int, float], known_skills: Mapping[int, float] | None = None
    ) -> None:
        """The round's leaderboard and notes; the next round begins with empty bars."""
        for task in self._tasks.values():
            self._bars.remove_task(task)
        self._tasks.clear()
        self._console.print(leaderboard(report, incentives, known_skills))
        if any(len(score.kinds) > 1 for score in report.scores):
            self._console.print(by_kind(report))
        for note in report.notes:
            self._console.print(f"note: {note}", markup=False, highlight=False, soft_wrap=True)
