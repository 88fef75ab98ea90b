"""Docstrings: what is read as an example, which of them hold, what they are worth, and what a cheat would try."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from evaluator.errors import Ungradable
from evaluator.graders import assemble, docstring
from evaluator.graders.examples import MOST_EXAMPLES, NoExamples
from evaluator.judging import judge
from evaluator.protocol import Executor, Problem, Status, Verdict
from evaluator.suites import Docstring
from sandbox.local import open_sandbox

CODE = """\
def least(xs: list[int], top: int) -> int:
    if len(xs) > 5:
        raise ValueError("too long")
    best = top
    for x in xs:
        if x < best:
            best = x
    return best
"""
TESTS = Docstring(
    source=CODE,
    mutants=(
        CODE.replace("> 5", ">= 5"),
        CODE.replace("x < best", "x > best"),
        CODE.replace("return best", "return 3"),
    ),
    parameters=(("xs", "list[int]"), ("top", "int")),
    result="int",
    raises=("ValueError",),
)
PROBLEM = Problem(task_id="D/0", prompt="", entry_point="least", tests=TESTS, canonical_solution=CODE)
WORDS = "The least of xs, but at most top: returns an int. Raises ValueError if xs is too long.\n\n"
GOOD = WORDS + ">>> least([4, 2, 9], 7)\n2\n>>> least([1, 1, 1, 1, 1], top=3)\n1\n"
RAISES = (
    ">>> least([1, 1, 1, 1, 1, 1], 3)\nTraceback (most recent call last):\n  File...\n    f()\nValueError: too long\n"
)


@pytest_asyncio.fixture(scope="module")
async def sandboxed(engine: None) -> AsyncIterator[Executor]:
    async with open_sandbox(["python"], slots=1) as sandbox, sandbox.lease() as lease:
        yield lease


async def judged(executor: Executor, answer: str, problem: Problem = PROBLEM) -> Verdict:
    return (await judge(problem, answer, executor)).verdict


FORMS = [
    GOOD,
    f"```\n{GOOD}```",
    f'Here it is.\n\n```python\n"""{GOOD}"""\n```\nGood luck!',
    f'```python\ndef other():\n    """>>> other()"""\n\ndef least(xs, top):\n    """{GOOD}"""\n    return 0\n```',
    "'''" + GOOD + "'''",
    GOOD.replace("least([4, 2, 9], 7)", "least(\n... [4, 2, 9],\n... 7)"),
    GOOD + RAISES,
]


@pytest.mark.parametrize("answer", FORMS)
async def test_a_docstring_counts_in_every_form_that_it_comes_in(answer: str, sandboxed: Executor) -> None:
    verdict = await judged(sandboxed, answer)
    assert (verdict.status, verdict.credit, verdict.worth) == (Status.PASSED, 1.0, 1.0), verdict.detail


async def test_credit_is_the_share_of_the_mistakes_that_examples_tell(sandboxed: Executor) -> None:
    some = await judged(sandboxed, WORDS + ">>> least([4, 2], 7)\n2\n")
    assert (some.status, some.credit) == (Status.PASSED, 2 / 3)
    few = await judged(sandboxed, WORDS + ">>> least([], 7)\n7\n")
    assert (few.status, few.credit) == (Status.FAILED, 1 / 3)
    assert few.detail == "its examples tell 1 of 3 copies with a mistake from the function"


@pytest.mark.parametrize(
    ("said", "instead"), [("of xs,", "of them,"), ("most top", "most that"), ("returns", "an"), ("ValueError", "One")]
)
def test_words_have_to_cover_parameters_result_and_errors(said: str, instead: str) -> None:
    text = GOOD.replace("if xs is", "if it is").replace(said, instead)
    with pytest.raises(NoExamples, match=r"do not mention (xs|top|what it returns|ValueError)$"):
        docstring.read(PROBLEM, TESTS, text)


REFUSED = {
    "an expression as an argument": ">>> least([1] * 3, 3)\n1",
    "a power that takes for ever": ">>> least([9 ** 9 ** 9], 3)\n1",
    "a comprehension": ">>> least([x for x in (1, 2)], 3)\n1",
    "a call as an argument": ">>> least(list((1, 2)), 3)\n1",
    "another function": '>>> __import__("os").getpid()\n1',
    "a variable": ">>> xs = [1]\n>>> least(xs, 3)\n1",
    "a comparison": ">>> least([1], 3) == 1\nTrue",
    "two calls": ">>> least([1], 3), least([2], 3)\n(1, 2)",
    "a walrus": ">>> least(xs := [1], 3)\n1",
    "stars": ">>> least(*[[1], 3])\n1",
    "double stars": '>>> least(**{"xs": [1], "top": 3})\n1',
    "an argument twice": ">>> least([1], 3, top=3)\n1",
    "an argument too few": ">>> least([1])\n1",
    "an unknown argument": ">>> least([1], bottom=3)\n1",
    "a value of another type": '>>> least("12", 3)\n1',
    "truth for a number": ">>> least([1], True)\n1",
    "a huge number": f">>> least([1], {'9' * 400})\n1",
    "more digits than Python reads": f">>> least([1], {'9' * 1900})\n1",
    "a long list": f">>> least([{'1, ' * 900}1], 3)\n1",
    "deep nesting": f">>> least({'[' * 900}{']' * 900}, 3)\n1",
    "deep signs": f">>> least([1], {'-' * 1500}3)\n1",
    "no result": ">>> least([1], 3)\n\n",
    "a statement": ">>> import os\n",
    "nothing at all": "",
    "a shebang of prompts": ">>>\n>>>\n>>>",
}


@pytest.mark.parametrize("examples", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_plain_example_is_refused(examples: str) -> None:
    with pytest.raises(NoExamples):
        docstring.read(PROBLEM, TESTS, f"{GOOD}\n{examples}\n" if examples else WORDS)


def test_thousands_of_examples_are_refused() -> None:
    every = "".join(f">>> least([{n}], 99)\n{n}\n" for n in range(MOST_EXAMPLES + 1))
    with pytest.raises(NoExamples, match="more than 30 examples"):
        docstring.read(PROBLEM, TESTS, WORDS + every)
    with pytest.raises(NoExamples, match="at most 16384 are read"):
        docstring.read(PROBLEM, TESTS, WORDS + every * 100)


UNTRUE = {
    "a wrong result": ">>> least([4, 2, 9], 7)\n3",
    "a contradiction": ">>> least([4, 2, 9], 7)\n2\n>>> least([4, 2, 9], 7)\n4",
    "a guess of all": ">>> least([4], 7)\n4 or 7",
    "equal to everything": ">>> least([4], 7)\n...",
    "a value of another type": ">>> least([1], 7)\nTrue",
    "an expression": ">>> least([4], 7)\n2 + 2",
    "a literal and more": ">>> least([4], 7)\n4\n4",
    "an error that is none": ">>> least([4], 7)\nTraceback (most recent call last):\nValueError: too long",
    "another message": RAISES.replace("too long", "anything"),
    "another error": RAISES.replace("ValueError", "Exception"),
    "a result that is an error": ">>> least([1, 1, 1, 1, 1, 1], 3)\n1",
}


@pytest.mark.parametrize("examples", UNTRUE.values(), ids=UNTRUE.keys())
async def test_one_example_that_does_not_hold_makes_the_answer_worthless(examples: str, sandboxed: Executor) -> None:
    verdict = await judged(sandboxed, f"{GOOD}\n{examples}\n")
    assert (verdict.status, verdict.credit) == (Status.FAILED, 0.0), verdict.detail


@pytest.mark.parametrize("body", ["while n: pass", "return [0] * n", "return slow(n)"])
async def test_an_example_cannot_be_that_a_limit_of_ours_is_broken(body: str, sandboxed: Executor) -> None:
    code = f"def slow(n: int) -> int:\n    {body}\n"
    tests = Docstring(source=code, mutants=("def slow(n):\n    return 1\n",), parameters=(("n", "int"),), result="int")
    problem = PROBLEM.model_copy(update={"entry_point": "slow", "tests": tests})
    ends = [
        "TooSlow: without a result in 0.2 s of processor time",
        "TooSlow",
        "MemoryError",
        "RecursionError: maximum recursion depth exceeded",
    ]
    for end in ends:
        answer = f"Returns n.\n>>> slow(100000000000)\nTraceback (most recent call last):\n{end}"
        verdict = await judged(sandboxed, answer, problem)
        assert (verdict.status, verdict.credit) == (Status.FAILED, 0.0), verdict.detail


async def test_a_copy_that_never_ends_is_told(sandboxed: Executor) -> None:
    endless = CODE.replace("    best = top\n", "    best = top\n    while best == 7:\n        xs.append(8)\n")
    problem = PROBLEM.model_copy(update={"tests": TESTS.model_copy(update={"mutants": (endless,)})})
    verdict = await judged(sandboxed, WORDS + ">>> least([4, 2], 7)\n2\n", problem)
    assert (verdict.status, verdict.credit) == (Status.PASSED, 1.0), verdict.detail


async def test_values_of_every_type_can_be_in_examples(sandboxed: Executor) -> None:
    code = "def f(a, b, c):\n    return (a, b, c)\n"
    kinds = (("a", "optional[string]"), ("b", "map[int, list[float]]"), ("c", "tuple[bool, string]"))
    tests = Docstring(
        source=code,
        mutants=("def f(a, b, c):\n    return (a, b, (True, ''))\n",),
        parameters=kinds,
        result="tuple[optional[string], map[int, list[float]], tuple[bool, string]]",
    )
    problem = PROBLEM.model_copy(update={"entry_point": "f", "tests": tests})
    written = ">>> f(None, {1: [0.5, 2]}, (False, 'x'))\n(None, {1: [0.5, 2.0]}, (False, 'x'))"
    verdict = await judged(sandboxed, f"Returns a, b, and c.\n{written}", problem)
    assert verdict.passed, verdict.detail


async def test_an_absent_result_is_written_as_nothing(sandboxed: Executor) -> None:
    tests = Docstring(
        source="def f(a):\n    return None if a < 3 else a\n",
        mutants=("def f(a):\n    return a\n",),
        parameters=(("a", "int"),),
        result="optional[int]",
    )
    problem = PROBLEM.model_copy(update={"entry_point": "f", "tests": tests})
    assert (await judged(sandboxed, "Returns a, or None.\n>>> f(2)\n", problem)).passed


def test_such_a_problem_is_not_assembled_from_code() -> None:
    with pytest.raises(Ungradable, match="answers are not programs"):
        assemble(PROBLEM, CODE)
