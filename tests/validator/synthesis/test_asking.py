"""Synthesised problems as the evaluator knows them: shown with a signature, and judged like any other."""

from collections.abc import AsyncIterator

import pytest

from evaluator.extraction import extract
from evaluator.graders import assemble, drivers
from evaluator.judging import judge
from evaluator.suites import Calls
from sandbox.local import open_sandbox
from sandbox.pool import Pool
from validator.errors import UnknownTarget
from validator.problems.synthesis import Synthesised, as_problem, synthesise, targets, together

SAMPLE = tuple(range(101, 121))
LANGUAGES = targets()


@pytest.fixture(scope="module")
def problems() -> list[Synthesised]:
    return [synthesise(seed, 2 + seed % 5) for seed in SAMPLE]


@pytest.fixture(scope="module")
async def pool(engine: None) -> AsyncIterator[Pool]:
    async with open_sandbox(LANGUAGES) as sandbox:
        yield sandbox


def answer(problem: Synthesised, language: str) -> str:
    """As a model would show it."""
    return f"Here is my solution:\n\n```{language}\n{problem.reference(language)}```\n\nIt follows the steps.\n"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_signature_that_is_shown_is_that_of_the_reference(language: str, problems: list[Synthesised]) -> None:
    for problem in problems:
        asked = as_problem(problem, language)
        assert asked.shown is not None
        statement, _, code = asked.shown.partition(f"```{language}\n")
        head = code.removesuffix("\n```\n").splitlines()[-1]
        assert head in asked.canonical_solution
        assert asked.entry_point in head
        assert asked.entry_point in statement


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_shown_declares_the_types_of_the_signature(language: str, problems: list[Synthesised]) -> None:
    for problem in problems:
        asked = as_problem(problem, language)
        declared = drivers.find(language).declarations([*problem.parameters, problem.result]).strip()
        assert declared in (asked.shown or "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reference_is_found_in_an_answer_and_makes_a_program(language: str, problems: list[Synthesised]) -> None:
    for problem in problems[:6]:
        asked = as_problem(problem, language)
        found = extract(asked, answer(problem, language))
        assert found is not None
        assert assemble(asked, found).language == language


def test_no_hidden_case_is_shown(problems: list[Synthesised]) -> None:
    for problem in problems:
        asked = as_problem(problem, "python")
        assert isinstance(asked.tests, Calls)
        assert len(asked.tests.cases) >= 20
        assert len({case.model_dump_json() for case in asked.tests.cases}) == len(asked.tests.cases)


def test_a_language_without_references_is_named(problems: list[Synthesised]) -> None:
    with pytest.raises(UnknownTarget, match="no references are written in 'perl'"):
        as_problem(problems[0], "perl")


def test_problems_together_keep_all_their_cases(problems: list[Synthesised]) -> None:
    alike = [problem for problem in problems if problem.parameters == problems[0].parameters]
    alike = [problem for problem in alike if problem.result == problems[0].result]
    whole = together(alike, "python")
    assert isinstance(whole.tests, Calls)
    assert len(whole.tests.cases) == sum(len(problem.hidden) for problem in alike)


@pytest.mark.heavy
@pytest.mark.parametrize("language", LANGUAGES)
async def test_references_pass_the_grader(language: str, problems: list[Synthesised], pool: Pool) -> None:
    failed = []
    async with pool.lease() as lease:
        for problem in problems:
            found = await judge(as_problem(problem, language), answer(problem, language), lease)
            if not found.verdict.passed:
                failed.append((problem.seed, found.verdict.status, found.verdict.detail))
    assert failed == []


@pytest.mark.heavy
async def test_an_answer_to_another_variant_fails(pool: Pool) -> None:
    passed = []
    async with pool.lease() as lease:
        for seed in SAMPLE:
            ours, theirs = (synthesise(seed, 2 + seed % 5, miner) for miner in (b"one", b"another"))
            copied = theirs.reference("python").replace(theirs.program.entry.name, ours.program.entry.name)
            found = await judge(as_problem(ours, "python"), f"```python\n{copied}\n```", lease)
            if found.verdict.passed:
                passed.append(seed)
    assert len(passed) <= 0.05 * len(SAMPLE), passed
