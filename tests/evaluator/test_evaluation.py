"""Samples judged with a journal: nothing is run twice, and nothing that was not judged is held against anybody."""

import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from evaluator.datasets import load
from evaluator.evaluation import evaluate, languages
from evaluator.journal import Journal
from evaluator.protocol import Executor, Problem
from evaluator.samples import Sample
from evaluator.suites import Checker, Stdio, StdioCase, Trusting
from sandbox.errors import ContainerLost, EngineUnavailable
from sandbox.protocol import Execution, Program


class Slot:
    """A sandbox with one slot. It counts programs, loses those with ``lost`` in them, and fails at ``gone``."""

    slots = 1

    def __init__(self, executor: Executor) -> None:
        self.executor = executor
        self.loses = True
        self.programs = 0
        self.references = 0
        """Programs that are a reference by itself."""

    @contextlib.asynccontextmanager
    async def lease(self) -> AsyncIterator[Executor]:
        yield self

    async def execute(self, program: Program) -> Execution:
        if self.loses and b"lost = 1" in program.source:
            raise ContainerLost("three containers in a row")
        if self.loses and b"gone = 1" in program.source:
            raise EngineUnavailable("gone")
        self.programs += b"solve(" in program.source
        self.references += b"REFERENCE" in program.source
        return await self.executor.execute(program)


def samples(*completions: str) -> list[Sample]:
    return [Sample(number, "Test/0", text, {}) for number, text in enumerate(completions, start=1)]


RIGHT, WRONG, LOST = "    return a + b\n", "    return a - b\n", "    lost = 1\n    return a + b\n"


def deaf(passed: bool) -> None: ...


async def test_results_come_in_the_order_of_the_samples_with_what_a_file_says(
    addition: Problem, executor: Executor, tmp_path: Path
) -> None:
    heard: list[bool] = []
    with Journal(tmp_path / "j", "s") as journal:
        found = await evaluate(
            samples(RIGHT, WRONG, LOST, "no"), {"Test/0": addition}, Slot(executor), journal, heard.append
        )
    assert [one.as_fields()["passed"] for one in found] == [True, False, None, False]
    assert [one.as_fields()["result"].partition(":")[0] for one in found] == [
        "passed", "failed", "no verdict", "no_program",
    ]  # fmt: skip
    assert found[2].as_fields()["result"] == "no verdict: three containers in a row"
    assert [one.as_result().why for one in found] == ["", "", "three containers in a row", ""]
    assert sorted(heard) == [False, False, False, True]


async def test_what_was_judged_is_not_run_again_but_what_was_not_is(
    addition: Problem, executor: Executor, tmp_path: Path
) -> None:
    sandbox = Slot(executor)
    problems = {"Test/0": addition}
    heard: list[bool] = []
    first = samples(RIGHT, LOST, "    gone = 1\n    return 0\n")
    with Journal(tmp_path / "j", "s") as journal, pytest.raises(EngineUnavailable):
        await evaluate(first, problems, sandbox, journal, heard.append)
    begun, judged = sandbox.programs, heard.count(True)
    assert judged <= begun <= 1
    sandbox.loses = False
    with Journal(tmp_path / "j", "s") as journal:
        found = await evaluate(samples(RIGHT, LOST, WRONG), problems, sandbox, journal, deaf)
    assert sandbox.programs == begun + 3 - judged
    assert [one.verdict is not None and one.verdict.passed for one in found] == [True, True, False]


def test_a_sandbox_needs_what_completions_tests_and_checkers_are_written_in(addition: Problem) -> None:
    checked = Stdio(cases=(StdioCase(stdin=b"", expected=b""),), comparison=Checker(language="rust", source=b""))
    suite = Trusting(source="", runs_as="go-test")
    problems = [
        addition,
        addition.model_copy(update={"language": "cpp", "tests": checked}),
        addition.model_copy(update={"language": "go", "tests": suite}),
    ]
    assert languages(problems) == {"python", "cpp", "rust", "go", "go-test"}


async def test_a_reference_is_run_once_for_several_samples(executor: Executor, tmp_path: Path) -> None:
    solution = "\ndef solve(a):\n    return [a, a + 1]\n"
    task = {"task_id": "Test/0", "prompt": "", "entry_point": "solve", "canonical_solution": solution}
    (tmp_path / "p.jsonl").write_text(json.dumps({**task, "base_input": [[1], [2]], "plus_input": []}))
    (problem,) = load("mbpp+", tmp_path / "p.jsonl")
    sandbox = Slot(executor)
    with Journal(tmp_path / "j", "s") as journal:
        found = await evaluate(
            samples(solution, solution.replace("+", "-"), solution), {"Test/0": problem}, sandbox, journal, deaf
        )
    assert [one.verdict is not None and one.verdict.passed for one in found] == [True, False, True]
    assert sandbox.references == 1
