"""The database: nothing twice, nothing lost, and whatever is not ours is refused."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from chain import identity
from chain.ledger import Ledger
from evaluator.judging import Judgement
from evaluator.protocol import Problem, Verdict
from validator.dispatch import Reply, seed_of
from validator.errors import StateProblem
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
def planned(store: Store, miner: MakeMiner, problems: tuple[Problem, ...]) -> Round:
    """Two miners, two problems."""
    return store.plan(PLAN, [miner(1), miner(2)], problems[:2])


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


def test_a_round_is_planned_whole(store: Store, planned: Round, problems: tuple[Problem, ...]) -> None:
    requests = store.requests(planned)
    assert [(r.miner.uid, r.task_id) for r in requests] == [(u, p.task_id) for u in (1, 2) for p in problems[:2]]
    assert [r.seed for r in requests] == [seed_of(7, r.miner.uid, r.task_id) for r in requests]
    assert planned.plan == PLAN
    assert store.unfinished() == planned


def test_a_problem_planned_twice_plans_nothing(
    store: Store, path: Path, miner: MakeMiner, problems: tuple[Problem, ...]
) -> None:
    before = dump(path)
    with pytest.raises(StateProblem, match="UNIQUE"):
        store.plan(PLAN, [miner(1)], [problems[0], problems[0]])
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
    found = score(store.results(planned), PLAN.samples)
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
    found = score(store.results(planned), PLAN.samples)
    store.record_scores(planned, found, weigh(found))
    before = dump(path)
    store.record_scores(planned, found, weigh(found))
    assert dump(path) == before


def test_rounds_do_not_mix(
    store: Store,
    planned: Round,
    miner: MakeMiner,
    problems: tuple[Problem, ...],
    judgement: MakeJudgement,
) -> None:
    store.record_judgement(answered(store, planned)[0], judgement(True))
    store.finish(planned)
    following = store.plan(PLAN, [miner(1)], problems[:1])
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
    assert tables(path) == {"round", "request", "completion", "execution", "verdict", "score", "weight"}
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


def test_somebody_elses_table_of_the_same_name_is_one_clear_error(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE round (score INTEGER)")
    with closing(Store(path)) as opened, pytest.raises(StateProblem, match="no such column"):
        opened.unfinished()
