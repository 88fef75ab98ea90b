"""Runs a problem's tests against a completion that lives in another process, and reports on standard output.

Covered: no object, frame or patched builtin of the completion reaches this process; an answer without its call, twice,
out of order, too large or malformed is a failure that no test can swallow; asserts run whatever PYTHONOPTIMIZE says.
Not covered: how much CPU and memory a well-formed answer costs to rebuild and compare; the sandbox's limits do that.
"""

import ast
import builtins
import json
import os
import random
import reprlib
import socket
import sys
import traceback
from typing import Any, Literal, Never

from evaluator.drivers.python_wire import DESCRIPTOR, NONSENSE, Decoder, Encoder, Unplain, receive, refill, send

BAD_TESTS = 3
"""Exit code: the tests cannot be run, whatever the completion."""

Status = Literal["passed", "failed", "raised", "ended"]
"""The last two: a call raised what the tests did not expect; the completion's process hung up."""


class Broken(BaseException):
    """The completion broke the exchange. Not an Exception, so that a test's own handlers let it through."""


class Candidate:
    """The entry point as the tests see it: every call crosses to the other process, its answer comes back as data."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.calls = 0
        self.last: str | None = None
        self.raised: Exception | None = None
        self.fault: tuple[Status, str] | None = None

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        self.expect_silence()
        self.calls += 1
        encoder = Encoder()
        try:
            send(self.connection, [self.calls, encoder.encode((arguments, keywords))])
            reply = receive(self.connection)
        except Unplain as unplain:
            unusable(f"the tests pass {unplain}")
        except OSError:
            reply = None
        except NONSENSE as error:
            self.break_off("failed", f"its answer to call {self.calls} is malformed: {error}")
        if reply is None:
            self.break_off("ended", f"it ended before it answered call {self.calls}")
        return self.rebuild(encoder.met, reply)

    def rebuild(self, containers: list[Any], reply: Any) -> Any:
        """Bring the arguments to their new state, then return or raise what the completion did."""
        try:
            number, kind, *rest = reply
            if number != self.calls:
                self.break_off("failed", f"call {self.calls} was answered out of order")
            if kind == "unplain":
                self.break_off("failed", f"call {self.calls} returned {str(rest[0])[:200]}")
            *outcome, states = rest
            decoder = Decoder(containers)
            result, error = self.read(decoder, kind, outcome)
            new = [None if state is None else decoder.contents(state) for state in states]
            for container, contents in zip(containers, new, strict=True):
                if contents is not None:
                    refill(container, contents)
        except NONSENSE as nonsense:
            self.break_off("failed", f"its answer to call {self.calls} is malformed: {nonsense}")
        if error is not None:
            self.raised, self.last = error, None
            raise error
        self.last = f"call {self.calls} returned {shown(result)}"
        return result

    def read(self, decoder: Decoder, kind: Any, outcome: list[Any]) -> tuple[Any, Exception | None]:
        """Return the result and no error, or an error."""
        if kind == "returned":
            (result,) = outcome
            return decoder.decode(result), None
        name, message = outcome
        return None, exception(str(name), str(decoder.decode(message)))

    def expect_silence(self) -> None:
        """Break off if something arrived that no call asked for, or if the exchange was broken before."""
        if self.fault is not None:
            raise Broken
        try:
            unasked = self.connection.recv(1, socket.MSG_DONTWAIT | socket.MSG_PEEK)
        except OSError:
            return
        if unasked:
            self.break_off("failed", f"it answered before it was asked, after call {self.calls}")

    def break_off(self, status: Status, detail: str) -> Never:
        self.fault = (status, detail)
        raise Broken(detail)


def exception(name: str, message: str) -> Exception:
    """A builtin exception by name; RuntimeError for every other."""
    kind = getattr(builtins, name, None)
    if isinstance(kind, type) and issubclass(kind, Exception):
        try:
            return kind(message)
        except TypeError:  # UnicodeDecodeError and its like cannot be made from a message
            pass
    return RuntimeError(f"{name}: {message}")


def shown(value: object) -> str:
    """A short representation."""
    try:
        return reprlib.repr(value)
    except ValueError:  # an integer of more digits than Python agrees to print
        return f"an enormous {type(value).__name__}"


def judge(prompt: str, tests: str, entry_point: str, candidate: Candidate) -> tuple[Status, str]:
    """Run ``check(candidate)`` among what the prompt defines; return what came of it and one line about it."""
    namespace: dict[str, Any] = {"__name__": "tests"}
    try:
        exec(_compiled_prompt(prompt), namespace)  # noqa: S102 - the problem's own source
        namespace[entry_point] = candidate
        exec(compile(tests, "tests.py", "exec", optimize=0), namespace)  # noqa: S102 - the problem's own tests
        check = namespace["check"]
    except BaseException as error:  # noqa: BLE001 - whatever it is, no completion had a part in it
        unusable(f"the problem itself fails: {describe(error)}")
    random.seed(0)  # some tests draw their inputs; the same completion deserves the same ones
    try:
        check(candidate)
        candidate.expect_silence()
    except BaseException as error:  # noqa: BLE001 - tests may raise anything, and it is a verdict
        return candidate.fault or explain(error, tests, candidate)
    return candidate.fault or ("passed", "")


def explain(error: BaseException, tests: str, candidate: Candidate) -> tuple[Status, str]:
    """Say which statement of the tests failed, and on what."""
    if error is candidate.raised:
        return "raised", f"call {candidate.calls} raised {describe(error)}"
    statement = statement_at(tests, [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.name != "judge"])
    reason = [] if isinstance(error, AssertionError) else [describe(error)]
    return "failed", "; ".join(filter(None, [statement, *reason, candidate.last]))


def statement_at(tests: str, lines: list[int | None]) -> str:
    """The innermost statement of ``tests`` at the first of ``lines``, on one line."""
    here = [
        node
        for node in ast.walk(ast.parse(tests))
        if isinstance(node, ast.stmt) and lines and node.lineno <= (lines[0] or 0) <= (node.end_lineno or 0)
    ]
    innermost = max(here, key=lambda node: node.lineno, default=None)
    return " ".join((ast.get_source_segment(tests, innermost) or "").split())[:200] if innermost else ""


def describe(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:300]


def _compiled_prompt(prompt: str) -> Any:
    try:
        return compile(prompt, "prompt.py", "exec")
    except SyntaxError:  # a signature without a docstring has no body yet
        return compile(f"{prompt}\n    pass\n", "prompt.py", "exec")


def unusable(reason: str) -> Never:
    print(reason, file=sys.stderr, flush=True)
    os._exit(BAD_TESTS)


def examine(prompt: str, tests: str, entry_point: str) -> None:
    """Judge the completion at the other end of descriptor 3; report in one line of JSON."""
    report, sys.stdout = sys.stdout, sys.stderr
    candidate = Candidate(socket.socket(fileno=DESCRIPTOR))
    status, detail = judge(prompt, tests, entry_point, candidate)
    detail = detail[:1000].encode(errors="replace").decode()  # a lone surrogate is not JSON to everyone
    print(json.dumps({"status": status, "calls": candidate.calls, "detail": detail}), file=report, flush=True)
