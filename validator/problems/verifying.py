"""The proof that a problem can be used: its reference passes, and what looks right and is not does not."""

from evaluator.judging import judge
from evaluator.protocol import Executor
from validator.problems.protocol import Made


async def fault(made: Made, executor: Executor) -> str:
    """Why ``made`` cannot be used, in words; empty if it can. Raises what ``judge`` raises."""
    reference = (await judge(made.problem, made.right, executor)).verdict
    if not reference.passed:
        return f"its reference does not pass: {reference.status}: {reference.detail}"
    for number, wrong in enumerate(made.wrong, 1):
        if (await judge(made.problem, wrong, executor)).verdict.passed:
            return f"wrong answer {number} passes"
    return ""
