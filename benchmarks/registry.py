"""The figures, by name, in the order in which they are measured."""

from collections.abc import Callable, Sequence

from benchmarks.errors import UnknownFigure
from benchmarks.figure import Figure
from benchmarks.figures import (
    agent_cost,
    bulk,
    compilers,
    daemon,
    drift,
    fresh_container,
    humaneval,
    humanevalplus,
    idle_memory,
    load,
    page,
    run_code,
    soak,
    split,
    sustained,
)

Measure = Callable[[bool], Figure]
"""Takes ``quick``: a smoke test of a few seconds, whose numbers prove nothing."""

FIGURES: dict[str, Measure] = {
    "humaneval": humaneval.measure,
    "split": split.measure,
    "humanevalplus": humanevalplus.measure,
    "agent-cost": agent_cost.measure,
    "fresh-container": fresh_container.measure,
    "sustained": sustained.measure,
    "run-code": run_code.measure,
    "bulk": bulk.measure,
    "page": page.measure,
    "idle-memory": idle_memory.measure,
    "compilers": compilers.measure,
    "load": load.measure,
    "daemon": daemon.measure,
    "drift": drift.measure,
    "soak": soak.measure,
}


def choose(names: Sequence[str]) -> dict[str, Measure]:
    """The named figures, all if none is named. Raises UnknownFigure."""
    for name in names:
        if name not in FIGURES:
            raise UnknownFigure(f"unknown figure {name!r}; there are: {', '.join(FIGURES)}")
    return {name: measure for name, measure in FIGURES.items() if not names or name in names}
