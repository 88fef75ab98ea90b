"""The queue: whose turn it is, and that each evaluation is recorded once, whoever dies."""

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable

import pytest

from evaluator.daemon import facts, queue, records
from evaluator.daemon.protocol import Accepted, Lane, State
from evaluator.daemon.queue import Claim, Claimed, Fault, Result
from evaluator.daemon.store import Database
from evaluator.protocol import Grader, Status, Verdict

Submit = Callable[..., Accepted]
VERDICT = Verdict(
    status=Status.PASSED,
    detail="",
    calls=1,
    cpu_seconds=0.1,
    wall_seconds=0.1,
    peak_memory_bytes=1,
    grader=Grader.SPLIT,
).model_dump_json()


def result(claim: Claim, one: Claimed) -> Result:
    return Result(
        token=claim.token, evaluation=one.id, batch_id=one.batch_id, state=State.JUDGED, attempts=one.attempts,
        seconds=0.1, status="passed", verdict=VERDICT, code=b"x = 1\0", facts=None,
    )  # fmt: skip


def taken(database: Database, most: int = 64, seconds: float = 60) -> Claim:
    claim = queue.claim(database, most, seconds)
    assert claim is not None
    return claim


def record(database: Database, claim: Claim, worker: str = "w") -> set[int]:
    return queue.record(database, worker, [result(claim, one) for one in claim.evaluations])


def states(database: Database, submitter: str = "key:alice", batch: str = "b") -> dict[State, int]:
    found = records.progress(database, submitter, batch).states
    return {state: number for state, number in found.items() if number}


def expire_all(database: Database, attempts: int = 20) -> int:
    database.write(lambda tables: tables.run("UPDATE ticket SET until = 0 WHERE claim IS NOT NULL"))
    return queue.expire(database, attempts)


def test_what_is_claimed_is_recorded_and_told(database: Database, submit: Submit) -> None:
    accepted = submit("x", "y", completion="nul \0 \u2028 end")
    assert states(database) == {State.WAITING: 2}
    claim = taken(database)
    assert [one.completion for one in claim.evaluations] == ["nul \0 \u2028 end"] * 2
    assert states(database) == {State.RUNNING: 2}
    assert record(database, claim) == set(accepted.evaluations)
    assert states(database) == {State.JUDGED: 2}
    page = records.outcomes(database, "key:alice", "b", 0, 10)
    assert page.done
    assert [(one.key, one.verdict and one.verdict.passed) for one in page.outcomes] == [("x", True), ("y", True)]
    assert records.outcomes(database, "key:alice", "b", page.outcomes[0].number, 10).outcomes == page.outcomes[1:]
    assert records.evaluation(database, "key:alice", accepted.evaluations[0]).code == "x = 1\0"


def test_nothing_waits_in_an_empty_queue(database: Database) -> None:
    assert queue.claim(database, 1, 1) is None


def test_a_reason_may_hold_what_tests_wrote(database: Database, submit: Submit) -> None:
    """PostgreSQL takes no NUL: recorded as it is, it would end worker after worker."""
    submit("x")
    claim = taken(database)
    (one,) = claim.evaluations
    queue.record(database, "w", [facts.unjudged(claim.token, one, "the tests said a\0b\nc", 0.1)])
    (outcome,) = records.outcomes(database, "key:alice", "b", 0, 10).outcomes
    assert outcome.reason == "the tests said a\ufffdb\ufffdc"


def test_a_result_is_recorded_once_however_often_it_is_sent(database: Database, submit: Submit) -> None:
    submit("x")
    claim = taken(database)
    assert len(record(database, claim)) == 1
    assert record(database, claim) == set()
    assert records.condition_of(database).outcomes == {"passed": 1}


def test_of_two_workers_that_judged_the_same_one_has_recorded_it(database: Database, submit: Submit) -> None:
    submit("x")
    slow = taken(database)
    assert expire_all(database) == 1
    fast = taken(database)
    assert fast.evaluations[0].attempts == 2
    assert record(database, slow, "slow") == set()
    assert len(record(database, fast, "fast")) == 1
    assert record(database, slow, "slow") == set()
    assert states(database) == {State.JUDGED: 1}


