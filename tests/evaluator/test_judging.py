"""Whole judgements: every canonical solution passes, and what is wrong is called by its name."""

import asyncio

from evaluator.judging import judge
from evaluator.protocol import Executor, Problem, Status


async def test_every_canonical_solution_of_humaneval_passes(problems: dict[str, Problem], executor: Executor) -> None:
    slots = asyncio.Semaphore(4)

    async def verdict_on(problem: Problem) -> tuple[str, str]:
        async with slots:
            judgement = await judge(problem, problem.canonical_solution, executor)
        return problem.task_id, f"{judgement.verdict.status} {judgement.verdict.detail}".strip()

    verdicts = dict(await asyncio.gather(*map(verdict_on, problems.values())))
    assert verdicts == dict.fromkeys(problems, "passed")


async def test_an_answer_without_a_program_is_not_run(addition: Problem, executor: Executor) -> None:
    judgement = await judge(addition, "I cannot do that.", executor)
    assert (judgement.code, judgement.execution) == (None, None)
    assert judgement.verdict.status is Status.NO_PROGRAM


async def test_a_chat_answer_is_judged_by_its_fence(addition: Problem, executor: Executor) -> None:
    judgement = await judge(addition, "Sure!\n```python\ndef add(a, b):\n    return a + b\n```\nDone.", executor)
    assert judgement.verdict.passed
    assert judgement.verdict.calls == 2
