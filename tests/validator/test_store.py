"""The database: nothing twice, nothing lost, and whatever is not ours is refused."""

import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from chain import identity
from chain.ledger import Ledger
from evaluator.judging import Judgement
from evaluator.protocol import Verdict
from validator.dispatch import Reply, seed_of
from validator.errors import StateProblem
from validator.problems.protocol import Kind, Recipe
from validator.protocol import Miner, Plan, Request, Round, Sent, Stored
from validator.scoring import score
from validator.store import Store
from validator.weights import weigh

MakeMiner = Callable[[int], Miner]
MakeVerdict = Callable[[bool], Verdict]
MakeJudgement = Callable[[bool], Judgement]

PLAN = Plan(seed=7, problems=2, samples=2, deadline_seconds=30.0)
ANSWER = Reply(Sent.ANSWERED, ("first", "second"), 0.25)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "validator.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with closing(Store(path)) as opened:
        yield opened


@pytest.fixture
def planned(store: Store, miner: MakeMiner, recipes: tuple[Recipe, ...]) -> Round:
    """Two miners, two problems."""
    return store.plan(PLAN, [miner(1), miner(2)], recipes[:2])


@pytest.fixture
def judgement(verdict: MakeVerdict) -> MakeJudgement:
    return lambda passed: Judgement("code", None, verdict(passed))


def dump(path: Path) -> list[str]:
    """Everything that the database holds."""
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def first_request(store: Store, round_: Round) -> Request:
    return store.requests(round_)[0]


def answered(store: Store, round_: Round) -> tuple[Stored, ...]:
    """The completions of the first request, once it was answered."""
    request = first_request(store, round_)
    store.record_reply(request, ANSWER)
    return store.awaiting(round_, request.miner)


def test_a_round_is_planned_whole(store: Store, planned: Round, recipes: tuple[Recipe, ...]) -> None:
    requests = store.requests(planned)
    assert [(r.miner.uid, r.task_id) for r in requests] == [(u, one.name) for u in (1, 2) for one in recipes[:2]]
    assert [r.seed for r in requests] == [seed_of(7, r.miner.uid, r.task_id) for r in requests]
    assert planned.plan == PLAN
    assert store.unfinished() == planned


def test_a_problem_planned_twice_plans_nothing(
    store: Store, path: Path, miner: MakeMiner, recipes: tuple[Recipe, ...]
) -> None:
    before = dump(path)
    with pytest.raises(StateProblem, match="UNIQUE"):
        store.plan(PLAN, [miner(1)], [recipes[0], recipes[0]])
    assert dump(path) == before
    assert store.rounds() == ()


def test_a_reply_is_recorded_once(store: Store, planned: Round, path: Path) -> None:
    request = first_request(store, planned)
    store.record_reply(request, ANSWER)
    before = dump(path)
    for again in (ANSWER, Reply(Sent.FAILED, error="a second thought"), Reply(Sent.ANSWERED, ("one", "two", "three"))):
        with pytest.raises(StateProblem, match="already"):
            store.record_reply(request, again)
        assert dump(path) == before


def test_a_judgement_is_recorded_once(store: Store, planned: Round, path: Path, judgement: MakeJudgement) -> None:
    completion = answered(store, planned)[0]
    store.record_judgement(completion, judgement(False))
    before = dump(path)
    with pytest.raises(StateProblem, match="UNIQUE"):
        store.record_judgement(completion, judgement(True))
    assert dump(path) == before


def test_what_belongs_to_nothing_is_not_recorded(
    store: Store, planned: Round, path: Path, judgement: MakeJudgement
) -> None:
    before = dump(path)
    with pytest.raises(StateProblem, match="FOREIGN KEY"):
        store.record_judgement(Stored(99, "HumanEval/0", "text"), judgement(True))
    assert dump(path) == before


def test_answered_requests_are_no_longer_pending(store: Store, planned: Round) -> None:
    request = first_request(store, planned)
    store.record_reply(request, Reply(Sent.FAILED, error="did not answer"))
    assert request not in store.pending(planned, request.miner)
    assert len(store.pending(planned, request.miner)) == 1
    assert len(store.requests(planned)) == 4


def test_judged_and_unjudged_completions_no_longer_wait(store: Store, planned: Round, judgement: MakeJudgement) -> None:
    first, second = answered(store, planned)
    store.record_judgement(first, judgement(True))
    assert store.awaiting(planned, first_request(store, planned).miner) == (second,)
    store.record_unjudged(second, "three containers were lost")
    assert store.awaiting(planned, first_request(store, planned).miner) == ()


def test_results_tell_everything(store: Store, planned: Round, judgement: MakeJudgement) -> None:
    first, second = answered(store, planned)
    store.record_judgement(first, judgement(True))
    store.record_unjudged(second, "lost")
    store.record_reply(store.requests(planned)[1], Reply(Sent.OVERLOADED, error="busy"))
    results = store.results(planned)
    assert [r.sent for r in results] == [Sent.ANSWERED, Sent.OVERLOADED, Sent.PENDING, Sent.PENDING]
    assert (results[0].latency_seconds, results[0].unjudged) == (0.25, 1)
    assert [verdict.passed for verdict in results[0].verdicts] == [True]
    assert (results[1].error, results[1].verdicts, results[1].unjudged) == ("busy", (), 0)


