"""A validator killed with -9, wherever it happens to be, goes on with its round and does nothing twice."""

import random
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from chain import identity
from lovelace.rehearsal.answers import secret
from lovelace.rehearsal.network import TEMPO, Network, create_keys, open_network
from miner.engines.scripted import AnswerBook
from validator.protocol import Plan, Round
from validator.scoring import score
from validator.store import Store
from validator.weights import weigh

SEED, PROBLEMS, SAMPLES = 11, 5, 4
SKILLS = (0.3, 0.8)
COMPLETIONS = len(SKILLS) * PROBLEMS * SAMPLES
ALL_ANSWERED = 3 * COMPLETIONS // 2
"""With fewer rows (of completions and verdicts) than this a miner may still owe us an answer."""
PLAN = Plan(SEED, PROBLEMS, SAMPLES, 60.0)
POINTS = [random.Random(f"{SEED}/{tenth}").randrange(tenth, tenth + 10) for tenth in range(1, 2 * COMPLETIONS - 10, 10)]
"""Kill when there are so many completions and verdicts."""

Lovelace = Callable[..., "subprocess.CompletedProcess[str]"]
Begin = Callable[..., "subprocess.Popen[str]"]
WaitUntil = Callable[..., None]
Verdicts = Mapping[tuple[int, str], tuple[str, ...]]


