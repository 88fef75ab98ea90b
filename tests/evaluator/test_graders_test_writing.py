"""Suites of tests, judged by what they accept and what they reject."""

import random
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from evaluator.errors import Ungradable
from evaluator.graders import assemble, grade, test_writing
from evaluator.judging import judge
from evaluator.protocol import Problem, Status, Verdict
from evaluator.suites import Implementations
from sandbox.lease import Lease
from sandbox.local import open_sandbox
from sandbox.protocol import Ended, Execution, Outcome, Peak, Program, Step

RIGHT = (
    "def total(xs):\n    return sum(xs)\n",
    "def total(xs):\n    found = 0\n    for x in xs:\n        found = x + found\n    return found\n",
)
MISTAKEN = (
    "def total(xs):\n    return sum(xs[1:])\n",
    "def total(xs):\n    return sum(xs) + (len(xs) > 2)\n",
    "def total(xs):\n    return sum(xs) if xs else None\n",
    "def total(xs):\n    return abs(sum(xs))\n",
    "def total(xs):\n    return max(xs)\n",
)
TESTS = Implementations(right=RIGHT, mistaken=MISTAKEN, order=7)
PROBLEM = Problem(task_id="Suite/0", prompt="", entry_point="total", tests=TESTS, canonical_solution="")
GOOD = """\
def test_some():
    assert total([1, 2, 4]) == 7

def test_none():
    assert total([]) == 0

assert total([-3]) == -3
"""
ENOUGH = "def test_some():\n    assert total([1, 2, 4]) == 7\n"


@pytest_asyncio.fixture(scope="module")
async def lease(engine: None) -> AsyncIterator[Lease]:
    async with open_sandbox(["python"], slots=1) as sandbox, sandbox.lease() as lease:
        yield lease


async def verdict(answer: str, lease: Lease, problem: Problem = PROBLEM) -> Verdict:
    return (await judge(problem, answer, lease)).verdict


async def test_a_suite_that_finds_all_mistakes_is_worth_all(lease: Lease) -> None:
    found = await verdict(f"Here it is.\n```python\n{GOOD}```\n", lease)
    assert (found.status, found.credit, found.worth) == (Status.PASSED, 1.0, 1.0), found.detail
    assert found.calls > 20


async def test_a_suite_is_worth_the_share_that_it_finds_and_passes_with_enough(lease: Lease) -> None:
    found = await verdict(ENOUGH, lease)
    assert (found.status, found.credit) == (Status.PASSED, 0.6), found.detail
    found = await verdict("assert total([-1]) == -1", lease)
    assert (found.status, found.credit) == (Status.FAILED, 0.4), found.detail


@pytest.mark.parametrize(
    "answer",
    [
        GOOD + "def test_wrong():\n    assert total([5]) == 6\n",
        "assert total([1, 2, 4]) == 8",
        "def test_arguments(fixture):\n    assert total([]) == 0\n",
        "from solution import total\nassert total([]) == 0\n",
        "assert total([1]) ==",
        "\0",
        "total([object()])",
    ],
)
async def test_a_suite_that_rejects_what_is_right_is_worth_nothing(lease: Lease, answer: str) -> None:
    found = await verdict(answer, lease)
    assert (found.status, found.credit) == (Status.FAILED, 0.0)
    assert found.detail.startswith("it does not accept a right implementation")


@pytest.mark.parametrize(
    "answer",
    ["assert True", "def test_nothing():\n    pass\n", "# nothing", "def total(xs): return 0\nassert total([]) == 0"],
)
async def test_a_suite_that_asks_for_nothing_is_worth_nothing(lease: Lease, answer: str) -> None:
    found = await verdict(answer, lease)
    assert (found.status, found.credit, found.detail) == (Status.FAILED, 0.0, "it finds 0%")


async def test_an_answer_that_holds_no_suite_is_no_program(lease: Lease) -> None:
    assert (await verdict("```python\n\n```", lease)).status is Status.NO_PROGRAM


async def test_values_of_all_plain_types_cross_unchanged(lease: Lease) -> None:
    values = [
        None,
        True,
        3,
        2**70,
        -0.5,
        "\u00e9\ud800",
        [1, [2]],
        (1, (2,)),
        {1: {"a": (1, [2])}},
        {(1, "b"): None},
        float("inf"),
    ]
    suite = "".join(f"v = {value!r}\nr = total(v)\nassert r == v and type(r) is type(v), r\n" for value in values)
    echo = Implementations(
        right=("def total(x):\n    return x\n",), mistaken=("def total(x):\n    return 0\n",), order=1
    )
    found = await verdict(suite.replace("inf", "float('inf')"), lease, PROBLEM.model_copy(update={"tests": echo}))
    assert found.credit == 1.0, found.detail


