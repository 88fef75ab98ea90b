"""The calls grader in every language: honest programs pass, wrong ones fail, and no cheat earns a pass.

``tests/corpus/calls/LANGUAGE`` holds programs; the first line of each, says its status and some of its detail.
"""

import asyncio
import functools
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from evaluator.errors import Ungradable
from evaluator.graders import assemble, drivers, types
from evaluator.judging import judge
from evaluator.protocol import Grader, Problem, Status, Verdict
from evaluator.suites import CallCase, Calls
from sandbox.local import open_sandbox
from sandbox.pool import Pool
from sandbox.protocol import MEBIBYTE, Limits

CORPUS = Path(__file__).parents[1] / "corpus" / "calls"
LANGUAGES = ("python", "c", "cpp", "javascript", "typescript", "java", "go", "rust")
PROGRAMS = sorted(path for path in CORPUS.glob("*/*") if path.stem != "echo")
LIMITS = Limits(cpu_seconds=2, wall_seconds=10, memory_bytes=512 * MEBIBYTE, output_bytes=32 * MEBIBYTE)

EVERY_TYPE = (
    *("int", "bigint", "float", "bool", "string", "bytes", "list[list[list[list[list[int]]]]]"),
    *("tuple[int, string]", "optional[string]", "map[tuple[int, string], list[float]]"),
)
ALL = f"tuple[{', '.join(EVERY_TYPE)}]"
VALUES: tuple[tuple[Any, ...], ...] = (
    (0, 0, 0.0, False, "", "", [], [0, ""], None, []),
    (1, -1, 1.5, True, " ", " ", [[], [[]], [[[]]], [[[[]]]]], [2**53, "z"], "", [[[0, ""], []]]),
    (
        *(2**63 - 1, 2**63, "NaN", True, 'h\u00e9llo \U0001f600 \n"\\\x7f', {"base64": "AP8A/w=="}),
        *([[[[[1, 2], []], []]]], [-5, "\u65e5\u672c"], "there", [[[1, "a"], [1.5, "Infinity"]], [[1, "b"], ["NaN"]]]),
    ),
    (
        *(-(2**63), -(10**600) - 7, "-Infinity", False, "i1;s3:", "l2:", [[[[[-(2**63)]]]]]),
        *([2**63 - 1, "y"], "n", [[[2, ""], ["NaN", 5e-324, 1.7976931348623157e308]]]),
    ),
)
SUM = Calls(
    parameters=("int", "int"),
    result="int",
    cases=tuple(CallCase(arguments=(a, b), expected=a + b) for a, b in [(1, 2), (2, 2), (-5, 3), (1000, 1), (0, 0)]),
)


@pytest.fixture(scope="module")
async def pool(engine: None) -> AsyncIterator[Pool]:
    async with open_sandbox(LANGUAGES) as sandbox:
        yield sandbox


def problem(language: str, tests: Calls, entry_point: str) -> Problem:
    return Problem(
        task_id=f"Calls/{language}",
        prompt="",
        entry_point=entry_point,
        tests=tests,
        canonical_solution="",
        language=language,
        limits=LIMITS,
    )


async def verdict_on(asked: Problem, code: str, pool: Pool) -> Verdict:
    async with pool.lease() as lease:
        return (await judge(asked, code, lease)).verdict


def echo(language: str) -> str:
    """A program that returns what it is given, with the types spelt as the language's driver has them."""
    kinds = [types.parse(text) for text in (*EVERY_TYPE, ALL)]
    driver = drivers.find(language)
    (path,) = (CORPUS / language).glob("echo.*")
    words = {f"p{n}": driver.spell(kind) for n, kind in enumerate(kinds)}
    words |= {"result": driver.spell(kinds[-1]), "declarations": driver.declarations(kinds)}
    return drivers.fill(path.read_text(), words)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_values_of_every_type_come_back_as_they_went(language: str, pool: Pool) -> None:
    cases = tuple(CallCase(arguments=values, expected=list(values)) for values in VALUES)
    tests = Calls(parameters=EVERY_TYPE, result=ALL, cases=cases)
    verdict = await verdict_on(problem(language, tests, "echo"), echo(language), pool)
    assert (verdict.status, verdict.detail, verdict.calls) == (Status.PASSED, "", len(cases))
    assert verdict.grader is Grader.CALLS
    assert verdict.pays


@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_value_that_is_not_the_expected_one_fails(language: str, pool: Pool) -> None:
    values = list(VALUES[2])
    others = [2**63 - 2, 2**63 - 1, 0.0, False, "", "", [], [-5, ""], None, [[[1, "a"], [1.5, "Infinity"]]]]
    for place, other in enumerate(others):
        expected = [*values[:place], other, *values[place + 1 :]]
        tests = Calls(parameters=EVERY_TYPE, result=ALL, cases=(CallCase(arguments=tuple(values), expected=expected),))
        if language != "python":  # one compilation says it for all
            tests = tests.model_copy(update={"cases": tuple(_differing(values, others))})
        verdict = await verdict_on(problem(language, tests, "echo"), echo(language), pool)
        assert verdict.status is Status.FAILED, place
        assert verdict.failure is not None
        assert verdict.failure.got != verdict.failure.expected
        if language != "python":
            return


