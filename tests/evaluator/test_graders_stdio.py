"""Whole programs: inputs in, outputs compared on the host or by a checker in a container of its own."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from evaluator.batch import Unjudged, judge_all
from evaluator.errors import Ungradable
from evaluator.graders.checker import check
from evaluator.graders.stdio import same_output
from evaluator.judging import Judgement, judge
from evaluator.protocol import Grader, Problem, Status, Verdict
from evaluator.suites import Comparison, Static, Stdio, Tolerance
from sandbox.local import open_sandbox
from sandbox.pool import Pool

DOUBLE = "print(2 * int(input()))\n"
CASES = [{"stdin": "1\n", "expected": "2\n"}, {"stdin": "21\n", "expected": "42\n"}]
NEAR = (
    "import sys\nsent, got, wanted = (open(name).read() for name in sys.argv[1:])\nsys.exit(int(got) != int(wanted))\n"
)


@pytest.fixture(scope="module")
async def pool(engine: None) -> AsyncIterator[Pool]:
    async with open_sandbox(["python"], slots=1) as sandbox:
        yield sandbox


def problem(comparison: Any = "tokens", cases: Any = CASES) -> Problem:
    tests = Stdio.model_validate({"cases": cases, "comparison": comparison})
    return Problem(task_id="Stdio/0", prompt="", entry_point="", tests=tests, canonical_solution="")


def checker(source: str, language: str = "python") -> dict[str, str]:
    return {"language": language, "source": source}


async def verdict_on(asked: Problem, code: str, pool: Pool) -> Verdict:
    found: list[Judgement | Unjudged] = []
    await judge_all([(asked, code)], pool, lambda _, judgement: found.append(judgement))
    assert isinstance(found[0], Judgement)
    return found[0].verdict


COMPARED: list[tuple[str, bytes, bytes, bool]] = [
    ("exact", b"a\n", b"a\n", True),
    ("exact", b"a", b"a\n", False),
    ("tokens", b"1  2\n\n3", b"1 2 3\n", True),
    ("tokens", b"1 2", b"1 2 3", False),
    ("tokens", b"1 2 3 4", b"1 2 3", False),
    ("tokens", b"", b"1", False),
    ("tokens", b"1.0", b"1", False),
    ("floats", b"x 1.0000000001", b"x 1", True),
    ("floats", b"x 1.1", b"x 1", False),
    ("floats", b"1 2", b"1", False),
    ("floats", b"1", b"1 2", False),
    ("floats", b"nan inf", b"NaN Infinity", True),
    ("floats", b"inf", b"1e308", False),
    ("floats", b"1_0", b"10", False),
    ("floats", b"9" * 100_000, b"1", False),
    ("floats", b"\xff\x00", b"1", False),
    ("unordered_lines", b"b \na\n\n", b"a\nb\n", True),
    ("unordered_lines", b"a\na\nb", b"a\nb\nb", False),
    ("unordered_lines", b"a", b"a\na", False),
]


@pytest.mark.parametrize(("comparison", "got", "expected", "wanted"), COMPARED, ids=range(len(COMPARED)))
def test_outputs_are_compared_as_the_problem_says(comparison: str, got: bytes, expected: bytes, wanted: bool) -> None:
    assert same_output(got, expected, Comparison(comparison), Tolerance()) is wanted


async def test_a_right_program_passes_and_a_wrong_one_is_told_where(pool: Pool) -> None:
    right = await verdict_on(problem(), DOUBLE, pool)
    assert (right.status, right.grader, right.calls) == (Status.PASSED, Grader.STDIO, 2)
    wrong = await verdict_on(problem(), "print(2)\n", pool)
    assert wrong.failure is not None
    assert wrong.status is Status.FAILED
    assert wrong.failure.model_dump() == {"case": 1, "sent": "21", "got": "2", "expected": "42"}


CHEATS = {
    "exits": ("import sys\nsys.exit(0)\n", Status.FAILED),
    "answers, then fails": (DOUBLE + "raise SystemExit(1)\n", Status.CRASHED),
    "prints a verdict": ("print('PASSED')\n", Status.FAILED),
    "prints every answer": ("print(*range(100))\n", Status.FAILED),
    "prints the first line alone": ("import os\nos._exit(0)\n", Status.FAILED),
    "erases what it printed": (DOUBLE + "print('\\x1b[2J')\n", Status.FAILED),
    "floods": ("while True: print('2' * 65536)\n", Status.CRASHED),
    "burns": ("while True: pass\n", Status.TIMED_OUT),
}


@pytest.mark.parametrize(("code", "status"), CHEATS.values(), ids=CHEATS)
async def test_no_cheat_passes(code: str, status: Status, pool: Pool) -> None:
    tests = problem().model_copy(update={"limits": None})
    assert (await verdict_on(tests, code, pool)).status is status


async def test_a_checker_decides_with_one_slot_in_all(pool: Pool) -> None:
    asked = problem(checker(NEAR))
    assert (await verdict_on(asked, "print('+%d' % (2 * int(input())))\n", pool)).passed
    wrong = await verdict_on(asked, "print(2)\n", pool)
    assert (wrong.status, wrong.failure and wrong.failure.case) == (Status.FAILED, 1)


@pytest.mark.parametrize(
    "code", ["while True: pass", "raise SystemExit(2)", "import os; os.kill(os.getpid(), 9)", "1 +", "1 / 0"]
)
async def test_a_checker_that_gives_no_answer_is_no_verdict(code: str, pool: Pool) -> None:
    asked = problem(checker(code), CASES[:1])
    assert isinstance(asked.tests, Stdio)
    async with pool.lease() as lease:
        execution = (await judge(problem(cases=CASES[:1]), DOUBLE, lease)).execution
    assert execution is not None
    async with pool.lease() as lease:
        with pytest.raises(Ungradable, match="Stdio/0"):
            await check(asked, asked.tests, execution, lease)


async def test_an_output_that_breaks_its_checker_is_no_pass_and_no_verdict(pool: Pool) -> None:
    found: list[Judgement | Unjudged] = []
    await judge_all([(problem(checker(NEAR)), "print('x')\n")], pool, lambda _, judgement: found.append(judgement))
    assert [type(one) for one in found] == [Unjudged]


async def test_more_cases_than_one_question_holds_are_asked_in_portions(pool: Pool) -> None:
    cases = [{"stdin": f"{n}\n", "expected": f"{2 * n}\n"} for n in range(90)]
    assert (await verdict_on(problem(checker(NEAR), cases), DOUBLE, pool)).passed
    wrong = await verdict_on(problem(checker(NEAR), cases), "n = int(input())\nprint(2 * n if n < 85 else 0)\n", pool)
    assert wrong.failure is not None
    assert wrong.failure.case == 85


async def test_a_problem_that_cannot_be_graded_does_not_stop_the_others(pool: Pool) -> None:
    found: dict[int, Judgement | Unjudged] = {}
    broken = problem().model_copy(update={"tests": Static(answer="value", expected="f(")})
    huge = "x" * 200_000_000
    jobs = [(broken, "1"), (problem(), huge), (problem(), DOUBLE), (problem(), "\0"), (problem(), "\ud800")]
    await judge_all(jobs, pool, found.__setitem__)
    told = [found[index] for index in range(len(jobs))]
    statuses = [one.verdict.status if isinstance(one, Judgement) else None for one in told]
    assert statuses == [None, Status.NO_PROGRAM, Status.PASSED, Status.CRASHED, Status.CRASHED]
