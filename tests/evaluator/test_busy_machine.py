"""Verdicts rest on processor time: with every core taken by other work they are what they are without."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from evaluator import cheats
from evaluator.graders import assemble, facts, grade
from evaluator.protocol import Problem, Status
from evaluator.suites import CallCase, Calls, Stdio, StdioCase, Suite, Trusting
from sandbox.lease import Lease
from sandbox.local import open_sandbox
from sandbox.protocol import MEBIBYTE, Limits

BUSY = "import select, sys\nwhile not select.select([sys.stdin], [], [], 0)[0]:\n    for _ in range(1_000_000): pass\n"
"""Takes a core until its standard input ends, as it does when we do, however we do."""
LIMITS = Limits(cpu_seconds=1, wall_seconds=60, memory_bytes=128 * MEBIBYTE, output_bytes=64 * 1024)
AT_THE_LIMITS = {
    "needs most of its processor time": (
        "import time\ndef add(x, y):\n    while time.process_time() < 0.6: pass\n    return x + y\n",
        Status.PASSED,
    ),
    "needs most of its memory": ("held = bytearray(70 << 20)\ndef add(x, y):\n    return x + y\n", Status.PASSED),
    "takes its time": ("import time\ntime.sleep(1.5)\ndef add(x, y):\n    return x + y\n", Status.PASSED),
    "never ends": ("def add(x, y):\n    while True: pass\n", Status.TIMED_OUT),
    "needs too much memory": ("def add(x, y):\n    return len(bytearray(512 << 20))\n", Status.OUT_OF_MEMORY),
    "dies": ("import os\ndef add(x, y):\n    os.abort()\n", Status.CRASHED),
}
PROBLEMS = 12
"""Of HumanEval: the canonical solution of each, and one that is wrong."""
Case = tuple[str, Problem, str, Status]


@pytest_asyncio.fixture(scope="module")
async def lease(engine: None) -> AsyncIterator[Lease]:
    async with open_sandbox(["python", "cpp", "javascript"], slots=1) as sandbox, sandbox.lease() as lease:
        yield lease


@contextlib.asynccontextmanager
async def other_work(processes: int) -> AsyncIterator[None]:
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(processes):
            busy = await asyncio.create_subprocess_exec(sys.executable, "-c", BUSY, stdin=asyncio.subprocess.PIPE)
            stack.push_async_callback(busy.wait)
            assert busy.stdin is not None
            stack.callback(busy.stdin.close)
        yield


def cases(problems: dict[str, Problem]) -> list[Case]:
    """What is judged: its name, and the status that it must have."""
    addition = problems[cheats.PROBLEM].model_copy(update={"limits": LIMITS})
    found = [(name, addition, code, status) for name, (code, status) in AT_THE_LIMITS.items()]
    for problem in list(problems.values())[:PROBLEMS]:
        right = f"{problem.prompt}{problem.canonical_solution}"
        found.append((f"{problem.task_id}, right", problem, right, Status.PASSED))
        found.append((f"{problem.task_id}, wrong", problem, f"{problem.prompt}    return 'wrong'\n", Status.FAILED))
    for twin in cheats.honest():
        if twin.language == "python":
            found.append((twin.name, problems[cheats.PROBLEM], twin.code, Status.PASSED))
        elif twin.name == "debug prints" and twin.language != "bash":
            suite = cheats.suites()[twin.language]
            found.append((twin.language, cheats.called(suite), suite.before + twin.code, Status.PASSED))
    return found


async def surprises(judged: list[Case], lease: Lease) -> list[str]:
    """The verdicts that are not as they must be."""
    found = []
    for name, problem, code, status in judged:
        verdict = grade(problem, await lease.execute(assemble(problem, code)))
        if verdict.status is not status:
            found.append(f"{name}: {verdict}")
    return found


@pytest.mark.heavy
@pytest.mark.parametrize("run", ["at rest", "busy, once", "busy, twice", "busy, three times"])
async def test_verdicts_are_the_same_whatever_else_the_machine_does(
    run: str, lease: Lease, problems: dict[str, Problem]
) -> None:
    judged = cases(problems)
    assert {status for _, _, _, status in judged} >= {Status.PASSED, Status.FAILED, Status.TIMED_OUT, Status.CRASHED}
    async with other_work(0 if run == "at rest" else 2 * len(os.sched_getaffinity(0))):
        assert await surprises(judged, lease) == []


@pytest.mark.parametrize(
    "tests",
    [
        Stdio(cases=(StdioCase(stdin=b"", expected=b""),)),
        Calls(parameters=(), result="int", cases=(CallCase(arguments=(), expected=1),)),
        Trusting(runs_as="cpp", source="int main() {}"),
    ],
    ids=lambda tests: tests.kind,
)
def test_a_compiler_waits_for_its_share_of_a_busy_machine(tests: Suite, addition: Problem) -> None:
    """1.1 s of processor time took 135 s at a load of 50; a limit of 120 s was not of the program's making."""
    program = assemble(addition.model_copy(update={"tests": tests, "language": "cpp"}), "int add() { return 1; }")
    assert program.compile_limits == facts.COMPILE_LIMITS
    assert program.compile_limits.wall_seconds >= 300