def test_a_stale_result_beside_a_valid_one_takes_no_ticket(database: Database, submit: Submit) -> None:
    """A worker lost its lease, claimed the same anew, and has results of both claims to record."""
    submit("x", "y")
    stale = taken(database)
    expire_all(database)
    valid = taken(database)
    x, y = valid.evaluations
    assert queue.record(database, "w", [result(stale, stale.evaluations[0]), result(valid, y)]) == {y.id}
    assert states(database) == {State.RUNNING: 1, State.JUDGED: 1}
    assert queue.record(database, "w", [result(valid, x)]) == {x.id}


def test_a_claim_that_is_renewed_does_not_expire(database: Database, submit: Submit) -> None:
    accepted = submit("x")
    claim = taken(database, seconds=0.2)
    assert queue.renew(database, [claim.token], 60) == set(accepted.evaluations)
    time.sleep(0.3)
    assert queue.expire(database, 20) == 0
    assert expire_all(database) == 1
    assert queue.renew(database, [claim.token], 60) == set()


def test_what_workers_die_of_again_and_again_is_unjudged(database: Database, submit: Submit) -> None:
    submit("x")
    for _ in range(3):
        taken(database)
        assert expire_all(database, attempts=3) == 1
    assert queue.claim(database, 1, 1) is None
    assert states(database) == {State.UNJUDGED: 1}
    (outcome,) = records.outcomes(database, "key:alice", "b", 0, 10).outcomes
    assert (outcome.reason, outcome.verdict) == ("its workers fell silent 3 times", None)
    assert records.condition_of(database).faults == {"worker_lost": 3}


def test_what_is_given_back_does_not_count_and_comes_again(database: Database, submit: Submit) -> None:
    (number,) = submit("x").evaluations
    claim = taken(database)
    queue.release(database, claim.token, [number])
    assert taken(database).evaluations[0].attempts == 1


def test_a_fault_is_remembered_and_rests(database: Database, submit: Submit) -> None:
    (number,) = submit("x").evaluations
    claim = taken(database)
    queue.fail(database, "w", Fault(claim.token, number, "container_lost", "it went away"))
    assert queue.claim(database, 1, 1) is None, "it rests"
    (fault,) = database.read(records.faults)
    assert (fault.evaluation, fault.code) == (number, "container_lost")
    database.write(lambda tables: tables.run("UPDATE ticket SET due = 0"))
    assert taken(database).evaluations[0].attempts == 2


def test_organic_comes_before_synthetic(database: Database, submit: Submit) -> None:
    submit("s", lane=Lane.SYNTHETIC, batch="synthetic")
    submit("o", batch="organic", submitter="key:bob")
    assert taken(database, 1).submitter == "key:bob"
    assert taken(database, 1).submitter == "key:alice"


def test_submitters_take_turns_however_much_one_has(database: Database, submit: Submit) -> None:
    submit(*map(str, range(400)), most=10_000)
    submit(*map(str, range(20)), submitter="key:bob", most=10_000)
    order = []
    for _ in range(12):
        claim = taken(database, 10)
        order.append(claim.submitter)
        record(database, claim)
    assert Counter(order[:10]) == {"key:alice": 5, "key:bob": 5}
    assert order[10:] == ["key:alice"] * 2


def test_the_last_ones_are_left_for_others_who_are_idle(database: Database, submit: Submit) -> None:
    submit(*map(str, range(20)))
    sizes = [len(taken(database).evaluations) for _ in range(5)]
    assert sizes == [5, 4, 4, 4, 3]


