"""Runs a problem's tests against a completion that lives in another process, and reports on standard output.

Covered: no object, frame or patched builtin of the completion reaches this process; every assertion that is executed
is counted; asserts run whatever PYTHONOPTIMIZE says. Not covered: how much CPU and memory a well-formed answer costs to
rebuild and compare; the sandbox's limits do that.
"""

import ast
import json
import os
import socket
import sys
import traceback
from collections.abc import Callable
from types import CodeType
from typing import Any

from evaluator.drivers.python_frames import DESCRIPTOR
from evaluator.drivers.python_proxy import BAD_TESTS, Link, Status, proxy

TALLY = "__lovelace_tally__"
"""What the tests call before each assertion; ``evaluator.assertions`` puts it there."""


class Tally:
    """How many assertions were executed."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


class Question:
    """A problem's tests; ``text`` is their source, ``draws`` tells whether they draw random numbers.

    ``names`` are those that only the completion defines, the entry point first, and whether the tests use them as
    classes.
    """

    def __init__(
        self, prompt: CodeType, tests: CodeType, text: Callable[[], str], form: str, names: dict[str, bool], draws: bool
    ) -> None:
        self.prompt, self.tests, self.text = prompt, tests, text
        self.form, self.names, self.draws = form, names, draws


def examine(*question: Any) -> None:
    """Judge the completion at the other end of descriptor 3; report on standard output."""
    report, sys.stdout = sys.stdout, sys.stderr
    said, code, _ = judge(Question(*question), socket.socket(fileno=DESCRIPTOR))
    print(said, file=sys.stderr if code else report, flush=True)
    if code:
        os._exit(code)


def judge(question: Question, connection: socket.socket) -> tuple[str, int, bool]:
    """Put the question to the completion at the other end of ``connection``.

    Returns a line of JSON, or why the tests cannot be run; the exit code that says which; and whether all was orderly:
    the completion kept to the exchange, and the tests ran to their end or to an ordinary exception.
    """
    namespace: dict[str, Any] = {"__name__": "tests"}
    link, tally = Link(connection, namespace), Tally()
    namespace[TALLY] = tally
    if question.draws:  # its import alone costs more than most suites
        import random

        random.seed(0)  # some tests draw their inputs; the same completion deserves the same ones
    status, detail = outcome(question, link)
    detail = detail[:1000].encode(errors="replace").decode()  # a lone surrogate is not JSON to everyone
    if status == "unusable":
        return detail, BAD_TESTS, False
    facts = {"status": status, "calls": link.calls, "assertions": tally.count, "detail": detail}
    return json.dumps(facts), 0, link.fault is None


def outcome(question: Question, link: Link) -> tuple[Status, str]:
    """Run the tests among what the prompt defines; return what came of it and one line about it."""
    namespace, names = link.classes, question.names
    try:
        exec(question.prompt, namespace)  # noqa: S102 - the problem's own source
        namespace.update({name: proxy(link, name, is_class) for name, is_class in names.items()})
        exec(question.tests, namespace)  # noqa: S102 - the problem's own tests
        perform(question.form, namespace, namespace[next(iter(names))])
        link.expect_silence()
    except BaseException as error:  # noqa: BLE001 - tests may raise anything, and it is a verdict
        if not link.calls and not link.fault and not isinstance(error, AssertionError):
            link.fault = ("unusable", f"the problem itself fails: {describe(error)}")
        elif not isinstance(error, Exception) or isinstance(error, MemoryError | RecursionError):
            link.fault = link.fault or explain(error, question.text(), link)
        return link.fault or explain(error, question.text(), link)
    return link.fault or ("passed", "")


def perform(form: str, namespace: dict[str, Any], candidate: Any) -> None:
    """Start what the tests only defined: ``check``, their test functions, or their test cases."""
    match form:
        case "check":
            namespace["check"](candidate)
        case "functions":
            own = [value for name, value in namespace.items() if name.startswith("test") and callable(value)]
            for function in own:
                function()
        case "cases":
            perform_cases(namespace)


def perform_cases(namespace: dict[str, Any]) -> None:
    """Run every unittest.TestCase; raises what the first that fails raised."""
    import unittest

    class Outcome(unittest.TestResult):
        first: BaseException | None = None

        def addFailure(self, test: Any, err: Any) -> None:  # noqa: N802 - unittest's name
            self.first = self.first or err[1]
            super().addFailure(test, err)

        def addError(self, test: Any, err: Any) -> None:  # noqa: N802 - unittest's name
            self.first = self.first or err[1]
            super().addError(test, err)

        def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:  # noqa: N802 - unittest's name
            self.first = self.first or (err and err[1])
            super().addSubTest(test, subtest, err)

    cases = [v for v in namespace.values() if isinstance(v, type) and issubclass(v, unittest.TestCase)]
    outcome = Outcome()
    unittest.TestSuite(unittest.defaultTestLoader.loadTestsFromTestCase(case) for case in cases).run(outcome)
    if outcome.first is not None:
        raise outcome.first
    if not outcome.wasSuccessful():
        raise AssertionError("a test that was expected to fail did not")


def explain(error: BaseException, text: str, link: Link) -> tuple[Status, str]:
    """Say which statement of the tests failed, and on what."""
    if error is link.raised:
        return "raised", f"call {link.calls} raised {describe(error)}"
    trace = traceback.extract_tb(error.__traceback__)
    statement = statement_at(text, [frame.lineno for frame in trace if frame.filename == "tests.py"])
    reason = [] if isinstance(error, AssertionError) and not str(error) else [describe(error)]
    return "failed", "; ".join(filter(None, [statement, *reason, link.last]))


def statement_at(tests: str, lines: list[int | None]) -> str:
    """The innermost statement of ``tests`` at the last of ``lines``, on one line."""
    here = [
        node
        for node in ast.walk(ast.parse(tests))
        if isinstance(node, ast.stmt) and lines and node.lineno <= (lines[-1] or 0) <= (node.end_lineno or 0)
    ]
    innermost = max(here, key=lambda node: node.lineno, default=None)
    return " ".join((ast.get_source_segment(tests, innermost) or "").split())[:200] if innermost else ""


def describe(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:300]
