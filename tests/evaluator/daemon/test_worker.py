"""A worker on a real sandbox: verdicts, what has none, and what is cancelled."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from evaluator.daemon import records
from evaluator.daemon.local import Local, open_evaluations
from evaluator.daemon.protocol import Entry, Outcome, State, Submission
from evaluator.daemon.settings import Settings
from evaluator.daemon.store import Database
from evaluator.daemon.worker import Worker
from evaluator.protocol import Problem, Status
from evaluator.suites import Checker, Static, Stdio, StdioCase
from sandbox.errors import ContainerLost, EngineUnavailable, SandboxError
from sandbox.local import open_sandbox
from sandbox.pool import Pool
from sandbox.protocol import Execution, Program

SLEEP = "    import time\n    time.sleep(15)\n"


@pytest.fixture(scope="module")
async def pool(engine: None) -> AsyncIterator[Pool]:
    async with open_sandbox(["python"], slots=2, warm=1) as sandbox:
        yield sandbox


@pytest.fixture
def settings(folder: Path) -> Settings:
    return Settings(database=SecretStr(f"sqlite:///{folder}/queue.db"), lease_seconds=2, slots=1, attempts=2)


def problem(task_id: str, tests: Stdio | Static) -> Problem:
    return Problem(task_id=task_id, prompt="", entry_point="", tests=tests, canonical_solution="")


async def judged(evaluations: Local, problems: list[Problem], **completions: str) -> dict[str, Outcome]:
    """By their keys; a key's first part, up to ``_``, numbers its problem."""
    entries = tuple(
        Entry(task_id=problems[int(key[1 : key.index("_")])].task_id, completion=text, key=key)
        for key, text in completions.items()
    )
    await evaluations.submit(Submission(evaluations=entries, problems=tuple(problems), batch="b"))
    return {outcome.key: outcome async for outcome in evaluations.outcomes("b")}


async def until_running(database: Database) -> None:
    for _ in range(600):
        if records.progress(database, "local:", "slow").states[State.RUNNING]:
            return
        await asyncio.sleep(0.05)
    pytest.fail("nothing runs within 30 s")


async def test_every_kind_of_outcome(pool: Pool, settings: Settings, addition: Problem) -> None:
    cases = (StdioCase(stdin=b"1", expected=b"2"),)
    checked = problem(
        "checked", Stdio(cases=cases, comparison=Checker(language="python", source=b"raise SystemExit(0)"))
    )
    broken = problem("broken", Static(answer="value", expected="f("))
    foreign = problem("foreign", Stdio(cases=cases)).model_copy(update={"language": "cobol"})
    unread = addition.model_copy(update={"task_id": "unread", "language": "cobol"})
    async with open_evaluations(settings, pool) as evaluations:
        found = await judged(
            evaluations, [addition, checked, broken, foreign, unread], p0_right="    return a + b\n",
            p0_wrong="    return 0\n", p0_raises="    raise ValueError\n", p0_nothing="I cannot.",
            p1_checked="print(0)\n", p2_broken="1", p3_foreign="x", p4_unread="x",
        )  # fmt: skip
        statuses = {key: one.verdict.status if one.verdict else one.state for key, one in found.items()}
        assert statuses == {
            "p0_right": Status.PASSED, "p0_wrong": Status.FAILED, "p0_raises": Status.CRASHED,
            "p0_nothing": Status.NO_PROGRAM, "p1_checked": Status.PASSED, "p2_broken": State.UNJUDGED,
            "p3_foreign": State.UNJUDGED, "p4_unread": State.UNJUDGED,
        }  # fmt: skip
        assert "cobol" in (found["p3_foreign"].reason or "")
        (right,) = await evaluations.details([found["p0_right"].evaluation])
        assert right.execution is not None
        companion = right.execution.runs[0].companion
        assert companion is not None
        assert companion.succeeded
        assert right.code is not None
        assert right.code.endswith("return a + b\n")


async def test_what_runs_and_is_cancelled_is_stopped(pool: Pool, settings: Settings, addition: Problem) -> None:
    database = Database(settings.database.get_secret_value())
    async with open_evaluations(settings, pool) as evaluations:
        entries = tuple(Entry(task_id="Test/0", completion=SLEEP, key=str(number)) for number in range(3))
        await evaluations.submit(Submission(evaluations=entries, problems=(addition,), batch="slow"))
        async with asyncio.timeout(12):
            await until_running(database)
            assert await evaluations.cancel("slow") == 3
            found = await judged(evaluations, [addition], p0_next="    return a + b\n")
    assert found["p0_next"].state is State.JUDGED
    assert records.progress(database, "local:", "slow").states[State.CANCELLED] == 3
    database.close()


