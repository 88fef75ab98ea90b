"""Refactoring: the same behaviour and a measured gain, and what a cheat would try instead."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from evaluator.graders.refactoring import WEIGHTS, gain
from evaluator.judging import judge
from evaluator.metrics import measure
from evaluator.protocol import Executor, Grader, Problem, Status, Verdict
from evaluator.suites import CallCase, Calls, Measures, Refactoring
from sandbox.local import open_sandbox

CLEAN = """\
def weight(x: int) -> int:
    if x > 10:
        return 2 * x
    if x < 0:
        return 1
    return x


def total(xs: list[int]) -> int:
    found = 0
    for x in xs:
        found += weight(x)
    return found
"""
GIVEN = """\
def total(xs: list[int]) -> int:
    ready = True
    found = 0
    i = 0
    while i < len(xs):
        x = xs[i]
        value = 0
        done = False
        if ready == True:
            if x > 10:
                value = 2 * x
                done = True
            if done == False:
                if x < 0:
                    value = 1
                    done = True
                if done == False:
                    value = x
            found = found + value
        else:
            if x > 10:
                value = 2 * x
                done = True
            if done == False:
                if x < 0:
                    value = 1
                    done = True
                if done == False:
                    value = x
            found = found + value
        i += 1
    result = found
    return result
