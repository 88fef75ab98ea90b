"""Questions about programs: their right answers pass, guesses and other miners' answers do not."""

import ast
from collections import Counter
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from evaluator.judging import judge
from evaluator.protocol import Verdict
from evaluator.suites import Arguments, Static
from sandbox.lease import Lease
from sandbox.local import open_sandbox
from validator.errors import BadRange, UnknownTarget
from validator.problems.kinds import languages, make
from validator.problems.kinds.questions import fenced
from validator.problems.protocol import Kind, Made, Recipe
from validator.problems.synthesis import synthesise, targets
from validator.problems.synthesis.evaluating import Evaluator
from validator.problems.synthesis.inputs import shapes
from validator.problems.verifying import fault

TARGETS = targets()


def recipe(seed: int) -> Recipe:
    return Recipe(kind=Kind.ANALYSIS, seed=seed, depth=2 + seed % 7, language=TARGETS[seed % len(TARGETS)])


@pytest.fixture(scope="module")
def questions() -> list[Made]:
    return [make(recipe(seed)) for seed in range(42)]


@pytest_asyncio.fixture(scope="module")
async def lease(engine: None) -> AsyncIterator[Lease]:
    async with open_sandbox(["python"], slots=1) as sandbox, sandbox.lease() as lease:
        yield lease


def sort(made: Made) -> str:
    tests = made.problem.tests
    if isinstance(tests, Arguments):
        return "finding"
    return "predicting" if made.problem.entry_point else "ordering"


async def verdict(made: Made, answer: str, lease: Lease) -> Verdict:
    return (await judge(made.problem, answer, lease)).verdict


def test_all_sorts_are_asked_in_all_languages(questions: list[Made]) -> None:
    counts = Counter(map(sort, questions))
    assert min(counts[one] for one in ("predicting", "finding", "ordering")) >= 6
    assert {pair[1] for pair in languages(Kind.ANALYSIS)} == set(TARGETS)
    for made in questions:
        assert f"```{made.recipe.language}\n" in str(made.problem.shown)


def test_the_same_recipe_and_variant_give_the_same_question_and_another_variant_another() -> None:
    for seed in range(12):
        assert make(recipe(seed), b"a") == make(recipe(seed), b"a")
        one, other = make(recipe(seed), b"a"), make(recipe(seed), b"b")
        assert one.problem.shown != other.problem.shown
        assert one.right != other.right


async def test_right_answers_pass_and_wrong_ones_do_not(questions: list[Made], lease: Lease) -> None:
    faults = {made.problem.task_id: await fault(made, lease) for made in questions}
    assert not any(faults.values()), faults


@pytest.mark.heavy
async def test_the_answer_to_another_miners_variant_fails(questions: list[Made], lease: Lease) -> None:
    copied = [(await verdict(made, make(made.recipe, b"other").right, lease)).passed for made in questions]
    assert sum(copied) <= 1


def test_the_results_of_a_prediction_differ(questions: list[Made]) -> None:
    for made in questions:
        if sort(made) == "predicting" and isinstance(made.problem.tests, Static):
            results = ast.literal_eval(made.problem.tests.expected)
            different = len(set(map(repr, results)))
            assert (different, len(results)) == (3, 3) or (different >= 2 and len(results) == 6)


def test_an_input_is_wanted_that_is_no_edge_case_and_not_shown(questions: list[Made]) -> None:
    for made in questions:
        tests = made.problem.tests
        if isinstance(tests, Arguments):
            problem = synthesise(made.recipe.seed, made.recipe.depth)
            evaluate, wanted = Evaluator(problem.program), ast.literal_eval(tests.expected)
            assert all(evaluate(*edge) != wanted for edge in shapes()[problem.shape].edges)
            assert f"`{made.right.splitlines()[1]}`" not in str(made.problem.shown)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "```\n\n```",
        "make_total",
        "```python\nimport os; os._exit(0)\n```",
        "```python\n(lambda: 0)()\n```",
        "```python\ntype('E', (), {'__eq__': lambda a, b: True})()\n```",
        "```python\n" + "[" * 3000 + "]" * 3000 + "\n```",
        "```python\n" + "9" * 50_000 + "\n```",
        "```python\n[0] * 10**9\n```",
        "```python\n" + "0, " * 20_000 + "\n```",
        "```python\n\0\n```",
        "[ANSWER]\ud800[/ANSWER]",
        "1 or True",
    ],
)
async def test_what_is_no_plain_answer_earns_nothing(questions: list[Made], lease: Lease, answer: str) -> None:
    for one in ("predicting", "finding", "ordering"):
        made = next(made for made in questions if sort(made) == one)
        assert (await verdict(made, answer, lease)).worth == 0.0


async def test_the_statement_as_an_answer_earns_nothing(questions: list[Made], lease: Lease) -> None:
    for made in questions[:14]:
        shown = str(made.problem.shown)
        for answer in (shown, fenced(shown.rsplit("`", 2)[1]), shown.rsplit("\n\n", 1)[-1]):
            assert (await verdict(made, answer, lease)).worth == 0.0, made.problem.task_id


async def test_code_that_returns_the_wanted_result_is_no_input(questions: list[Made], lease: Lease) -> None:
    for made in questions:
        tests = made.problem.tests
        if isinstance(tests, Arguments):
            stolen = f"*[{made.problem.entry_point}], {tests.expected}"
            for answer in (stolen, tests.expected, f"0) or ({tests.expected}", f"0); result = ({tests.expected}"):
                assert (await verdict(made, fenced(answer), lease)).worth == 0.0


def test_what_there_is_not_is_refused() -> None:
    with pytest.raises(UnknownTarget):
        make(Recipe(kind=Kind.ANALYSIS, seed=1, language="cobol"))
    with pytest.raises(BadRange):
        make(Recipe(kind=Kind.ANALYSIS, seed=1, depth=9))
