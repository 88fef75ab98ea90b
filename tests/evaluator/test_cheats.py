"""Cheats win where they are trusted, and never on blind or split; their honest twins are passed."""

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from evaluator import cheats
from evaluator.cheats import PROBLEM, Cheat, Grader, Honest
from evaluator.graders import grade
from evaluator.programs import assemble
from evaluator.protocol import Problem
from sandbox.lease import Lease
from sandbox.local import open_sandbox

ALL = cheats.cheats()
HONEST = cheats.honest()
SUITES = cheats.suites()


@pytest_asyncio.fixture(scope="module")
async def lease(engine: None) -> AsyncIterator[Lease]:
    async with open_sandbox(["python", "cpp", "javascript"], slots=1) as sandbox, sandbox.lease() as lease:
        yield lease


async def peer(harness: Grader, code: str) -> bool:
    """What another harness, as it ships, says of ``code``; it runs in a process of its own, on this machine."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "evaluator.peers", harness),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    question = json.dumps({"task_id": PROBLEM, "code": code}) + "\n"
    out, err = await asyncio.wait_for(process.communicate(question.encode()), 120)
    assert process.returncode == 0, err.decode()
    return bool(json.loads(out))


@pytest.mark.heavy
@pytest.mark.parametrize(("language", "cheat"), ALL, ids=[f"{language}: {cheat.name}" for language, cheat in ALL])
async def test_a_cheat_wins_where_it_is_trusted_and_not_with_us(
    language: str,
    cheat: Cheat,
    lease: Lease,
    problems: dict[str, Problem],
    record_property: Callable[[str, object], None],
) -> None:
    suite = SUITES[language]
    for grader in cheat.wins:
        if grader is Grader.TRUSTING:
            execution = await lease.execute(cheats.trusting(suite, cheat.code))
            assert cheats.exits_well(execution), execution
        else:
            assert await peer(grader, cheat.code), grader
    blind = await lease.execute(cheats.blind(suite, cheat.code))
    split = "-"
    if language == "python":
        problem = problems[PROBLEM]
        verdict = grade(problem, await lease.execute(assemble(problem, cheat.code)))
        split = "PASSED" if verdict.passed else verdict.status
    row = [cheat.number, language, cheat.name, *("PASSED" if grader in cheat.wins else "-" for grader in Grader)]
    record_property("cheat", [*row, "PASSED" if cheats.answers_all(blind) else "failed", split])
    assert split != "PASSED"
    assert not cheats.answers_all(blind), blind


@pytest.mark.parametrize("twin", HONEST, ids=[f"{twin.language}: {twin.name}" for twin in HONEST])
async def test_an_honest_twin_passes(twin: Honest, lease: Lease, problems: dict[str, Problem]) -> None:
    blind = await lease.execute(cheats.blind(SUITES[twin.language], twin.code))
    assert cheats.answers_all(blind), blind
    if twin.language == "python":
        problem = problems[PROBLEM]
        verdict = grade(problem, await lease.execute(assemble(problem, twin.code)))
        assert verdict.passed, verdict


def test_there_are_enough_of_them_in_every_language() -> None:
    assert len(ALL) >= 120
    assert {language for language, _ in ALL} == set(SUITES)
    assert len({cheat.code for _, cheat in ALL}) == len(ALL)


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("number = 7", "number = 53", "1 to 52"),
        ('wins = ["trusting"]', "wins = []", "win somewhere"),
        ('twin = "debug prints"', 'twin = "no such"', "no twin"),
        ('name = "exits when it is called"', 'name = "exits in init"', "twice"),
    ],
)
def test_a_cheat_that_proves_nothing_is_refused(before: str, after: str, complaint: str, tmp_path: Path) -> None:
    for file in cheats.DIRECTORY.iterdir():
        (tmp_path / file.name).write_text(file.read_text())
    changed = (tmp_path / "go.toml").read_text().replace(before, after, 1)
    (tmp_path / "go.toml").write_text(changed)
    with pytest.raises(ValueError, match=re.escape(complaint)):
        cheats.cheats(tmp_path)