"""
INPUTS: tuple[list[int], ...] = ([], [1], [-5, 3], [10, 11], [12, -1, 0, 7], [100, 2, 2])


def weight(x: int) -> int:
    return 2 * x if x > 10 else 1 if x < 0 else x


CASES = tuple(CallCase(arguments=(xs,), expected=sum(map(weight, xs))) for xs in INPUTS)
TESTS = Refactoring(
    calls=Calls(parameters=("list[int]",), result="int", cases=CASES),
    given=measure("python", GIVEN),
    clean=measure("python", CLEAN),
)
PROBLEM = Problem(task_id="R/0", prompt="", entry_point="total", tests=TESTS, canonical_solution=CLEAN)


@pytest_asyncio.fixture(scope="module")
async def sandboxed(engine: None) -> AsyncIterator[Executor]:
    async with open_sandbox(["python", "javascript"], slots=1) as sandbox, sandbox.lease() as lease:
        yield lease


async def judged(executor: Executor, code: str, problem: Problem = PROBLEM) -> Verdict:
    return (await judge(problem, f"```{problem.language}\n{code}\n```\n", executor)).verdict


async def test_the_clean_program_gains_all(sandboxed: Executor) -> None:
    verdict = await judged(sandboxed, CLEAN)
    assert (verdict.status, verdict.credit, verdict.grader) == (Status.PASSED, 1.0, Grader.REFACTORING)
    assert verdict.detail.startswith("100% of the possible gain: complexity 32 -> 3, ")


async def test_half_a_refactoring_has_credit_and_does_not_pass(sandboxed: Executor) -> None:
    half = GIVEN.replace("    while i < len(xs):\n        x = xs[i]\n", "    for x in xs:\n").replace(
        "        i += 1\n", ""
    )
    verdict = await judged(sandboxed, half)
    assert verdict.status is Status.FAILED
    assert 0.0 < (verdict.credit or 0.0) < TESTS.enough


async def test_another_way_to_be_simple_is_as_good(sandboxed: Executor) -> None:
    other = "def total(xs):\n    return sum(2 * x if x > 10 else 1 if x < 0 else x for x in xs)\n"
    verdict = await judged(sandboxed, other)
    assert verdict.passed, verdict.detail


UNCHANGED = {
    "as it was": GIVEN,
    "other names": GIVEN.replace("found", "a").replace("value", "b").replace("ready", "c").replace("done", "d"),
    "less indented": GIVEN.replace("    ", " "),
    "joined lines": GIVEN.replace("ready = True\n    found = 0\n    i = 0", "ready = True; found = 0; i = 0"),
    "explained": GIVEN.replace("ready = True", '"""Add it all up."""\n    ready = True  # always'),
    "explained at length": "# " + "x" * 5_000 + "\n" + GIVEN,
    "on longer lines": GIVEN.replace("if done == False:", "if (done\n            == False):"),
}


@pytest.mark.parametrize("code", UNCHANGED.values(), ids=UNCHANGED.keys())
async def test_another_form_of_the_same_gains_nothing(code: str, sandboxed: Executor) -> None:
    verdict = await judged(sandboxed, code)
    assert (verdict.status, verdict.credit) == (Status.FAILED, 0.0), verdict.detail
    assert verdict.detail.startswith("0% of the possible gain"), verdict.detail


CHEATS = {
    "code in a text": f"exec({GIVEN!r})\nwhole = total\ndef total(xs):\n    return whole(xs)",
    "code by an attribute": "def total(xs):\n    d = {}\n"
    f"    getattr(__import__('builtins'), 'ex' + 'ec')({GIVEN!r}, d)\n    return d['total'](xs)",
    "code from a frame": "def total(xs):\n    d = {}\n    g = (d for _ in d)\n"
    f"    g.gi_frame.f_builtins['ex' + 'ec']({GIVEN!r}, d)\n    return d['total'](xs)",
    "a table of texts": "OPS = ['2 * x', '1', 'x']\ndef total(xs):\n"
    "    return sum(eval(OPS[0 if x > 10 else 1 if x < 0 else 2]) for x in xs)",
    "a larger program": GIVEN + "\n\nUNUSED = [" + "1, " * 200 + "1]\n",
}


@pytest.mark.parametrize("code", CHEATS.values(), ids=CHEATS.keys())
async def test_what_only_hides_the_tangle_gains_nothing(code: str, sandboxed: Executor) -> None:
    verdict = await judged(sandboxed, code)
    assert (verdict.passed, verdict.credit) == (False, 0.0), verdict.detail
    assert verdict.detail.startswith(("it cannot be measured", "0% of the possible gain")), verdict.detail


WRONG = {
    "nothing": "def total(xs):\n    return 0",
    "the examples by heart": "def total(xs):\n    return {0: 0, 1: 1, 2: 4}.get(len(xs), 32)",
    "equal to everything": "class A(int):\n    def __eq__(self, other): return True\ndef total(xs):\n    return A()",
    "an early end": "import os\ndef total(xs):\n    os._exit(0)",
    "no function": "print(1)",
}


@pytest.mark.parametrize("code", WRONG.values(), ids=WRONG.keys())
async def test_what_does_something_else_earns_nothing_however_short(code: str, sandboxed: Executor) -> None:
    verdict = await judged(sandboxed, code)
    assert not verdict.passed
    assert verdict.worth == 0.0


async def test_text_does_not_become_code_by_a_computed_name_either(sandboxed: Executor) -> None:
    loop = "for (const x of xs) { found += x > 10 ? 2 * x : x < 0 ? 1 : x }"
    clean = f"function total(xs) {{ let found = 0; {loop} return found }}"
    tests = TESTS.model_copy(update={"clean": measure("javascript", clean)})
    problem = PROBLEM.model_copy(update={"language": "javascript", "tests": tests})
    assert (await judged(sandboxed, clean, problem)).passed
    for maker in ("[].map", "(function* () {})", "(async () => 1)", "(async function* () {})"):
        cheat = f"function total(xs) {{ return {maker}['const' + 'ructor']('xs', 'return 0')(xs) }}"
        verdict = await judged(sandboxed, cheat, problem)
        assert verdict.status is Status.CRASHED, verdict.detail
        assert verdict.worth == 0.0


def measures(tokens: int, complexity: int, depth: int = 3, repeated: int = 40) -> Measures:
    return Measures(tokens=tokens, complexity=complexity, depth=depth, repeated=repeated)


def test_gain_is_the_weighted_mean_of_what_each_measure_gained() -> None:
    given, clean = measures(200, 40), measures(100, 20, 1, 0)
    assert gain(given, given, clean) == 0.0
    assert gain(given, clean, clean) == 1.0
    assert gain(given, measures(50, 5, 0, 0), clean) == 1.0
    assert gain(given, measures(200, 20), clean) == pytest.approx(WEIGHTS["complexity"])
    assert gain(given, measures(150, 40), clean) == pytest.approx(WEIGHTS["tokens"] / 2)
    assert gain(given, measures(150, 60, 9, 90), clean) == 0.0


def test_a_measure_that_cannot_be_gained_is_left_out_and_can_only_be_lost() -> None:
    given, clean = measures(200, 40, repeated=0), measures(100, 20, repeated=0)
    assert gain(given, clean, clean) == 1.0
    assert 0.5 < gain(given, measures(100, 20, repeated=50), clean) < 1.0
    assert 0.5 < gain(given, measures(100, 20, 9, 0), clean) < 1.0
    assert gain(given, given, given) == 0.0


def test_a_longer_program_gains_nothing() -> None:
    assert gain(measures(200, 40), measures(201, 1, 1, 0), measures(100, 20, 1, 0)) == 0.0