class Failing:
    """A sandbox whose executor fails at first: the engine that is away, containers that are lost."""

    def __init__(self, pool: Pool, *errors: SandboxError) -> None:
        self.slots, self.pool, self.errors = pool.slots, pool, list(errors)

    @contextlib.asynccontextmanager
    async def lease(self) -> AsyncIterator["Failing"]:
        yield self

    async def execute(self, program: Program) -> Execution:
        if self.errors:
            raise self.errors.pop(0)
        async with self.pool.lease() as lease:
            return await lease.execute(program)


async def test_who_submits_wakes_an_idle_worker(
    pool: Pool, settings: Settings, addition: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evaluator.daemon.worker.IDLE_SECONDS", (600.0, 600.0))
    async with asyncio.timeout(300), open_evaluations(settings, pool) as evaluations:
        await asyncio.sleep(1)
        found = await judged(evaluations, [addition], p0_right="    return a + b\n")
    assert found["p0_right"].state is State.JUDGED


async def test_lost_containers_are_tried_again(pool: Pool, settings: Settings, addition: Problem) -> None:
    failing = Failing(pool, ContainerLost("gone"), ContainerLost("gone"))
    async with open_evaluations(settings, failing) as evaluations:
        found = await judged(evaluations, [addition], p0_right="    return a + b\n")
    assert (found["p0_right"].state, found["p0_right"].attempts) == (State.JUDGED, 1)


async def test_what_we_fail_at_for_good_is_no_verdict(pool: Pool, settings: Settings, addition: Problem) -> None:
    failing = Failing(pool, *[ContainerLost("gone")] * 6)
    async with open_evaluations(settings, failing) as evaluations:
        found = await judged(evaluations, [addition], p0_right="    return a + b\n")
    outcome = found["p0_right"]
    assert (outcome.state, outcome.verdict, outcome.attempts) == (State.UNJUDGED, None, 2)
    assert outcome.reason == "we failed 2 times, at last: gone"


async def test_an_engine_that_is_away_is_waited_for(
    pool: Pool, settings: Settings, addition: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evaluator.daemon.worker.AWAY_SECONDS", 0.1)
    failing = Failing(pool, *[EngineUnavailable("away")] * 5)
    async with open_evaluations(settings, failing) as evaluations:
        found = await judged(evaluations, [addition], p0_right="    return a + b\n")
    assert (found["p0_right"].state, found["p0_right"].attempts) == (State.JUDGED, 1), "no evaluation's doing"


async def test_what_was_not_begun_is_given_back_at_the_end(pool: Pool, settings: Settings, addition: Problem) -> None:
    database = Database(settings.database.get_secret_value())
    async with open_evaluations(settings, pool) as evaluations:
        entries = tuple(
            Entry(task_id="Test/0", completion=f"    import time\n    time.sleep({n})\n    return a + b\n", key=str(n))
            for n in (2, 0)
        )
        await evaluations.submit(Submission(evaluations=entries, problems=(addition,), batch="slow"))
        await until_running(database)
    states = records.progress(database, "local:", "slow").states
    assert (states[State.RUNNING], states[State.WAITING]) == (0, 1), "the first was finished, the second not begun"
    database.close()


async def test_a_defect_ends_the_worker_and_not_the_evaluation(
    pool: Pool, settings: Settings, addition: Problem
) -> None:
    class Defect(Exception):
        pass

    failing = Failing(pool, Defect())  # type: ignore[arg-type]  # nobody expects it: that is the point
    database = Database(settings.database.get_secret_value())
    with pytest.raises(Defect):
        await submit_and_wait(settings, failing, addition)
    assert records.progress(database, "local:", "b").states[State.RUNNING] == 1
    worker = Worker(database, pool, settings, 1)
    working = asyncio.create_task(worker.work())
    found = [outcome async for outcome in Local(database, settings).outcomes("b")]
    worker.stop()
    await working
    assert (found[0].state, found[0].attempts) == (State.JUDGED, 2)
    database.close()


async def submit_and_wait(settings: Settings, failing: Failing, addition: Problem) -> None:
    async with open_evaluations(settings, failing) as evaluations:
        entry = Entry(task_id="Test/0", completion="    return a + b\n", key="x")
        await evaluations.submit(Submission(evaluations=(entry,), problems=(addition,), batch="b"))
        await asyncio.sleep(3)
