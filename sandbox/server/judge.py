"""``/v1/problems`` and ``/v1/judge``: a benchmark's problems, and a verdict on an answer to one.

The sandbox knows no grader: whoever starts the server may hand it one (``lovelace sandbox serve`` does).
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Body, Request
from pydantic import Field

from sandbox.errors import BadRequest
from sandbox.protocol import Execution, Message, Program
from sandbox.server.running import run

Execute = Callable[[Program], Awaitable[Execution]]
"""Runs a program for whoever asks for the verdict. Raises SandboxError."""
router = APIRouter()
EXAMPLES: dict[str, Any] = {
    "right": {
        "summary": "A right answer",
        "value": {"problem": "HumanEval/23", "completion": "    return len(string)\n"},
    }
}


class Problem(Message):
    """What somebody has to know to solve one."""

    id: str
    prompt: str
    """The start of a source file, up to the end of the docstring of ``entry_point``."""
    entry_point: str
    language: str


class Verdict(Message):
    """What the grader says of one answer."""

    passed: bool
    status: str
    detail: str
    """Why not, in one line."""
    calls: int
    """How often the tests called it."""
    cpu_seconds: float
    wall_seconds: float
    peak_memory_bytes: int


class Solution(Message):
    """One answer to one problem."""

    problem: str
    completion: str = Field(max_length=1_000_000)


class Judge(Protocol):
    """A grader, as a server needs it."""

    def prepare(self) -> None:
        """Have at hand whatever it takes; called once, before the server gives up root."""

    def problems(self) -> Sequence[Problem]:
        """All that it can judge; the same each time."""

    async def judge(self, problem: str, completion: str, execute: Execute) -> Verdict:
        """The verdict on ``completion``. Raises BadRequest if it has no such problem, and what ``execute`` raises."""


def judge_of(request: Request) -> Judge | None:
    """The server's grader, if it was handed one."""
    found: Judge | None = request.app.state.judge
    return found


@router.get("/v1/problems")
def list_problems(request: Request) -> Sequence[Problem]:
    """The problems that can be judged here; none without a grader."""
    found = judge_of(request)
    return found.problems() if found else ()


@router.post("/v1/judge")
async def judge(answer: Annotated[Solution, Body(openapi_examples=EXAMPLES)], request: Request) -> Verdict:
    """Run an answer beside its problem's tests, and say whether it is right."""
    found = judge_of(request)
    if found is None:
        raise BadRequest("this server judges nothing: it was started without a grader")
    return await found.judge(answer.problem, answer.completion, lambda program: run(request, program))
