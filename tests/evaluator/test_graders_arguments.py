"""Answers that are a call's arguments: what counts as one, what it may say, and what the call then comes to."""

import pytest

from evaluator.errors import Ungradable
from evaluator.graders import arguments, assemble, grade
from evaluator.protocol import Problem, Status, Verdict
from evaluator.suites import Arguments
from sandbox.protocol import Ended, Execution, Peak, Step

CODE = "base = [3]\n\ndef f(x, y=0):\n    return [x, y]\n"
TESTS = Arguments(source=CODE, expected="[1, 2]")
PROBLEM = Problem(task_id="C/0", prompt="", entry_point="f", tests=TESTS, canonical_solution="1, 2")


def call(answer: str) -> str | None:
    return arguments.expression(PROBLEM, TESTS, answer)


@pytest.mark.parametrize(
    ("answer", "is_call"),
    [
        ("1, 2", "f(1, 2)"),
        ("f(1, 2)", "f(1, 2)"),
        ("assert f(1, 2) == [1, 2]", "f(1, 2)"),
        ("f(1, 2) == [1, 2]", "f(1, 2)"),
        ("[ANSWER]f(1, y=2)[/ANSWER]", "f(1, y=2)"),
        ("I think so.\n```python\nf(1, 2)\n```", "f(1, 2)"),
        ("", "f()"),
        ("*[1, 2]", "f(*[1, 2])"),
        ("dict(a=1), range(3)", "f(dict(a=1), range(3))"),
        ("lambda v: v.upper(), [c for c in 'ab']", "f(lambda v: v.upper(), [c for c in 'ab'])"),
        ("base[:], {1: 2 ** 3}", "f(base[:], {1: 2 ** 3})"),
    ],
)
def test_arguments_are_found_in_every_form_that_they_come_in(answer: str, is_call: str) -> None:
    assert call(answer) == is_call


@pytest.mark.parametrize(
    "answer",
    [
        "f(f(1, 2))",  # names the function
        "f (1, 2), 3) or (f(1",  # closes our parenthesis
        "1, 2) == 0 or (True",
        "1); f(2",
        "globals()",
        "__import__('os')",
        "(1).__class__",
        "(g for g in [1]).gi_frame",
        "[x := 1]",
        "lambda: (yield)",
        "f'{1}'",
        "open('result', 'w')",
        "unknown",
        "exec('1')",
        "import os",
        "def f(): pass",
        "g(1, 2)\nf(1, 2)",
        "1 +",
        "(" * 10_000,
        "x" * 100_000,
        "\0",
        "\ud800(",
    ],
)
def test_nothing_but_plain_expressions_is_an_argument(answer: str) -> None:
    assert call(answer) is None


def executed(result: bytes | None, exit_code: int = 0, stderr: bytes = b"") -> Execution:
    step = Step(
        ended=Ended.EXITED, exit_code=exit_code, stderr=stderr, cpu_seconds=0.1, wall_seconds=0.1, peak_memory_bytes=1,
        peak=Peak.EXACT, files={} if result is None else {"result": result},
    )  # fmt: skip
    return Execution(language="python", version="3", image="sha256:1", compile=None, runs=(step,))


def judged(execution: Execution) -> Verdict:
    return grade(PROBLEM, execution)


def test_the_call_runs_after_the_given_code_and_the_expected_value_stays_here() -> None:
    program = assemble(PROBLEM, "f(1, 2)")
    assert program.source.decode().startswith(CODE)
    assert b"f(1, 2)" in program.source
    assert b"[1, 2]" not in program.source


def test_a_result_is_compared_as_python_does() -> None:
    assert judged(executed(b"[1, 2]")).passed
    assert judged(executed(b"[True, 2.0]")).passed
    for wrong in (b"[2, 1]", b"(1, 2)", b"[1, 2", b"", b"<object>", None, b"\xff"):
        assert judged(executed(wrong)).status is Status.FAILED
    failure = judged(executed(b"[2, 1]")).failure
    assert failure is not None
    assert (failure.got, failure.expected) == ("[2, 1]", "[1, 2]")


def test_a_call_that_raises_is_a_crash() -> None:
    found = judged(executed(b"[1, 2]", 1, b"Traceback\nTypeError: no\n"))
    assert (found.status, found.detail) == (Status.CRASHED, "the call ended with exit code 1; TypeError: no")


def test_an_expected_value_that_is_none_is_the_problems_own_fault() -> None:
    broken = PROBLEM.model_copy(update={"tests": Arguments(source=CODE, expected="f(")})
    with pytest.raises(Ungradable, match="C/0: the expected result is none"):
        grade(broken, executed(b"[1, 2]"))
    with pytest.raises(Ungradable, match="does not parse"):
        arguments.expression(PROBLEM, Arguments(source="def f(", expected="1"), "1")


TYPED = {
    ("list[tuple[int, int]]",): {
        "[(1, 2), [3, 4]]": "f([(1, 2), (3, 4)])",
        "f([(1, 2)])": "f([(1, 2)])",
        "assert f([]) == 3": "f([])",
        "[(1.0, 2)]": None,
        "[(True, 2)]": None,
        "[(1, 2)] * 5": None,
        "range(3)": None,
        "[(1000001, 2)]": None,
        "x=[]": None,
        "*[[]]": None,
        str([(1, 2)] * 600): None,
        "lambda: 1": None,
        "base": None,
    },
    ("string", "int"): {
        "'a', 3": "f('a', 3)",
        "('a', 3)": "f('a', 3)",
        "'a'": None,
        "('a', 'b'), 3": None,
        f"{'a' * 2000!r}, 1": None,
    },
    ("map[string, float]",): {
        "{'a': 1}": "f({'a': 1.0})",
        "{'a': 'NaN'}": None,
        "{'a': 1e9}": None,
        "{'a': inf}": None,
    },
}


@pytest.mark.parametrize(
    ("parameters", "answer", "is_call"),
    [(parameters, answer, is_call) for parameters, cases in TYPED.items() for answer, is_call in cases.items()],
)
def test_arguments_that_have_types_are_literals_of_these(
    parameters: tuple[str, ...], answer: str, is_call: str | None
) -> None:
    typed = TESTS.model_copy(update={"parameters": parameters})
    assert arguments.expression(PROBLEM, typed, answer) == is_call
