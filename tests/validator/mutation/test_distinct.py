"""Mutants are told from their reference by the real grader, in containers, in every language."""

import copy
import itertools
import signal
from collections.abc import Callable
from typing import Any

import pytest

from evaluator.errors import Ungradable
from evaluator.protocol import Problem, Status
from evaluator.suites import Calls
from sandbox.pool import Pool
from validator.problems.mutation import Mutant, dialects, distinct, killed, mutants, select, survivors

Sample = Callable[[str, int], Problem]
pytestmark = pytest.mark.heavy


def some(problem: Problem, count: int) -> list[Mutant]:
    return list(itertools.islice(mutants(problem.language, problem.prompt, problem.entry_point, 3), count))


def stop(*_: object) -> None:
    raise TimeoutError


def differing(problem: Problem, mutant: Mutant) -> set[int]:
    """The cases that a plain run of the Python mutant answers otherwise."""
    assert isinstance(problem.tests, Calls)
    names, found = dict[str, Any](), set()
    signal.signal(signal.SIGVTALRM, stop)
    exec(mutant.source, names)
    for number, case in enumerate(problem.tests.cases):
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.5)
        try:
            right = names["sample"](*copy.deepcopy(case.arguments)) == case.expected
        except (ArithmeticError, AttributeError, LookupError, NameError, TimeoutError, TypeError, ValueError):
            right = False
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        if not right:
            found.add(number)
    return found


async def test_the_cases_named_are_those_that_a_plain_run_answers_otherwise(pool: Pool, sample: Sample) -> None:
    problem = sample("python", 16)
    async with pool.lease() as lease:
        trials = await distinct(problem, some(problem, 40), [lease])
    assert len(trials) == 40
    ended = [trial for trial in trials if trial.verdict.status is not Status.TIMED_OUT]
    wrong = {trial.mutant.after: (trial.kills, differing(problem, trial.mutant)) for trial in ended}
    assert {after: pair for after, pair in wrong.items() if pair[0] != pair[1]} == {}
    assert any(trial.verdict.status is Status.CRASHED for trial in ended)
    assert len(killed(trials)) + len(survivors(trials)) == len(trials)


@pytest.mark.parametrize("language", dialects())
async def test_most_mutants_compile_and_most_of_them_are_killed(language: str, pool: Pool, sample: Sample) -> None:
    problem = sample(language, 40)
    async with pool.lease() as lease:
        trials = await distinct(problem, some(problem, 8), [lease])
    compiled, dead = [trial for trial in trials if trial.compiled], killed(trials)
    chosen = select(40, trials, 1, edges=[0])
    assert len(compiled) >= 6, [trial.mutant for trial in trials if not trial.compiled]
    assert len(dead) >= 5, survivors(trials)
    assert chosen.share == 1
    assert 0 in chosen.cases


async def test_a_problem_whose_reference_fails_is_refused(pool: Pool, sample: Sample) -> None:
    problem = sample("python", 5)
    wrong = problem.model_copy(update={"prompt": problem.prompt.replace("total = 0", "total = 1")})
    async with pool.lease() as lease:
        with pytest.raises(Ungradable, match="its reference does not pass"):
            await distinct(wrong, [], [lease])


async def test_a_problem_without_typed_cases_is_refused(pool: Pool, sample: Sample) -> None:
    problem = sample("python", 5).model_copy(update={"tests": "def check(candidate): ..."})
    async with pool.lease() as lease:
        with pytest.raises(Ungradable, match="typed cases"):
            await distinct(problem, [], [lease])
