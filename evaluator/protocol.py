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

    @property
    def passed(self) -> bool:
        """Whether the completion solved its problem."""
        return self.status is Status.PASSED


class Executor(Protocol):
    """What the evaluator needs of a sandbox."""

    async def execute(self, program: Program) -> Execution:
        """Run ``program`` and return the facts. Raises only for failures that are not the program's."""
