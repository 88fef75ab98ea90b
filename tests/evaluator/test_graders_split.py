"""Facts to verdicts."""

import json

import pytest

from evaluator.drivers.python_proxy import BAD_TESTS
from evaluator.errors import Ungradable
from evaluator.graders import grade, no_program
from evaluator.protocol import Problem, Status
from sandbox.protocol import Ended, Execution, Outcome, Peak, Step

PASSED = {"status": "passed", "calls": 3, "assertions": 2, "detail": ""}


def said(report: object, **facts: object) -> Outcome:
    line = report if isinstance(report, bytes) else json.dumps(report).encode() + b"\n"
    return Outcome.model_validate({"ended": Ended.EXITED, "exit_code": 0, "stdout": line, **facts})


def execution(tests: Outcome | None, **facts: object) -> Execution:
    step = {
        "ended": Ended.SIGNALLED,
        "signal": "SIGKILL",
        "cpu_seconds": 0.5,
        "wall_seconds": 0.7,
        "peak_memory_bytes": 9,
        "peak": Peak.EXACT,
        "companion": tests,
    }
    run = Step.model_validate({**step, **facts})
    return Execution(language="python", version="3", image="sha256:0", compile=None, runs=(run,))


def test_a_report_of_success_is_a_pass_with_the_facts(addition: Problem) -> None:
    verdict = grade(addition, execution(said(PASSED)))
    assert verdict.passed
    assert (verdict.calls, verdict.cpu_seconds, verdict.wall_seconds, verdict.peak_memory_bytes) == (3, 0.5, 0.7, 9)


def test_what_the_completion_wrote_means_nothing(addition: Problem) -> None:
    failed = said({"status": "failed", "calls": 1, "assertions": 1, "detail": "assert x"})
    facts = execution(failed, ended=Ended.EXITED, exit_code=0, signal=None, stdout=json.dumps(PASSED).encode() + b"\n")
    assert grade(addition, facts).status is Status.FAILED
    assert grade(addition, execution(said(PASSED), stdout=b"failed", stderr=b"failed")).passed


@pytest.mark.parametrize(
    ("limit", "status"),
    [
        (Ended.CPU_LIMIT, Status.TIMED_OUT),
        (Ended.WALL_LIMIT, Status.TIMED_OUT),
        (Ended.MEMORY_LIMIT, Status.OUT_OF_MEMORY),
        (Ended.CONTAINER_DEATH, Status.CRASHED),
    ],
)
def test_a_broken_limit_is_its_own_verdict_whatever_was_reported(
    limit: Ended, status: Status, addition: Problem
) -> None:
    assert grade(addition, execution(said(PASSED), ended=limit, signal=None)).status is status
    assert grade(addition, execution(said(PASSED, ended=limit, exit_code=None))).status is status
    assert grade(addition, execution(None, ended=limit, signal=None)).status is status  # the container died of it


def test_no_calls_are_no_pass(addition: Problem) -> None:
    assert grade(addition, execution(said({**PASSED, "calls": 0}))).status is Status.FAILED


def test_no_assertions_are_no_pass(addition: Problem) -> None:
    verdict = grade(addition, execution(said({**PASSED, "assertions": 0})))
    assert (verdict.status, verdict.detail) == (Status.FAILED, "the tests asserted nothing")


UNREADABLE = {
    "nothing": b"",
    "no line end": json.dumps(PASSED).encode(),
    "two lines": json.dumps(PASSED).encode() + b"\n\n",
    "not JSON": b"passed\n",
    "not UTF-8": b"\xff\n",
    "a list": b"[]\n",
    "a key too many": json.dumps({**PASSED, "passed": True}).encode() + b"\n",
    "no assertions said": b'{"status": "passed", "calls": 1, "detail": ""}\n',
    "a key too few": b'{"status": "passed", "calls": 1}\n',
    "an unknown status": json.dumps({**PASSED, "status": "PASSED"}).encode() + b"\n",
    "calls that are no integer": json.dumps({**PASSED, "calls": "3"}).encode() + b"\n",
    "calls that are true": json.dumps({**PASSED, "calls": True}).encode() + b"\n",
    "negative calls": json.dumps({**PASSED, "calls": -1}).encode() + b"\n",
    "too much": json.dumps({**PASSED, "detail": "x" * 20_000}).encode() + b"\n",
}


@pytest.mark.parametrize("line", UNREADABLE.values(), ids=UNREADABLE)
def test_a_report_is_read_strictly(line: bytes, addition: Problem) -> None:
    assert grade(addition, execution(said(line))).status is Status.CRASHED


def test_a_report_of_tests_that_ended_badly_does_not_count(addition: Problem) -> None:
    killed = said(PASSED, ended=Ended.SIGNALLED, exit_code=None, signal="SIGSEGV")
    verdict = grade(addition, execution(killed))
    assert (verdict.status, verdict.detail) == (Status.CRASHED, "the tests ended without a verdict, by SIGSEGV")
    assert not grade(addition, execution(said(PASSED, exit_code=1))).passed
    assert not grade(addition, execution(said(PASSED, stdout_dropped=1))).passed


def test_a_completion_that_died_is_explained_by_its_last_words(addition: Problem) -> None:
    tests = said({"status": "ended", "calls": 1, "assertions": 0, "detail": "it ended before it answered call 1"})
    facts = execution(
        tests, ended=Ended.EXITED, exit_code=1, signal=None, stderr=b"Traceback\n  ...\nNameError: name 'x'\n\n"
    )
    verdict = grade(addition, facts)
    assert verdict.status is Status.CRASHED
    assert verdict.detail == "it ended before it answered call 1; with exit code 1; NameError: name 'x'"


def test_a_detail_is_one_short_line_fit_for_a_terminal(addition: Problem) -> None:
    report = {"status": "failed", "calls": 1, "assertions": 1, "detail": "a\nb\x1b[31m\u202e " + "c" * 999}
    detail = grade(addition, execution(said(report))).detail
    assert detail.startswith("a b [31m c")
    assert len(detail) == 400


def test_tests_that_cannot_be_run_are_no_verdict(addition: Problem) -> None:
    broken = said(b"", exit_code=BAD_TESTS, stderr=b"the problem itself fails: NameError\n")
    with pytest.raises(Ungradable, match="Test/0: the problem itself fails: NameError"):
        grade(addition, execution(broken))


def test_an_execution_of_something_else_is_no_verdict(addition: Problem) -> None:
    with pytest.raises(Ungradable, match="Test/0"):
        grade(addition, execution(None))
    with pytest.raises(Ungradable, match="0 run"):
        grade(addition, execution(None).model_copy(update={"runs": ()}))


def test_an_answer_without_a_program_has_its_own_status(addition: Problem) -> None:
    assert no_program(addition).status is Status.NO_PROGRAM
