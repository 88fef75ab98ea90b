"""What scripted miners know: wrong answers that look right, and were seen to fail."""

import ast
from collections.abc import AsyncIterator

import pytest_asyncio

from evaluator.datasets import load
from evaluator.judging import judge
from evaluator.protocol import Status
from lovelace.rehearsal.answers import mutants, write_book
from miner.engines.scripted import AnswerBook
from sandbox.local import open_sandbox
from sandbox.pool import Pool
from validator.problems import choose

SEED, PROBLEMS = 9, 5


@pytest_asyncio.fixture(scope="module")
async def sandbox(engine: None) -> AsyncIterator[Pool]:
    async with open_sandbox(["python"]) as pool:
        yield pool


@pytest_asyncio.fixture(scope="module")
async def book(sandbox: Pool) -> AnswerBook:
    async with sandbox.lease() as lease:
        return await write_book(choose(SEED, PROBLEMS), lease, SEED, lambda *_: None)


def test_every_mutant_is_python_with_one_small_mistake() -> None:
    made = 0
    for problem in load("humaneval"):
        source = problem.prompt + problem.canonical_solution
        plain = ast.unparse(ast.parse(source)).splitlines()
        for mutant in mutants(source, problem.entry_point):
            lines = ast.unparse(ast.parse(mutant)).splitlines()
            assert len(lines) == len(plain), problem.task_id
            changed = [number for number, (one, other) in enumerate(zip(lines, plain, strict=True)) if one != other]
            assert len(changed) == 1, (problem.task_id, mutant)
            made += 1
    assert made > 500


def test_a_mistake_is_made_in_the_function_that_is_asked_for() -> None:
    source = "def helper(a):\n    return a + 1\n\ndef asked(a):\n    return helper(a) * 2\n"
    found = {ast.unparse(ast.parse(mutant)).splitlines()[-1].strip() for mutant in mutants(source, "asked")}
    assert found == {"return helper(a) + 2", "return helper(a) * 3"}
    assert all("return a + 1" in mutant for mutant in mutants(source, "asked"))


def test_what_cannot_be_spoilt_has_no_mutants() -> None:
    assert list(mutants("def f(text):\n    return text.upper()\n", "f")) == []


def test_a_book_has_every_problem(book: AnswerBook) -> None:
    drawn = choose(SEED, PROBLEMS)
    assert [(entry.task_id, entry.prompt) for entry in book.entries] == [(p.task_id, p.prompt) for p in drawn]
    assert all(entry.right != entry.wrong for entry in book.entries)


async def test_every_right_answer_passes_and_every_wrong_one_fails(book: AnswerBook, sandbox: Pool) -> None:
    known = {problem.task_id: problem for problem in load("humaneval")}
    async with sandbox.lease() as lease:
        for entry in book.entries:
            right = await judge(known[entry.task_id], f"```python\n{entry.right}\n```", lease)
            wrong = await judge(known[entry.task_id], f"```python\n{entry.wrong}\n```", lease)
            assert right.verdict.status is Status.PASSED, right
            assert wrong.verdict.status is Status.FAILED, wrong


async def test_the_same_seed_writes_the_same_book(book: AnswerBook, sandbox: Pool) -> None:
    seen: list[tuple[str, int, int]] = []
    async with sandbox.lease() as lease:
        again = await write_book(choose(SEED, PROBLEMS), lease, SEED, lambda *step: seen.append(step))
    assert again == book
    assert seen == [("answers prepared", number, PROBLEMS) for number in range(1, PROBLEMS + 1)]