@dataclass(frozen=True)
class Scene:
    """One database of a validator in a network whose miners stay alive."""

    network: Network
    database: Path
    lovelace: Lovelace
    begin: Begin
    wait_until: WaitUntil
    containers_of: Callable[[int], list[str]]

    @property
    def hotkey(self) -> str:
        return identity.load(self.network.validator_key).hotkey

    @property
    def command(self) -> tuple[object, ...]:
        files = ("--key", self.network.validator_key, "--ledger", self.network.ledger_path, "--database", self.database)
        size = ("--problems", PROBLEMS, "--samples", SAMPLES, "--seed", SEED)
        return ("validator", "run", *files, *size, "--rounds", 1)

    def count(self, question: str) -> int:
        """The number that the database answers; -1 while it cannot."""
        try:
            with closing(sqlite3.connect(f"file:{self.database}?mode=rw", uri=True)) as connection:
                return int(connection.execute(question).fetchone()[0])
        except sqlite3.OperationalError:
            return -1

    def rows(self) -> int:
        """How far the round is: its completions and verdicts, or -1 while there are no tables."""
        return self.count("SELECT (SELECT count(*) FROM completion) + (SELECT count(*) FROM verdict)")

    def reached(self, rows: int) -> bool:
        return self.rows() >= rows

    def weights_recorded(self) -> bool:
        return self.count("SELECT count(*) FROM weight") > 0

    def weights_set(self) -> bool:
        return set(self.network.ledger.weights(self.hotkey)) == set(self.network.skills)

    def last_update(self) -> int:
        """The block in which the validator last set weights."""
        neuron = self.network.ledger.metagraph().by_hotkey(self.hotkey)
        assert neuron is not None
        return neuron.last_update

    def judged(self) -> dict[Any, Any]:
        """Every verdict with its facts: a completion that was run again would have others."""
        question = "SELECT completion_id, verdict, facts FROM verdict JOIN execution USING (completion_id)"
        with closing(sqlite3.connect(self.database)) as connection:
            return {row[0]: row[1:] for row in connection.execute(question)}

    def finish(self) -> "subprocess.CompletedProcess[str]":
        done = self.lovelace(*self.command)
        assert done.returncode == 0, done.stderr
        return done

    def kill(self, when: Callable[[], object], what: str) -> dict[Any, Any]:
        """Start the validator, kill it at that moment, and return what was judged by then."""
        with self.running() as process:
            self.wait_until(lambda: when() or process.poll() is not None, what)
            process.send_signal(signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL, f"it ended before: {what}"
        self.wait_until(lambda: not self.containers_of(process.pid), "no container is left", 10)
        return self.judged() if self.rows() >= 0 else {}

    def kill_at_once(self) -> dict[Any, Any]:
        """Start the validator, and kill it while it looks for problems that it can use."""
        with self.running() as process:
            self.wait_until(lambda: self.containers_of(process.pid), "there is a container")
            process.kill()
            process.wait()
        self.wait_until(lambda: not self.containers_of(process.pid), "no container is left", 10)
        return self.judged()

    @contextmanager
    def running(self) -> "Iterator[subprocess.Popen[str]]":
        process = self.begin(*self.command)
        try:
            yield process
        finally:
            process.kill()
            process.communicate()


@pytest.fixture(scope="module")
def network(
    books_of: Callable[[Plan, Sequence[str]], list[AnswerBook]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Network]:
    folder = tmp_path_factory.mktemp("network")
    books = books_of(PLAN, create_keys(folder, len(SKILLS), SEED))
    with open_network(folder, SKILLS, books, SEED) as made:
        yield made


@pytest.fixture
def scene(
    network: Network,
    tmp_path: Path,
    lovelace: Lovelace,
    begin: Begin,
    wait_until: WaitUntil,
    containers_of: Callable[[int], list[str]],
) -> Scene:
    made = Scene(network, tmp_path / "validator.db", lovelace, begin, wait_until, containers_of)
    Store(made.database, secret(SEED)).close()
    network.ledger.skip(TEMPO)
    network.ledger.set_weights(made.hotkey, {0: 1.0})  # the row of an earlier test tells us nothing
    network.ledger.skip(TEMPO)
    return made


@pytest.fixture(scope="module")
def undisturbed(network: Network, lovelace: Lovelace, tmp_path_factory: pytest.TempPathFactory) -> Verdicts:
    folder = tmp_path_factory.mktemp("undisturbed")
    Store(folder / "validator.db", secret(SEED)).close()
    files = ("--key", network.validator_key, "--ledger", network.ledger_path, "--database", folder / "validator.db")
    size = ("--problems", PROBLEMS, "--samples", SAMPLES, "--seed", SEED)
    done = lovelace("validator", "run", *files, *size, "--rounds", 1)
    assert done.returncode == 0, done.stderr
    return verdicts_of(folder / "validator.db")


def verdicts_of(database: Path) -> Verdicts:
    with closing(Store(database)) as store:
        (round_,) = store.rounds()
        return {(r.miner.uid, r.task_id): tuple(v.status for v in r.verdicts) for r in store.results(round_)}


def check(scene: Scene, undisturbed: Verdicts, *killed_with: dict[Any, Any]) -> None:
    """One finished round with the undisturbed verdicts, each reached once, and the weights that follow from them."""
    assert verdicts_of(scene.database) == undisturbed
    for table in ("completion", "execution", "verdict"):
        assert scene.count(f"SELECT count(*) FROM {table}") == COMPLETIONS, table
    assert scene.count("SELECT count(*) FROM (SELECT DISTINCT request_id, sample FROM completion)") == COMPLETIONS
    assert scene.count("SELECT count(*) FROM request") == len(SKILLS) * PROBLEMS
    assert scene.count("SELECT count(*) FROM completion WHERE unjudged IS NOT NULL") == 0
    judged = scene.judged()
    for before in killed_with:
        assert before.items() <= judged.items(), "something was judged again"
    with closing(Store(scene.database)) as store:
        assert store.unfinished() is None
        round_ = Round(1, PLAN)
        assert store.rounds() == (round_,)
        weights = weigh(score(store.results(round_), SAMPLES, PLAN.shares))
        assert store.weights(round_) == weights
    assert sum(weights.values()) == pytest.approx(1.0, abs=1e-9)
    assert scene.network.ledger.weights(scene.hotkey) == pytest.approx(weights, abs=1e-4)


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Nobody else writes to ``database`` meanwhile: whoever wants to stands still."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


def test_the_undisturbed_round_has_something_to_tell(undisturbed: Verdicts) -> None:
    statuses = [status for own in undisturbed.values() for status in own]
    assert len(statuses) == COMPLETIONS
    assert {"passed", "failed"} <= set(statuses)


def test_killed_in_the_middle_of_judging(scene: Scene, undisturbed: Verdicts) -> None:
    before = scene.kill(lambda: scene.reached(ALL_ANSWERED), "half of the verdicts")
    assert 0 < len(before) < COMPLETIONS
    scene.finish()
    check(scene, undisturbed, before)


@pytest.mark.heavy
@pytest.mark.parametrize("point", POINTS)
def test_killed_at_a_point_of_the_round(scene: Scene, undisturbed: Verdicts, point: int) -> None:
    before = scene.kill(lambda: scene.reached(point), f"{point} completions and verdicts")
    scene.finish()
    check(scene, undisturbed, before)


@pytest.mark.heavy
def test_killed_before_the_first_row(scene: Scene, undisturbed: Verdicts) -> None:
    scene.kill_at_once()
    assert scene.count("SELECT count(*) FROM round") == 0
    scene.finish()
    check(scene, undisturbed)


@pytest.mark.heavy
def test_killed_when_weights_are_recorded_but_not_set(scene: Scene, undisturbed: Verdicts) -> None:
    with scene.running() as process:
        scene.wait_until(lambda: scene.reached(ALL_ANSWERED), "most verdicts")
        with locked(scene.network.ledger_path):
            scene.wait_until(scene.weights_recorded, "weights are recorded", 15)
            process.kill()
            process.wait()
    assert not scene.weights_set()
    before = scene.judged()
    scene.finish()
    check(scene, undisturbed, before)


@pytest.mark.heavy
def test_killed_when_weights_are_set_but_the_round_is_not_finished(scene: Scene, undisturbed: Verdicts) -> None:
    with scene.running() as process, ExitStack() as ledger_lock, ExitStack() as database_lock:
        scene.wait_until(lambda: scene.reached(ALL_ANSWERED), "most verdicts")
        ledger_lock.enter_context(locked(scene.network.ledger_path))
        scene.wait_until(scene.weights_recorded, "weights are recorded", 15)
        database_lock.enter_context(locked(scene.database))
        ledger_lock.close()
        scene.wait_until(scene.weights_set, "weights are set", 15)
        process.kill()
        process.wait()
    before = scene.judged()
    last_update = scene.last_update()
    scene.network.ledger.skip(1)
    assert "no weights set" not in scene.finish().stdout
    assert scene.last_update() == last_update, "they were set again"
    check(scene, undisturbed, before)


@pytest.mark.heavy
def test_killed_again_and_again_in_one_round(scene: Scene, undisturbed: Verdicts) -> None:
    snapshots = [scene.kill_at_once()]
    for point in POINTS:
        snapshots.append(scene.kill(partial(scene.reached, point), f"{point} completions and verdicts"))
    scene.finish()
    check(scene, undisturbed, *snapshots)
