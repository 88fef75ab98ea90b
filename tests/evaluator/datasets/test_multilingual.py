"""HumanEval-X and MultiPL-E: their files as problems, and their canonical solutions in the sandbox."""

from pathlib import Path

import pytest

from evaluator.datasets.multilingual import humaneval_x, multipl_e
from evaluator.judging import judge
from evaluator.protocol import Problem
from evaluator.suites import Trusting
from sandbox.local import open_sandbox

DATA = Path(__file__).parents[4] / "shared" / "data"
FILES = ("python", "js", "java", "cpp", "go", "rust")
COUNTS = {"ts": 159, "js": 161, "java": 158, "cpp": 161, "go": 154, "rs": 156, "sh": 158}


def suite(problem: Problem) -> Trusting:
    assert isinstance(problem.tests, Trusting)
    return problem.tests


@pytest.mark.parametrize("name", FILES)
def test_humaneval_x_has_164_problems_with_an_entry_point_that_the_prompt_begins(name: str) -> None:
    problems = humaneval_x(DATA / f"humaneval-x/humaneval_{name}.jsonl.gz")
    assert len(problems) == 164
    assert all(problem.entry_point in problem.prompt for problem in problems)
    # Rust/10 opens a helper; the tests call the function that a completion has to add.
    untested = [problem.task_id for problem in problems if problem.entry_point not in suite(problem).source]
    assert untested == (["Rust/10"] if name == "rust" else [])


@pytest.mark.parametrize(("name", "count"), COUNTS.items(), ids=COUNTS)
def test_multipl_e_has_tests_that_stand_by_themselves(name: str, count: int) -> None:
    problems = multipl_e(DATA / f"multipl-e/humaneval-{name}.jsonl.gz")
    assert len(problems) == count
    for problem in problems:
        assert problem.entry_point in suite(problem).source
        assert not suite(problem).source.lstrip().startswith("}")


@pytest.mark.heavy
@pytest.mark.parametrize("name", FILES)
async def test_canonical_solutions_pass_and_none_of_them_pays(name: str, engine: None) -> None:
    problems = humaneval_x(DATA / f"humaneval-x/humaneval_{name}.jsonl.gz")[::20]
    async with open_sandbox([suite(problems[0]).runs_as], slots=1) as sandbox, sandbox.lease() as lease:
        for problem in problems:
            verdict = (await judge(problem, problem.canonical_solution, lease)).verdict
            assert verdict.passed, (problem.task_id, verdict.detail)
            assert verdict.trusting
            assert not verdict.pays