def test_reopening_finds_everything(store: Store, planned: Round, path: Path, judgement: MakeJudgement) -> None:
    first, second = answered(store, planned)
    store.record_judgement(first, judgement(True))
    found = score(store.results(planned), PLAN.samples, PLAN.shares)
    store.record_scores(planned, found, weigh(found))
    with closing(Store(path)) as again:
        assert again.unfinished() == planned
        assert again.requests(planned) == store.requests(planned)
        assert again.results(planned) == store.results(planned)
        assert again.awaiting(planned, first_request(again, planned).miner) == (second,)
        assert again.weights(planned) == {1: 1.0, 2: 0.0}
        again.finish(planned)
    assert store.unfinished() is None
    assert store.rounds() == (planned,)


def test_scores_written_again_replace_themselves(
    store: Store, planned: Round, path: Path, judgement: MakeJudgement
) -> None:
    for completion in answered(store, planned):
        store.record_judgement(completion, judgement(True))
    found = score(store.results(planned), PLAN.samples, PLAN.shares)
    store.record_scores(planned, found, weigh(found))
    before = dump(path)
    store.record_scores(planned, found, weigh(found))
    assert dump(path) == before


def test_rounds_do_not_mix(
    store: Store,
    planned: Round,
    miner: MakeMiner,
    recipes: tuple[Recipe, ...],
    judgement: MakeJudgement,
) -> None:
    store.record_judgement(answered(store, planned)[0], judgement(True))
    store.finish(planned)
    following = store.plan(PLAN, [miner(1)], recipes[:1])
    assert store.unfinished() == following
    assert store.awaiting(following, miner(1)) == ()
    assert len(store.pending(following, miner(1))) == 1
    assert [result.verdicts for result in store.results(following)] == [()]
    assert store.weights(following) == {}
    assert len(store.results(planned)) == 4


def test_the_chains_tables_in_the_same_process_stay_apart(
    store: Store, planned: Round, path: Path, tmp_path: Path
) -> None:
    with Ledger.create(tmp_path / "ledger.db") as ledger:
        ledger.register(identity.create(tmp_path / "key").hotkey, "cold")
    assert tables(path) == {
        "secret", "round", "problem", "request", "completion", "execution", "verdict", "score", "kind_score", "weight"
    }  # fmt: skip
    assert not tables(path) & tables(tmp_path / "ledger.db")


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    path.write_text("not a database at all, however long it is made to be" * 50)
    before = path.read_bytes()
    with pytest.raises(StateProblem, match=rf"{path.name} cannot be used .* not a database"):
        Store(path)
    assert path.read_bytes() == before


def test_a_place_that_cannot_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StateProblem, match="unable to open"):
        Store(tmp_path / "nowhere" / "validator.db")


def test_somebody_elses_tables_are_refused_and_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE round (score INTEGER)")
    before = dump(path)
    with pytest.raises(StateProblem, match="move the file away"):
        Store(path)
    assert dump(path) == before


@pytest.mark.parametrize("version", [1, 99])
def test_a_database_of_another_version_is_refused(path: Path, version: int) -> None:
    Store(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    with pytest.raises(StateProblem, match=rf"version {version}, expected 2.*move the file away"):
        Store(path)


def test_a_database_that_was_half_made_is_finished(path: Path) -> None:
    Store(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE weight")
        connection.execute("DELETE FROM secret")
        connection.commit()
    Store(path).close()
    assert "weight" in tables(path)


def test_the_secret_is_made_once_and_for_the_owner_alone(path: Path, tmp_path: Path) -> None:
    with closing(Store(path)) as store, closing(Store(tmp_path / "other.db")) as other:
        assert len(store.secret) == 32
        assert store.secret != other.secret
        with closing(Store(path, b"too late")) as again:
            assert again.secret == store.secret
        assert [stat.S_IMODE(file.stat().st_mode) for file in tmp_path.glob("validator.db*")] == [0o600] * 3
    with closing(Store(tmp_path / "told.db", b"told")) as told:
        assert told.secret == b"told"


def test_recipes_come_back_as_they_were(store: Store, planned: Round, recipes: tuple[Recipe, ...]) -> None:
    assert store.recipes(planned) == {recipe.name: recipe for recipe in recipes[:2]}
    assert [request.kind for request in store.requests(planned)] == [recipe.kind for recipe in recipes[:2]] * 2


def test_the_parts_of_a_score_are_kept(store: Store, planned: Round, path: Path, judgement: MakeJudgement) -> None:
    for completion in answered(store, planned):
        store.record_judgement(completion, judgement(True))
    translation = next(request for request in store.requests(planned) if request.kind is Kind.TRANSLATION)
    store.record_reply(translation, Reply(Sent.LEFT_OUT))
    found = score(store.results(planned), PLAN.samples, PLAN.shares)
    store.record_scores(planned, found, weigh(found))
    question = "SELECT uid, kind, quality, problems, left_out FROM kind_score ORDER BY uid, kind"
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute(question).fetchall() == [
            (1, "GENERATION", 1.0, 1, 0), (1, "TRANSLATION", 0.0, 0, 1),
            (2, "GENERATION", 0.0, 0, 0), (2, "TRANSLATION", 0.0, 0, 0),
        ]  # fmt: skip
