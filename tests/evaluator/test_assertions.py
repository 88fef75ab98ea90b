"""Every form of tests, in two real processes: what each counts as, and what crosses."""

import textwrap
from pathlib import Path

import pytest

from evaluator import assertions
from evaluator.datasets import mbpp
from evaluator.errors import BadBenchmark, Ungradable
from evaluator.graders import grade
from evaluator.programs import assemble
from evaluator.protocol import Executor, Problem, Status, Verdict


def asking(tests: str, entry_point: str = "f", prompt: str = '"""Write it."""\n') -> Problem:
    return Problem(
        task_id="Test/2",
        prompt=prompt,
        entry_point=entry_point,
        tests=textwrap.dedent(tests),
        canonical_solution="",
    )


async def verdict_on(problem: Problem, code: str, executor: Executor) -> Verdict:
    return grade(problem, await executor.execute(assemble(problem, textwrap.dedent(code))))


STACK = """
class Stack:
    def __init__(self): self.items = []
    def push(self, item): self.items.append(item)
    def pop(self): return self.items.pop()
    def __len__(self): return len(self.items)
"""
STACK_TESTS = """
import unittest
from solution import Stack

class TestStack(unittest.TestCase):
    def setUp(self):
        self.stack = Stack()
    def test_pushes(self):
        self.stack.push([1])
        self.assertEqual(len(self.stack), 1)
        self.assertEqual(self.stack.items, [[1]])
        self.assertEqual(self.stack.pop(), [1])
        self.assertFalse(self.stack)
    def test_raises(self):
        with self.assertRaises(IndexError):
            self.stack.pop()
"""
NODE = "class Node:\n    def __init__(self, value, next=None):\n        self.value, self.next = value, next\n"
PASSES = {
    "statements": (asking("assert f(1) == 1\nassert set(f([2])) == {2}"), "def f(x): return x"),
    "a builtin's name": (asking("assert sum(1, 2) == 3", "sum"), "def sum(a, b): return a + b"),
    "a second function": (asking("assert f(g(2)) == 4"), "def g(x): return x + 1\ndef f(x): return x + 1"),
    "a module nobody imported": (
        asking("assert f(1) == sys.getsizeof(1)"),
        "import sys\ndef f(x): return sys.getsizeof(x)",
    ),
    "functions": (
        asking("def test_a():\n    assert f(1) == 1\ndef test_b():\n    assert f(2) == 2"),
        "def f(x): return x",
    ),
    "test cases": (asking(STACK_TESTS, "Stack"), STACK),
    "a class": (asking("s = Stack()\ns.push(1)\nassert s.pop() == 1 and not s", "Stack"), STACK),
    "a function named like a class": (
        asking("assert Split('a b') == ['a', 'b']", "Split"),
        "def Split(x): return x.split()",
    ),
    "a match": (
        asking("assert f('abc')\nassert f('abc').group(1) == 'b'"),
        "import re\ndef f(x): return re.search('a(b)', x)",
    ),
    "nodes of the tests": (
        asking(NODE + "a = Node(1, Node(2))\nb = a.next\nassert f(a) is b and b.next is a and a.next is None"),
        "def f(n):\n    m = n.next\n    m.next, n.next = n, None\n    return m",
    ),
    "nodes of the prompt": (
        asking("assert f(2).next.value == 1", prompt=NODE),
        NODE + "def f(n): return Node(2, Node(1))",
    ),
    "a generator": (asking("assert list(f(3)) == [0, 1, 2]"), "def f(n):\n    yield from range(n)"),
}


@pytest.mark.parametrize(("problem", "code"), PASSES.values(), ids=PASSES)
async def test_the_right_answer_passes(problem: Problem, code: str, executor: Executor) -> None:
    verdict = await verdict_on(problem, code, executor)
    assert verdict.passed, verdict


FAILS = {
    "statements": (
        asking("assert f(1) == 1\nassert f(2) == 2"),
        "def f(x): return 1",
        "assert f(2) == 2; call 2 returned 1",
    ),
    "functions": (asking("def test_a():\n    assert f(1) == 1"), "def f(x): return 2", "assert f(1) == 1"),
    "test cases": (asking(STACK_TESTS, "Stack"), STACK.replace("pop()", "pop(0) if self.items else 0"), "IndexError"),
    "no assertion": (asking("f(1)"), "def f(x): return x", "asserted nothing"),
    "an object where the tests want a value": (
        asking("assert f(1) == f(1)"),
        "class A:\n    __eq__ = lambda s, o: True\nf = lambda x: [A()]",
        "assert f(1) == f(1)",
    ),
    "a class where the tests want a function": (
        asking("assert f(1) == 1"),
        "class f(int):\n    def __eq__(self, other): return True",
        "object of type f",
    ),
    "skipping the test": (
        asking(STACK_TESTS, "Stack"),
        STACK + "import unittest\ndef skip(self, *a): raise unittest.SkipTest\nStack.push = skip",
        "self.stack.push([1]); Exception",
    ),
    "too deep to be passed on": (
        asking("assert f([f(1)])"),
        "def f(x):\n    deep = []\n    for _ in range(99): deep = [deep]\n    return deep",
        "more than 100 deep",
    ),
}


@pytest.mark.parametrize(("problem", "code", "detail"), FAILS.values(), ids=FAILS)
async def test_a_wrong_answer_fails(problem: Problem, code: str, detail: str, executor: Executor) -> None:
    verdict = await verdict_on(problem, code, executor)
    assert verdict.status in (Status.FAILED, Status.CRASHED), verdict
    assert detail in verdict.detail


async def test_a_fault_before_the_first_call_is_the_completions(executor: Executor) -> None:
    verdict = await verdict_on(
        asking("import time\ntime.sleep(1)\nassert f(1) == 1"),
        "import os\nos.write(3, b'early')\ndef f(x): return 1",
        executor,
    )
    assert (verdict.status, verdict.detail) == (Status.FAILED, "it answered before it was asked, after call 0")


@pytest.mark.parametrize(
    ("problem", "complaint"),
    [
        (asking("assert f(1) =="), "do not parse"),
        (asking("assert 1 == 1"), "nor use f"),
        (asking("assert f(1) == 1", prompt="no Python at all"), "prompt is no Python"),
        (asking("assert f(1) == 1\0"), "do not parse"),
    ],
)
def test_tests_that_cannot_be_read_are_told_before_anything_runs(problem: Problem, complaint: str) -> None:
    with pytest.raises(Ungradable, match=complaint):
        assemble(problem, "def f(x): return x")


async def test_tests_that_compare_two_objects_that_they_made_are_refused(executor: Executor) -> None:
    problem = asking("a = Stack()\na.push(1)\nassert a == Stack()", "Stack")
    with pytest.raises(Ungradable, match="would be the judge"):
        await verdict_on(problem, STACK, executor)


def test_tests_are_counted_wherever_they_assert() -> None:
    suite = assertions.read(asking("def g(x):\n    if x:\n        assert f(x)\ng(1)\nassert f(2)"))
    assert (suite.form, suite.tests[1].count("__lovelace_tally__()")) == ("script", 2)


def test_a_file_that_is_no_benchmark_is_told(tmp_path: Path) -> None:
    for text in ("{", "[{}]", '[{"task_id": 1}]'):
        (tmp_path / "file").write_text(text)
        with pytest.raises(BadBenchmark):
            mbpp.sanitized(tmp_path / "file")
