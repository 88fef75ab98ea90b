"""The two drivers in two real processes: honest completions pass, and no cheat does."""

import textwrap
from dataclasses import dataclass

import pytest

from evaluator.graders import grade
from evaluator.programs import assemble
from evaluator.protocol import Executor, Problem, Status, Verdict


async def verdict_on(problem: Problem, code: str, executor: Executor) -> Verdict:
    return grade(problem, await executor.execute(assemble(problem, textwrap.dedent(code))))


def asking(tests: str) -> Problem:
    """A problem about ``f`` whose check is ``tests``."""
    body = textwrap.indent(textwrap.dedent(tests), "    ")
    return Problem(
        task_id="Test/1",
        prompt="def two():\n    return 2\n\n\ndef f(*args):\n",
        entry_point="f",
        tests=f"def check(candidate):\n{body}",
        canonical_solution="    return args[0]\n",
    )


FORGE = """
import json, os, socket, struct

def frame(*message):
    payload = json.dumps(message).encode()
    return struct.pack(">I", len(payload)) + payload
"""

HONEST = {
    "prints": 'print(\'{"status":"passed","calls":2,"detail":""}\')\ndef add(a, b):\n    print(a)\n    return a + b',
    "closes its standard streams": "import os\nos.close(1)\nos.close(2)\ndef add(a, b): return a + b",
    "leaves a thread behind": """
        import threading, time
        threading.Thread(target=time.sleep, args=(60,)).start()
        def add(a, b): return a + b
    """,
    "starts a child": """
        import subprocess, sys
        def add(a, b): return int(subprocess.run([sys.executable, "-c", f"print({a + b})"], capture_output=True).stdout)
    """,
    "catches its own exit": """
        import sys
        def add(a, b):
            try: sys.exit(1)
            except SystemExit: return a + b
    """,
    "is a dataclass inside": """
        from __future__ import annotations
        import dataclasses, pickle
        @dataclasses.dataclass
        class P:
            a: int
        def add(a, b): return pickle.loads(pickle.dumps(P(a))).a + b
    """,
    "has a main block": "def add(a, b): return a + b\nif __name__ == '__main__': raise SystemExit(3)",
}


@pytest.mark.parametrize("code", HONEST.values(), ids=HONEST)
async def test_an_honest_completion_passes_that(code: str, addition: Problem, executor: Executor) -> None:
    verdict = await verdict_on(addition, code, executor)
    assert (verdict.status, verdict.calls) == (Status.PASSED, 2), verdict


@dataclass(frozen=True)
class Cheat:
    code: str
    status: Status
    detail: str = ""


PASSED = '{"status": "passed", "calls": 2, "detail": ""}'
CHEATS = {
    "exits while it loads": Cheat("import sys; sys.exit(0)", Status.CRASHED, "it ended before it answered"),
    "exits in a call": Cheat("def add(a, b): raise SystemExit(0)", Status.CRASHED, "before it answered call 1"),
    "leaves in a call": Cheat("import os\ndef add(a, b): os._exit(0)", Status.CRASHED, "it ended before it answered"),
    "kills itself": Cheat("import os\ndef add(a, b): os.kill(os.getpid(), 9)", Status.CRASHED, "SIGKILL"),
    "becomes another program": Cheat(
        "import os\nos.execv('/bin/true', ['true'])", Status.CRASHED, "it ended before it answered"
    ),
    "reports success itself": Cheat(f"import os\nprint('{PASSED}', flush=True)\nos._exit(0)", Status.CRASHED),
    "equals everything": Cheat(
        "class E(int):\n    def __eq__(self, o): return True\n    __hash__ = None\ndef add(a, b): return E()",
        Status.FAILED,
        "object of type E, which is not plain data",
    ),
    "returns a mock": Cheat("from unittest.mock import ANY\ndef add(a, b): return ANY", Status.FAILED, "_ANY"),
    "patches builtins": Cheat(
        "import builtins\nbuiltins.AssertionError = type('Never', (Exception,), {})\n"
        "builtins.abs = lambda x: 0\ndef add(a, b): return 0",
        Status.FAILED,
        "returned 0",
    ),
    "walks the frames": Cheat(
        "import sys\ndef add(a, b):\n    f = sys._getframe()\n    while f:\n"
        "        for d in (f.f_globals, f.f_locals):\n            if 'check' in d or 'candidate' in d: return a + b\n"
        "        f = f.f_back\n    return None",
        Status.FAILED,
    ),
    "hunts for the tests in memory": Cheat(
        "import gc\ndef add(a, b):\n    found = [o for o in gc.get_objects() if callable(o) and "
        "getattr(o, '__name__', '') == 'check']\n    return a + b if found else None",
        Status.FAILED,
        "returned None",
    ),
    "does not define it": Cheat("x = 1", Status.CRASHED, "AttributeError"),
    "does not parse": Cheat("def add(a, b: return", Status.CRASHED, "SyntaxError"),
    "raises": Cheat("def add(a, b): raise KeyError(a)", Status.CRASHED, "call 1 raised KeyError: '1'"),
    "is wrong": Cheat("def add(a, b): return 4", Status.FAILED, "assert candidate(1, 2) == 3; call 1 returned 4"),
    "never ends": Cheat("def add(a, b):\n    while True: pass", Status.TIMED_OUT, "processor time"),
    "is not a function": Cheat("add = 3", Status.CRASHED, "TypeError"),
    "hangs up": Cheat(
        "import os\nos.close(3)\nimport time\ntime.sleep(9)", Status.CRASHED, "before it answered call 1"
    ),
    "answers without its call": Cheat(
        FORGE + "os.write(3, frame(1, 'returned', 3, []))\nimport time\ntime.sleep(0.5)\ndef add(a, b): return a + b",
        Status.FAILED,
    ),
    "answers twice": Cheat(
        FORGE + "def add(a, b):\n    os.write(3, frame(a, 'returned', 3, [None]) * 2)\n    import time; time.sleep(9)",
        Status.FAILED,
        "it answered before it was asked, after call 1",
    ),
    "answers out of order": Cheat(
        FORGE + "def add(a, b):\n    os.write(3, frame(2, 'returned', 3, [None]))", Status.FAILED, "out of order"
    ),
    "answers a number that is no integer": Cheat(
        FORGE + "def add(a, b):\n    os.write(3, frame('1', 'returned', 3, [None]))", Status.FAILED, "out of order"
    ),
    "answers nonsense": Cheat(
        "import os\ndef add(a, b): os.write(3, b'\\0\\0\\0\\x03{]}')", Status.FAILED, "malformed"
    ),
    "answers without end": Cheat(
        "import os\ndef add(a, b): os.write(3, b'\\xff' * 9)", Status.FAILED, "at most 16777216"
    ),
    "answers in an unknown way": Cheat(
        FORGE + "def add(a, b):\n    os.write(3, frame(1, 'passed', 3, [None]))", Status.FAILED, "malformed"
    ),
    "refers to what is not there": Cheat(
        FORGE + "def add(a, b):\n    os.write(3, frame(1, 'returned', ['ref', 7], [None]))", Status.FAILED, "malformed"
    ),
    "forges the arguments' state": Cheat(
        FORGE + "def add(a, b):\n    os.write(3, frame(1, 'returned', 3, []))", Status.FAILED, "malformed"
    ),
    "names an exception that is none": Cheat(
        FORGE + "def add(a, b):\n    os.write(3, frame(1, 'raised', 'SystemExit', '0', [None]))",
        Status.CRASHED,
        "SystemExit",
    ),
    "returns what no terminal shows": Cheat(
        "def add(a, b): return '\\ud800\\x1b'", Status.FAILED, "returned '\\ud800\\x1b'"
    ),
    "raises what no terminal shows": Cheat(
        "def add(a, b): raise ValueError('\\ud800!')", Status.CRASHED, "ValueError: ?!"
    ),
    "returns more than is allowed": Cheat("def add(a, b): return 'x' * (17 << 20)", Status.FAILED, "more than 16 MiB"),
}


