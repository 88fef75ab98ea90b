"""The evaluator's words: Problem, Verdict, and what it needs of a sandbox."""

from enum import StrEnum
from typing import Protocol

from pydantic import BaseModel

from sandbox.protocol import Execution, Program


class Message(BaseModel, frozen=True, extra="forbid"):
    """What crosses a process."""


class Problem(Message):
    """One task: what the model is shown, and the tests that only the grader sees."""

    task_id: str
    language: str = "python"
    prompt: str
    """The start of a source file: imports, helpers, the signature and docstring of ``entry_point``."""
    entry_point: str
    tests: str
    """Python source that defines ``check(candidate)``."""
    canonical_solution: str
    """Continues ``prompt``; never sent anywhere."""


class Opening(Message):
    """What it takes to find a program in an answer: what the program is the rest of."""

    language: str
    prompt: str
    entry_point: str


class TrustingProblem(Message):
    """One task of a third-party suite whose tests run in one process with the code that they test.

    That code can forge its verdict, so the verdict says ``trusting`` and pays nobody.
    """

    task_id: str
    language: str
    """As answers are written."""
    runs_as: str
    """The sandbox's language for the whole file: that of tests, where a framework of tests runs them."""
    prompt: str
    """The start of a source file that a completion goes on with: imports, helpers, the head of ``entry_point``."""
    shown: str
    """What the model is shown."""
    entry_point: str
    setup: str = ""
    """Stands before everything else."""
    tests: str
    """Stand behind the completion, call it, and end the process with another code than 0 when they fail."""
    canonical_solution: str | None = None
    """Continues ``prompt``; never sent anywhere. Some suites have none."""


class Status(StrEnum):
    """What a verdict can be. ``PASSED`` alone counts as solved."""

    PASSED = "passed"
    FAILED = "failed"
    CRASHED = "crashed"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    NO_PROGRAM = "no_program"


class Verdict(Message):
    """The host's judgement of one completion, with the facts it rests on."""

    status: Status
    detail: str
    """One line a person can act on: which assertion, what was got; at most 400 characters."""
    calls: int
    """How often the tests called the completion."""
    cpu_seconds: float
    wall_seconds: float
    peak_memory_bytes: int
    trusting: bool = False
    """The completion ran in one process with its tests, and may have forged this."""

    @property
    def pays(self) -> bool:
        """Whether the completion solved its problem beyond doubt."""
        return self.passed and not self.trusting

    @property
    def passed(self) -> bool:
        """Whether the completion solved its problem."""
        return self.status is Status.PASSED


class Executor(Protocol):
    """What the evaluator needs of a sandbox."""

    async def execute(self, program: Program) -> Execution:
        """Run ``program`` and return the facts. Raises only for failures that are not the program's."""
