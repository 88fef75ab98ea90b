"""The evaluator's grader, as the sandbox's server wants one: HumanEval, judged as for money."""

from collections.abc import Sequence
from functools import cache

from evaluator import datasets, graders, judging
from evaluator.extraction.apart import reader
from evaluator.protocol import Problem
from sandbox.errors import BadRequest
from sandbox.protocol import Execution, Program
from sandbox.server import judge

LANGUAGE = "python"


class HumanEval:
    """Judges HumanEval's problems by ``evaluator.judging``."""

    def prepare(self) -> None:
        """Load the problems and what grades answers, start what reads them."""
        _problems()
        graders.load()
        reader.start()

    def problems(self) -> Sequence[judge.Problem]:
        """All of them, as their solver sees them."""
        return tuple(
            judge.Problem(id=one.task_id, prompt=one.prompt, entry_point=one.entry_point, language=LANGUAGE)
            for one in _problems().values()
        )

    async def judge(self, problem: str, completion: str, execute: judge.Execute) -> judge.Verdict:
        """The grader's verdict. Raises BadRequest, and what ``execute`` raises."""
        found = _problems().get(problem)
        if found is None:
            raise BadRequest(f"no problem is called {problem!r}")
        verdict = (await judging.judge(found, completion, _Executor(execute))).verdict
        return judge.Verdict(
            passed=verdict.passed,
            status=verdict.status,
            detail=verdict.detail,
            calls=verdict.calls,
            cpu_seconds=verdict.cpu_seconds,
            wall_seconds=verdict.wall_seconds,
            peak_memory_bytes=verdict.peak_memory_bytes,
        )


class _Executor:
    """``execute``, as the evaluator wants it."""

    def __init__(self, execute: judge.Execute) -> None:
        self._execute = execute

    async def execute(self, program: Program) -> Execution:
        return await self._execute(program)


@cache
def _problems() -> dict[str, Problem]:
    return {one.task_id: one for one in datasets.load("humaneval")}
