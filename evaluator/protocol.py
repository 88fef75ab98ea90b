"""The evaluator's words: Problem, Verdict, and what it needs of a sandbox."""

from enum import StrEnum
from typing import Protocol

from pydantic import Field

from evaluator.suites import Message, Suite
from sandbox.protocol import Execution, Limits, Program


class Problem(Message):
    """One task: what the model is shown, and the tests that only the grader sees."""

    task_id: str
    prompt: str
    """The start of a source file: imports, helpers, the signature and docstring of ``entry_point``."""
    entry_point: str
    tests: str | Suite
    """Python source that defines ``check(candidate)``, or another way to judge."""
    canonical_solution: str
    """Continues ``prompt``; never sent anywhere. Empty where a suite has none."""
    language: str = "python"
    """What the completion is written in."""
    shown: str | None = None
    """What the model is shown, where that is not ``prompt``."""
    limits: Limits | None = None
    """For each run, if not those that the grader has for every problem."""
    difficulty: str = ""
    """In the benchmark's own words."""


class Opening(Message):
    """What it takes to find a program in an answer: what the program is the rest of."""

    language: str
    prompt: str
    entry_point: str


class Status(StrEnum):
    """What a verdict can be. ``PASSED`` alone counts as solved."""

    PASSED = "passed"
    FAILED = "failed"
    CRASHED = "crashed"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    NOT_COMPILED = "not_compiled"
    NO_PROGRAM = "no_program"


class Grader(StrEnum):
    """How a verdict was reached."""

    SPLIT = "split"
    CALLS = "calls"
    STDIO = "stdio"
    STATIC = "static"
    BUG = "bug"
    ARGUMENTS = "arguments"
    TEST_WRITING = "test_writing"
    DOCSTRING = "docstring"
    REFACTORING = "refactoring"
    TRUSTING = "trusting"
    """In one process with the code under test, which may have written the verdict itself."""


class Failure(Message):
    """The case that failed, each part of it shortened to 400 characters."""

    case: int
    """Counted from 0."""
    sent: str
    got: str
    expected: str


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
    grader: Grader = Grader.SPLIT
    failure: Failure | None = None
    """Of graders that know one case from another."""
    credit: float | None = Field(default=None, ge=0, le=1)
    """The share of what was asked that the answer did, of graders that know degrees; ``PASSED`` says it was enough."""

    @property
    def trusting(self) -> bool:
        """Whether the completion shared a process with its tests, and may have forged this."""
        return self.grader is Grader.TRUSTING

    @property
    def worth(self) -> float:
        """What it is worth, in [0, 1]: its credit if it has one; nothing if it could have been forged."""
        if self.trusting:
            return 0.0
        return float(self.passed) if self.credit is None else self.credit

    @property
    def pays(self) -> bool:
        """Whether it passed, and nothing that it could have forged says so."""
        return self.passed and not self.trusting

    @property
    def passed(self) -> bool:
        """Whether the completion solved its problem."""
        return self.status is Status.PASSED


class Executor(Protocol):
    """What the evaluator needs of a sandbox."""

    async def execute(self, program: Program) -> Execution:
        """Run ``program`` and return the facts. Raises only for failures that are not the program's."""
