"""Bad input gets a verdict or a clear reason, in one batch, and what is judged beside it is judged."""

from typing import Any

import pytest

from evaluator import cheats
from evaluator.batch import Unjudged, judge_all
from evaluator.errors import Ungradable
from evaluator.graders import calls
from evaluator.judging import Judgement
from evaluator.protocol import Problem
from evaluator.suites import Calls
from sandbox.local import open_sandbox

GOOD = "def add(a, b):\n    return a + b\n"
COMPLETIONS = {
    "no entry point": ("def sub(a, b):\n    return a - b\n", {"no_program", "failed", "crashed"}),
    "a value that no type can carry": ("def add(a, b):\n    return open('/dev/null')\n", {"failed", "crashed"}),
    "200 MB": ("x = 1\n" * (200_000_000 // 6), {"no_program"}),
    "NUL bytes": ("def add(a, b):\n    return a + b\0\n", {"no_program", "failed", "crashed"}),
    "nothing but NUL bytes": ("\0" * 1000, {"no_program"}),
    "bytes that were no UTF-8": (b"\xff\xfe\x80".decode(errors="surrogateescape"), {"no_program"}),
    "half a surrogate pair": ("def add(a, b):\n    return '\ud800'\n", {"no_program", "failed", "crashed"}),
    "a right answer": (GOOD, {"passed"}),
}
TESTS: dict[str, tuple[dict[str, Any], str]] = {
    "tests that do not parse": ({"tests": "def check(candidate:"}, "the tests do not parse"),
    "tests with a NUL": ({"tests": "def check(candidate): assert candidate('\0')"}, "the tests do not parse"),
    "tests of something else": ({"tests": "assert other(1) == 1"}, "neither define check(candidate) nor use add"),
    "a prompt that is no Python": ({"prompt": "def add(a, b:"}, "the prompt is no Python"),
}


async def test_bad_input_is_told_apart_and_the_rest_is_judged(addition: Problem, engine: None) -> None:
    called = cheats.called(cheats.suites()["python"])
    asked = [(name, problem, *case) for name, case in COMPLETIONS.items() for problem in (addition, called)]
    broken = [(name, addition.model_copy(update=change), why) for name, (change, why) in TESTS.items()]
    jobs = [(problem, answer) for _, problem, answer, _ in asked] + [(problem, GOOD) for _, problem, _ in broken]
    found: dict[int, Judgement | Unjudged] = {}
    async with open_sandbox(["python"], slots=1) as sandbox:
        await judge_all(jobs, sandbox, found.__setitem__)
    assert sorted(found) == list(range(len(jobs)))
    for number, (name, problem, _, allowed) in enumerate(asked):
        told = found[number]
        assert isinstance(told, Judgement), (name, told)
        assert told.verdict.status in allowed, (name, problem.task_id, told.verdict)
        assert told.verdict.passed or told.verdict.detail, name
    for number, (name, _, why) in enumerate(broken, start=len(asked)):
        told = found[number]
        assert isinstance(told, Unjudged), (name, told)
        assert why in told.why, name


def test_a_value_of_the_tests_that_no_type_can_carry_is_the_problems_fault() -> None:
    problem = cheats.called(cheats.suites()["python"])
    assert isinstance(problem.tests, Calls)
    (case, *_) = problem.tests.cases
    bad = problem.tests.model_copy(update={"cases": (case.model_copy(update={"expected": {"a": object()}}),)})
    with pytest.raises(Ungradable, match="case 0"):
        calls.assemble(problem, bad, GOOD)