async def test_what_an_implementation_raises_arrives_by_its_name(lease: Lease) -> None:
    suite = """\
def test_empty():
    try:
        total([])
    except ValueError as error:
        assert "secret" not in str(error)
    else:
        assert False
"""
    tests = Implementations(
        right=("class Odd(ValueError): pass\ndef total(xs):\n    raise Odd('secret')\n",),
        mistaken=("def total(xs):\n    return 0\n", "def total(xs):\n    raise KeyError('secret')\n"),
        order=1,
    )
    found = await verdict(suite, lease, PROBLEM.model_copy(update={"tests": tests}))
    assert found.credit == 1.0, found.detail


@pytest.mark.parametrize("source", ["def other(xs):\n    return 0\n", "def total(", "1 / 0"])
async def test_an_implementation_that_is_broken_is_no_verdict(lease: Lease, source: str) -> None:
    tests = TESTS.model_copy(update={"mistaken": (source,)})
    with pytest.raises(Ungradable, match="Suite/0: the implementation is broken"):
        await verdict(GOOD, lease, PROBLEM.model_copy(update={"tests": tests}))


def program() -> Program:
    return assemble(PROBLEM, GOOD)


def test_implementations_are_met_in_another_order_for_another_seed_and_right_ones_twice() -> None:
    runs = [run.companion.source for run in program().runs if run.companion]
    other = assemble(PROBLEM.model_copy(update={"tests": TESTS.model_copy(update={"order": 8})}), GOOD)
    assert len(runs) == 2 * len(RIGHT) + len(MISTAKEN)
    assert sorted(runs.count(source) for source in set(runs)) == [1] * len(MISTAKEN) + [2] * len(RIGHT)
    assert runs != [run.companion.source for run in other.runs if run.companion]
    assert program() == assemble(PROBLEM, GOOD)


def test_the_suites_process_is_given_nothing_of_an_implementation_and_all_look_the_same_size() -> None:
    assert b"sum" not in program().source
    assert not program().files
    assert len({len(run.companion.source) for run in program().runs if run.companion}) == 1


def executed(said: list[str], ended: Ended = Ended.EXITED) -> Execution:
    """An execution in which the suite decided so, turn by turn."""
    runs = tuple(
        Step(
            ended=ended, exit_code=0 if ended is Ended.EXITED else None, cpu_seconds=0.1, wall_seconds=0.1,
            peak_memory_bytes=1, peak=Peak.EXACT,
            companion=Outcome(ended=Ended.EXITED, exit_code=0, stdout=b'{"said": "%s", "calls": 1}\n' % word.encode()),
        )
        for word in said
    )  # fmt: skip
    return Execution(language="python", version="3", image="sha256:1", compile=None, runs=runs)


@pytest.mark.parametrize("chance", [0.05, 0.1, 0.2, 0.4, 0.8])
def test_rejecting_by_chance_or_by_turn_earns_little(chance: float) -> None:
    rng = random.Random(1)
    tests = TESTS.model_copy(update={"mistaken": MISTAKEN * 2})
    worth = 0.0
    for order in range(400):
        problem = PROBLEM.model_copy(update={"tests": tests.model_copy(update={"order": order})})
        said = ["rejected" if rng.random() < chance else "accepted" for _ in range(14)]
        worth += grade(problem, executed(said)).worth
    assert worth / 400 < 0.12


def test_a_limit_that_is_broken_is_a_rejection_whatever_was_said() -> None:
    found = grade(PROBLEM, executed(["accepted"] * 9, Ended.CPU_LIMIT))
    assert (found.status, found.credit) == (Status.TIMED_OUT, 0.0)
    assert grade(PROBLEM, executed(["accepted"] * 9, Ended.MEMORY_LIMIT)).status is Status.OUT_OF_MEMORY


def test_an_execution_of_something_else_is_no_verdict() -> None:
    with pytest.raises(Ungradable, match="expected 9 runs, got 8"):
        grade(PROBLEM, executed(["accepted"] * 8))
    assert test_writing.TURNS == 2
