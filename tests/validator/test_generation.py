"""Generation: functions, and whole programs that read a value a line; their references pass in every language."""

from collections.abc import AsyncIterator

import pytest

from evaluator.graders.stdio import same_output
from evaluator.graders.types import Kind as Head
from evaluator.graders.types import parse
from evaluator.judging import judge
from evaluator.suites import Calls, Comparison, Stdio
from sandbox.local import open_sandbox
from sandbox.pool import Pool
from validator.errors import UnknownTarget
from validator.problems.kinds import make
from validator.problems.protocol import Kind, Made, Recipe
from validator.problems.synthesis import Synthesised, as_problem, synthesise, targets
from validator.problems.synthesis.emitting.whole import MAINS, whole, written
from validator.problems.synthesis.streaming import as_stream, streams
from validator.problems.verifying import fault

SEEDS = range(1, 61)
QUICK = ("python", "javascript")
BY_COST = [pytest.param(language, marks=() if language in QUICK else pytest.mark.heavy) for language in targets()]
"""Compilers take long."""


def generation(seed: int, language: str = "python", variant: bytes = b"") -> Made:
    return make(Recipe(kind=Kind.GENERATION, seed=seed, depth=2 + seed % 4, language=language), variant)


@pytest.fixture(scope="module")
def whole_ones() -> list[Synthesised]:
    """One for each pair of parameters and result that whole programs have."""
    found: dict[tuple[str, ...], Synthesised] = {}
    for seed in range(1, 121):
        made = synthesise(seed, 2)
        if streams(made):
            found.setdefault((*map(str, made.parameters), "->", str(made.result)), made)
    return list(found.values())


@pytest.fixture(scope="module")
async def pool(engine: None) -> AsyncIterator[Pool]:
    async with open_sandbox(targets(), slots=1) as sandbox:
        yield sandbox


@pytest.mark.heavy
def test_some_seeds_ask_for_a_whole_program_and_most_for_a_function() -> None:
    made = [generation(seed) for seed in SEEDS]
    kinds = [type(one.problem.tests) for one in made]
    assert kinds.count(Stdio) >= 6
    assert kinds.count(Calls) >= 30
    assert [one.features["whole_program"] for one in made] == [float(kind is Stdio) for kind in kinds]


def test_a_seed_asks_for_the_same_in_every_language_and_variant() -> None:
    for seed in SEEDS[:12]:
        kinds = {type(generation(seed, language).problem.tests) for language in targets()}
        assert len(kinds | {type(generation(seed, variant=b"a miner").problem.tests)}) == 1


def test_every_language_can_read_and_write() -> None:
    assert sorted(path.stem for path in MAINS.glob("*.toml")) == sorted(targets())
    with pytest.raises(UnknownTarget, match="no whole programs are written in 'cobol'"):
        whole(synthesise(4, 2).program, "cobol")


def test_values_are_written_a_line_each() -> None:
    assert written(parse("string"), "a b ") == "a b \n"
    assert written(parse("bool"), True) == "true\n"
    assert written(parse("list[int]"), [3, -4]) == "2\n3\n-4\n"
    assert written(parse("list[string]"), ["", "x"]) == "2\n\nx\n"
    assert written(parse("list[float]"), []) == "0\n"


def test_there_are_whole_programs_of_many_types(whole_ones: list[Synthesised]) -> None:
    heads = {made.result.kind for made in whole_ones}
    assert heads >= {Head.INT, Head.BOOL, Head.STRING, Head.LIST}
    assert len(whole_ones) >= 8


def test_the_examples_that_are_shown_agree_with_the_hidden_cases(whole_ones: list[Synthesised]) -> None:
    for made in whole_ones:
        problem = as_stream(made, "go")
        tests, shown = problem.tests, problem.shown or ""
        assert isinstance(tests, Stdio)
        assert len(tests.cases) >= 20
        assert shown.count("Example input:") == len(made.examples)
        assert all(case.stdin.endswith(b"\n") and case.expected.endswith(b"\n") for case in tests.cases)
        for arguments, result in made.examples:
            given = "".join(map(written, made.parameters, arguments))
            assert f"```\n{given}```\n\nand its output:\n\n```\n{written(made.result, result)}```" in shown
            assert given.encode() not in [case.stdin for case in tests.cases]


def test_white_space_counts_in_strings(whole_ones: list[Synthesised]) -> None:
    for made in whole_ones:
        tests = as_stream(made, "go").tests
        assert isinstance(tests, Stdio)
        assert isinstance(tests.comparison, Comparison)
        same = same_output(b"a  b\n", b"a b\n", tests.comparison, tests.tolerance)
        assert same != (made.result.kind is Head.STRING)


def test_a_function_is_asked_for_as_before() -> None:
    made = next(one for one in map(generation, SEEDS) if isinstance(one.problem.tests, Calls))
    assert made.problem == as_problem(synthesise(made.recipe.seed, made.recipe.depth), "python")


@pytest.mark.parametrize("language", BY_COST)
async def test_the_right_answer_passes_and_the_wrong_one_does_not(language: str, pool: Pool) -> None:
    made = [generation(seed, language) for seed in SEEDS]
    programs = [one for one in made if isinstance(one.problem.tests, Stdio)][:1]
    functions = [one for one in made if isinstance(one.problem.tests, Calls)][:1]
    async with pool.lease() as lease:
        for one in (*programs, *functions):
            assert await fault(one, lease) == ""


@pytest.mark.heavy
@pytest.mark.parametrize("language", targets())
async def test_whole_programs_read_and_write_every_type(
    language: str, whole_ones: list[Synthesised], pool: Pool
) -> None:
    failed = []
    async with pool.lease() as lease:
        for made in whole_ones[:8]:
            problem = as_stream(made, language)
            verdict = (await judge(problem, f"```\n{problem.canonical_solution}```\n", lease)).verdict
            if not verdict.passed:
                failed.append((made.seed, verdict.status, verdict.detail, verdict.failure))
    assert failed == []
