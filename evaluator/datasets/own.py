"""Problems of one's own: a ``Problem`` a line, checked before anything is run (docs/design/benchmarks.md)."""

from pathlib import Path
from typing import Any

from evaluator.datasets import rows
from evaluator.errors import BadBenchmark, Ungradable
from evaluator.protocol import Problem
from evaluator.suites import Bug, Docstring, Static, Stdio


class _Own(Problem, frozen=True):
    """What a line may leave out."""

    entry_point: str = ""
    canonical_solution: str = ""
    recipe: dict[str, Any] | None = None
    """What `lovelace problems` made it from; nothing is made of that here, nor of the variant."""
    variant: str = ""


def own(path: Path) -> tuple[Problem, ...]:
    """The problems of a file. Raises BadBenchmark with the line of the first that is none, or that repeats an id."""
    problems: dict[str, Problem] = {}
    places: dict[str, str] = {}
    for where, line in rows.read(path, _Own):
        problem = Problem.model_validate(line.model_dump(exclude={"recipe", "variant"}))
        if problem.task_id in places:
            raise BadBenchmark(f"{where}: the task_id {problem.task_id!r} is also that of {places[problem.task_id]}")
        _check(where, problem)
        problems[problem.task_id] = problem
        places[problem.task_id] = where
    return tuple(problems.values())


def _check(where: str, problem: Problem) -> None:
    """Raises BadBenchmark unless a program can be assembled for it."""
    from evaluator.graders import assemble
    from sandbox.errors import BadRequest
    from sandbox.languages import find

    if isinstance(problem.tests, Static | Bug | Docstring):
        return
    if not problem.entry_point and not isinstance(problem.tests, Stdio):
        raise BadBenchmark(f"{where}: entry_point: which function do the tests call?")
    try:
        find(problem.language)
        assemble(problem, "")
    except (Ungradable, BadRequest) as error:
        raise BadBenchmark(f"{where}: {error}") from error
