"""A bar on the terminal: how many are done, how fast, how many passed, and how long it will still take."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text


class Told(Protocol):
    """What hears that some are done."""

    def __call__(self, number: int = 1, /, passed: int = 0) -> None: ...


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.1f}/s" if speed else "-/s")


class _Passed(ProgressColumn):
    def render(self, task: Task) -> Text:
        passed = task.fields.get("passed")
        return Text("" if passed is None or not task.completed else f"{passed / task.completed:.0%} passed")


@contextmanager
def shown(console: Console, what: str, total: int, *, passes: bool = False) -> Iterator[Told]:
    """A bar while it lasts, on a terminal; elsewhere nothing."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        _Passed(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task(what, total=total, passed=0 if passes else None)
        sofar = 0

        def told(number: int = 1, /, passed: int = 0) -> None:
            nonlocal sofar
            sofar += passed
            progress.update(bar, advance=number, passed=sofar if passes else None)

        yield told