def test_who_wants_one_owners_gets_nothing_in_anothers_turn(database: Database, submit: Submit) -> None:
    submit("x", "y", "z", author="m")
    submit("x", submitter="key:bob")
    claim = taken(database, 1)
    mine, other = ("key:alice", "m"), ("key:bob", "")
    mine, other = (mine, other) if claim.owner == mine else (other, mine)
    found = queue.claim(database, 1, 60, mine)
    assert found is not None
    assert (found.owner, found.evaluations) == (other, ())
    assert State.RUNNING not in states(database, other[0])
    found = queue.claim(database, 1, 60, other)
    assert found is not None
    assert (found.owner, len(found.evaluations)) == (other, 1)


def test_who_has_less_in_work_goes_first(database: Database, submit: Submit) -> None:
    submit(*map(str, range(120)), most=10_000)
    submit(*map(str, range(120)), submitter="key:bob", most=10_000)
    first = taken(database, 30)
    others = [taken(database, 10).submitter for _ in range(3)]
    assert others == [{"key:alice": "key:bob", "key:bob": "key:alice"}[first.submitter]] * 3


def test_a_claim_is_of_one_author(database: Database, submit: Submit) -> None:
    for number in range(6):
        submit(f"{number}", author=f"author {number % 2}")
    claims = [taken(database) for _ in range(2)]
    assert [claim.author for claim in claims] == ["author 0", "author 1"]
    assert [len(claim.evaluations) for claim in claims] == [3, 3]


def test_what_lost_two_workers_is_claimed_alone(database: Database, submit: Submit) -> None:
    submit("x", "y")
    for _ in range(2):
        assert len(taken(database).evaluations) == 2
        expire_all(database)
    submit("new", "newer")
    sizes = [len(taken(database).evaluations) for _ in range(3)]
    assert sizes == [1, 1, 2]


def test_a_claim_holds_only_so_many_bytes(database: Database, submit: Submit) -> None:
    for key in "xyz":
        submit(key, completion="#" * (queue.CLAIM_BYTES // 2))
    assert [len(taken(database).evaluations) for _ in range(2)] == [2, 1]


def test_cancelled_means_for_ever(database: Database, submit: Submit) -> None:
    submit("x", "y", "z")
    claim = taken(database, 2)
    assert records.cancel_batch(database, "key:alice", "b") == 3
    assert queue.renew(database, [claim.token], 60) == set()
    assert record(database, claim) == set()
    assert queue.claim(database, 1, 1) is None
    assert states(database) == {State.CANCELLED: 3}
    assert records.cancel_batch(database, "key:alice", "b") == 0


@pytest.mark.parametrize("workers", [6])
def test_many_workers_that_lose_claims_record_each_once(database: Database, submit: Submit, workers: int) -> None:
    keys = [str(number) for number in range(300)]
    submit(*keys, most=10_000)
    recorded: list[set[int]] = []

    def work(number: int) -> None:
        for turn in itertools.count():
            claim = queue.claim(database, 7, 60)
            if claim is None:
                return
            if number % 2 and turn < 5:
                queue.release(database, claim.token, [one.id for one in claim.evaluations[:3]])
            recorded.append(record(database, claim, f"w{number}"))
            recorded.append(record(database, claim, f"again {number}"))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counts = Counter(number for some in recorded for number in some)
    assert set(counts.values()) == {1}
    assert len(counts) == len(keys)
    assert states(database) == {State.JUDGED: len(keys)}
    numbers = [one.number for one in records.outcomes(database, "key:alice", "b", 0, 1000).outcomes]
    assert numbers == sorted(set(numbers))


def test_a_reader_never_sees_a_number_before_a_smaller_one(database: Database, submit: Submit) -> None:
    """Or whoever asks for what came ``after`` would miss one for ever."""
    submit(*map(str, range(200)), most=10_000)
    done = threading.Event()
    followed: list[int] = []

    def follow() -> None:
        ended = False
        while not ended:
            ended = done.is_set()
            after = followed[-1] if followed else 0
            followed.extend(one.number for one in records.outcomes(database, "key:alice", "b", after, 1000).outcomes)

    def work() -> None:
        while claim := queue.claim(database, 2, 60):
            record(database, claim)

    reader, *writers = [threading.Thread(target=follow), *(threading.Thread(target=work) for _ in range(4))]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join()
    assert len(followed) == 200
