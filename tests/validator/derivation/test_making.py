"""Derived problems: the same each time, right by their reference, and wrong by the benchmark's own answer."""

import re

import pytest

from evaluator.judging import judge
from evaluator.protocol import Executor
from evaluator.suites import CallCase, Calls
from validator.errors import BadRange, UnknownTarget
from validator.problems.derivation import Derived, derive
from validator.problems.kinds import make
from validator.problems.protocol import Kind, Recipe, Source
from validator.problems.synthesis.asking import plain
from validator.problems.verifying import fault

FEW, MANY = 8, 110
DEPTHS = (2, 3, 4, 5, 6)


def recipe(seed: int) -> Recipe:
    depth = DEPTHS[seed % len(DEPTHS)]
    return Recipe(kind=Kind.GENERATION, seed=seed, depth=depth, source=Source.DERIVATION)


@pytest.fixture(scope="module")
def derived() -> list[Derived]:
    return [derive(seed, DEPTHS[seed % len(DEPTHS)]) for seed in range(40)]


def answer(code: str) -> str:
    return f"```python\n{code}\n```\n"


async def passes(problem: Derived, code: str, executor: Executor) -> bool:
    return (await judge(problem.as_problem(), answer(code), executor)).verdict.passed


def test_the_same_recipe_gives_the_same_problem_byte_for_byte() -> None:
    for seed in range(5):
        once, again = make(recipe(seed), b"miner"), make(recipe(seed), b"miner")
        assert once.problem.model_dump_json() == again.problem.model_dump_json()
        assert once == again


def test_another_variant_has_the_same_origin_and_another_statement(derived: list[Derived]) -> None:
    for one in derived[:10]:
        other = derive(one.seed, one.depth, b"miner")
        assert (other.origins, other.behaviour) == (one.origins, one.behaviour)
        assert other.statement != one.statement
        assert other.reference != one.reference


def test_no_two_problems_behave_alike(derived: list[Derived]) -> None:
    assert len({one.behaviour for one in derived}) == len(derived)


def test_there_are_enough_hidden_cases_and_none_is_an_example(derived: list[Derived]) -> None:
    for one in derived:
        assert len(one.hidden) >= 20
        assert not {repr(case[0]) for case in one.hidden} & {repr(case[0]) for case in one.examples}


def test_a_statement_names_every_argument_and_shows_its_examples(derived: list[Derived]) -> None:
    for one in derived:
        for name in one.drawn.outer:
            assert f"`{name}`" in one.statement
        assert one.statement.count(f"    {one.entry_point}(") == len(one.examples) >= 2
        assert "{" not in re.sub(r"-> \{.*\}|\(.*\)", "", one.statement), one.statement


def test_deeper_problems_weigh_more(derived: list[Derived]) -> None:
    mean = {
        depth: sum(one.features["weight"] for one in derived if one.depth == depth) for depth in (DEPTHS[0], DEPTHS[-1])
    }
    assert mean[DEPTHS[0]] < mean[DEPTHS[-1]]


async def test_references_pass_and_the_known_answers_do_not(executor: Executor) -> None:
    for seed in range(FEW):
        assert await fault(make(recipe(seed)), executor) == ""


async def test_a_statements_examples_are_what_the_reference_gives(derived: list[Derived], executor: Executor) -> None:
    for one in derived[:FEW]:
        problem = one.as_problem()
        assert isinstance(problem.tests, Calls)
        shown = tuple(
            CallCase(
                arguments=tuple(map(plain, one.drawn.kinds, arguments)),
                expected=plain(one.drawn.result, result),
            )
            for arguments, result in one.examples
        )
        asked = problem.model_copy(update={"tests": problem.tests.model_copy(update={"cases": shown})})
        verdict = (await judge(asked, answer(one.reference), executor)).verdict
        assert verdict.passed, verdict.detail


async def test_cheats_do_not_pass(derived: list[Derived], executor: Executor) -> None:
    one = derived[3]
    name, table = one.entry_point, {repr(arguments): result for arguments, result in one.examples}
    results = [result for _, result in one.hidden]
    commonest = max(results, key=results.count)
    cheats = {
        "the examples by heart": f"def {name}(*given):\n    return {table!r}.get(repr(given))",
        "the commonest answer": f"def {name}(*given):\n    return {commonest!r}",
        "nothing": f"def {name}(*given):\n    pass",
        "what is given": f"def {name}(*given):\n    return given[0]",
        "the benchmark's answer": one.unchanged,
        "the benchmark's answer by its own name": one.drawn.plan.bases[0].original.run.code,
        "an object that equals everything": (
            f"class Any(str):\n    __eq__ = lambda *_: True\n    __hash__ = str.__hash__\n\ndef {name}(*given):\n"
            "    return Any()"
        ),
        "the end before the tests": f"import os\nos._exit(0)\n\ndef {name}(*given):\n    return 0",
        "another problem's reference": re.sub(rf"\b{derived[4].entry_point}\b", name, derived[4].reference),
        "the statement": f'def {name}(*given):\n    """{one.statement}"""',
    }
    for what, code in cheats.items():
        assert not await passes(one, code, executor), what
    assert await passes(one, one.reference, executor)


@pytest.mark.heavy
async def test_the_benchmarks_answers_fail_for_a_hundred_problems(executor: Executor) -> None:
    copied = 0
    for seed in range(1000, 1000 + MANY):
        made = make(recipe(seed), b"miner")
        theirs = make(recipe(seed), b"another miner")
        other = re.sub(rf"\b{theirs.problem.entry_point}\b", made.problem.entry_point, theirs.right)
        right, (unchanged,) = made.right, made.wrong
        assert (await judge(made.problem, right, executor)).verdict.passed, seed
        assert not (await judge(made.problem, unchanged, executor)).verdict.passed, seed
        copied += (await judge(made.problem, other, executor)).verdict.passed
    assert copied <= 0.05 * MANY


@pytest.mark.parametrize(
    ("changed", "error", "said"),
    [
        ({"depth": 9}, BadRange, "depth must be from 2 to 8, got 9"),
        ({"language": "go"}, UnknownTarget, "generation has no go"),
        ({"source": Source.MODEL}, UnknownTarget, "cannot be made from a seed by model"),
    ],
    ids=["depth", "language", "source"],
)
def test_bad_input_is_a_clear_error(changed: dict[str, object], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        make(recipe(1).model_copy(update=changed))