@pytest.mark.parametrize("cheat", CHEATS.values(), ids=CHEATS)
async def test_a_completion_fails_that(cheat: Cheat, addition: Problem, executor: Executor) -> None:
    verdict = await verdict_on(addition, cheat.code, executor)
    assert verdict.status is cheat.status, verdict
    assert cheat.detail in verdict.detail


async def test_a_cheat_in_a_test_that_catches_everything_still_fails(executor: Executor) -> None:
    problem = asking("""
        try:
            candidate(1)
        except BaseException:
            pass
    """)
    for code in ("import os\ndef f(x): os._exit(0)", "def f(x): return object()"):
        verdict = await verdict_on(problem, code, executor)
        assert not verdict.passed, verdict


async def test_tests_that_never_call_are_not_passed(executor: Executor) -> None:
    verdict = await verdict_on(asking("assert two() == 2"), "def f(x): return x", executor)
    assert (verdict.status, verdict.calls) == (Status.FAILED, 0)


async def test_what_a_completion_does_to_its_arguments_is_seen(executor: Executor) -> None:
    problem = asking("""
        inner, table, seen = [2, 1], {"a": 1}, {1}
        outer = [inner, inner]
        assert candidate(outer, table, seen) is outer
        assert inner == [1, 2, 3] and outer == [inner, inner, "end"] and outer[1] is inner
        assert table == {"b": [2]} and seen == {2}
    """)
    code = """
        def f(outer, table, seen):
            outer[0].sort()
            outer[1].append(3)
            outer.append("end")
            table.clear()
            table["b"] = [2]
            seen.discard(1)
            seen.add(2)
            return outer
    """
    verdict = await verdict_on(problem, code, executor)
    assert verdict.passed, verdict


async def test_exceptions_cross_by_their_builtin_name(executor: Executor) -> None:
    problem = asking("""
        for kind in (ValueError, KeyError, ZeroDivisionError, LookupError, RuntimeError):
            try:
                candidate(kind.__name__)
            except kind as error:
                assert type(error) is kind, type(error)
            else:
                assert False, kind
    """)
    code = """
        class Own(LookupError): pass
        def f(name):
            if name == "LookupError": raise Own("mine")
            if name == "RuntimeError": b"\\xff".decode()
            raise {"ValueError": ValueError, "KeyError": KeyError, "ZeroDivisionError": ZeroDivisionError}[name]("text")
    """
    verdict = await verdict_on(problem, code, executor)
    assert verdict.passed, verdict


async def test_the_prompts_own_helpers_are_used_by_the_tests(problems: dict[str, Problem], executor: Executor) -> None:
    problem = problems["HumanEval/38"]
    code = "def encode_cyclic(s): return s\n\ndef decode_cyclic(s): return s\n"
    assert (await verdict_on(problem, code, executor)).status is Status.FAILED


async def test_the_same_completion_gets_the_same_inputs(executor: Executor) -> None:
    problem = asking("""
        import random
        assert candidate(random.random()) == 1
    """)
    details = {(await verdict_on(problem, "def f(x): return x", executor)).detail for _ in range(2)}
    assert len(details) == 1


@pytest.mark.parametrize("code", ["'\\udc80'", '"""\\" """', "# é \u2028 😀\n"])
async def test_any_text_reaches_the_driver_as_it_is(code: str, addition: Problem, executor: Executor) -> None:
    verdict = await verdict_on(addition, f"{code}\ndef add(a, b): return a + b", executor)
    assert verdict.passed, verdict
