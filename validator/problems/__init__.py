"""Where a round's problems come from, and the proof that they can be used.

The first source is HumanEval: known to every model, so it measures the network and not the models.
"""

import random

from evaluator import datasets
from evaluator.judging import judge
from evaluator.protocol import Executor, Problem

EMPTY = "    return None\n"


def choose(seed: int, count: int) -> tuple[Problem, ...]:
    """``count`` problems (all, if there are fewer), the same ones for the same seed."""
    known = datasets.load("humaneval")
    return tuple(random.Random(seed).sample(known, min(count, len(known))))  # noqa: S311  a draw, not a secret


async def verify(problem: Problem, executor: Executor) -> bool:
    """Whether the reference passes and a function that does nothing fails: else its verdicts mean nothing."""
    reference = await judge(problem, fenced(problem, problem.canonical_solution), executor)
    if not reference.verdict.passed:
        return False
    empty = await judge(problem, fenced(problem, EMPTY), executor)
    return not empty.verdict.passed


def fenced(problem: Problem, body: str) -> str:
    """The whole function with ``body``, as a model would show it."""
    return f"```python\n{problem.prompt}{body}\n```\n"