def _differing(values: list[Any], others: list[Any]) -> list[CallCase]:
    expected = [[*values[:place], other, *values[place + 1 :]] for place, other in enumerate(others)]
    return [CallCase(arguments=tuple(values), expected=each) for each in expected]


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: f"{path.parent.name}-{path.stem}")
async def test_every_program_of_the_corpus_gets_the_verdict_that_it_names(path: Path, pool: Pool) -> None:
    code = path.read_text()  # noqa: ASYNC240  a few lines
    wanted = re.match(r"(?:#|//) (\w+):(.*)", code)
    assert wanted is not None, "the first line names no status"
    verdict = await verdict_on(problem(path.parent.name, SUM, "add"), code, pool)
    assert verdict.status.value == wanted[1], verdict.detail
    assert wanted[2].strip() in verdict.detail


def test_every_language_has_an_honest_program_a_wrong_one_and_cheats() -> None:
    names = {language: {path.stem for path in PROGRAMS if path.parent.name == language} for language in LANGUAGES}
    assert all({"honest", "wrong", "prints_a_frame", "exits"} <= found for found in names.values()), names
    assert {path.stem for path in drivers.DRIVERS.glob("*.toml")} == set(LANGUAGES)


async def test_a_failure_says_what_was_sent_got_and_expected(pool: Pool) -> None:
    verdict = await verdict_on(problem("python", SUM, "add"), "def add(a, b):\n    return a * b\n", pool)
    assert verdict.failure is not None
    assert verdict.failure.model_dump() == {"case": 0, "sent": "(1, 2)", "got": "2", "expected": "3"}
    assert verdict.detail == "call 1: (1, 2) returned 2, expected 3"
    assert verdict.cpu_seconds > 0


def test_no_expected_value_enters_the_container() -> None:
    secret = 918273645546372819
    tests = SUM.model_copy(update={"cases": (CallCase(arguments=(1, 2), expected=secret),)})
    text = assemble(problem("python", tests, "add"), "def add(a, b): ...").model_dump_json()
    assert str(secret) not in text
    assert f"{secret:x}" not in text


BAD = {
    "no such type": ({"result": "number"}, "no type: 'number'"),
    "a type that is not closed": ({"result": "list[int"}, "expected ']'"),
    "a key that nothing can have": ({"result": "map[list[int], int]"}, "keys cannot be"),
    "an argument too many": ({"cases": [{"arguments": [1, 2, 3], "expected": 3}]}, "3 arguments for 2"),
    "a string for an int": ({"cases": [{"arguments": [1, "2"], "expected": 3}]}, "expected int, got string"),
    "a bigint for an int": ({"cases": [{"arguments": [1, 2**63], "expected": 3}]}, "more than 64 bits"),
    "a boolean for an int": ({"cases": [{"arguments": [1, True], "expected": 3}]}, "expected int, got bool"),
    "half a surrogate pair": (
        {"result": "string", "cases": [{"arguments": [1, 2], "expected": "\ud800"}]},
        "surrogate",
    ),
    "a key twice": (
        {"result": "map[int, int]", "cases": [{"arguments": [1, 2], "expected": [[1, 1], [1, 2]]}]},
        "one key twice",
    ),
    "an unordered integer": ({"unordered": True}, "not a list"),
}


@pytest.mark.parametrize(("change", "why"), BAD.values(), ids=BAD)
def test_tests_that_make_no_sense_are_no_verdict(change: dict[str, Any], why: str) -> None:
    tests = Calls.model_validate({**SUM.model_dump(), **change})
    with pytest.raises(Ungradable, match="Calls/python") as caught:
        assemble(problem("python", tests, "add"), "def add(a, b): ...")
    assert why in str(caught.value)


def test_a_language_without_a_driver_an_odd_name_and_a_nul_in_c_are_no_verdict() -> None:
    with pytest.raises(Ungradable, match="no driver"):
        assemble(problem("bash", SUM, "add"), "")
    with pytest.raises(Ungradable, match="no name of an entry point"):
        assemble(problem("c", SUM, "add(1, 2); exit"), "")
    nul = Calls(parameters=("string",), result="int", cases=(CallCase(arguments=("a\0b",), expected=3),))
    with pytest.raises(Ungradable, match="holds a NUL"):
        assemble(problem("c", nul, "length"), "")


async def test_a_limit_is_for_all_calls_together(pool: Pool) -> None:
    code = """
import time
def add(a, b):
    add.until += 0.7
    while time.process_time() < add.until: pass
    return a + b
add.until = 0.0
"""
    verdict = await verdict_on(problem("python", SUM, "add"), code, pool)
    assert verdict.status is Status.TIMED_OUT, verdict
    assert LIMITS.cpu_seconds <= verdict.cpu_seconds < 0.7 * len(SUM.cases)


async def test_text_that_is_no_text_is_judged_all_the_same(pool: Pool) -> None:
    for code in ("def add(a, b):\n    return a + b\0\n", "def add(a, b):\n    return '\ud800'\n", "\xff\xfe"):
        for language in ("python", "c", "javascript"):
            assert not (await verdict_on(problem(language, SUM, "add"), code, pool)).passed


async def test_a_busy_machine_changes_no_verdict(pool: Pool) -> None:
    paths = [path for path in PROGRAMS if path.parent.name == "python" and path.stem not in ("burns", "reads_ahead")]
    judged = functools.partial(verdict_on, problem("python", SUM, "add"), pool=pool)
    verdicts = await asyncio.gather(*(judged(path.read_text()) for path in paths for _ in range(2)))
    wanted = [path.read_text().split()[1].rstrip(":") for path in paths for _ in range(2)]
    assert [verdict.status.value for verdict in verdicts] == wanted
