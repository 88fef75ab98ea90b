"""Submissions: as a whole or not at all, the same however often they are sent, and no more than there is room for."""

from collections.abc import Callable

import pytest
from pydantic import ValidationError

from evaluator.daemon import intake, records
from evaluator.daemon.errors import KeyTaken, NothingSuch
from evaluator.daemon.protocol import MOST_AT_ONCE, Accepted, Entry, State, Submission
from evaluator.daemon.store import Database
from evaluator.protocol import Problem
from sandbox.errors import BadRequest, QueueFull

Submit = Callable[..., Accepted]


def test_a_submission_sent_again_asks_for_nothing_new(database: Database, submit: Submit) -> None:
    first = submit("x", "y")
    again = submit("x", "y")
    assert (first.new, again.new) == (2, 0)
    assert first.evaluations == again.evaluations
    more = submit("y", "z")
    assert (more.new, more.evaluations[0]) == (1, first.evaluations[1])
    assert records.progress(database, "key:alice", "b").total == 3


def test_a_key_stands_for_one_thing(database: Database, submit: Submit) -> None:
    submit("x")
    with pytest.raises(KeyTaken, match="'x'"):
        submit("new", "x", completion="something else")
    assert records.progress(database, "key:alice", "b").total == 1, "nothing of it was accepted"


def test_names_are_each_submitters_own(database: Database, submit: Submit) -> None:
    (mine,) = submit("x").evaluations
    (theirs,) = submit("x", submitter="key:bob", completion="theirs").evaluations
    assert mine != theirs
    for look in (records.evaluation, records.cancel):
        with pytest.raises(NothingSuch):
            look(database, "key:bob", mine)
    with pytest.raises(NothingSuch):
        records.progress(database, "key:eve", "b")


def test_one_submitter_leaves_room_for_the_next(database: Database, submit: Submit) -> None:
    submit(*map(str, range(50)), most=100)
    with pytest.raises(QueueFull) as caught:
        submit("one more", most=100)
    assert 1 <= caught.value.retry_after <= intake.LONGEST_ADVICE_SECONDS
    assert submit("theirs", submitter="key:bob", most=100).new == 1
    assert submit("0", most=100).new == 0, "what is there already needs no room"


def test_as_many_as_a_request_may_have_are_accepted_at_once(database: Database, addition: Problem) -> None:
    entries = tuple(Entry(task_id="Test/0", completion=f"return {n}", key=str(n)) for n in range(MOST_AT_ONCE))
    submission = Submission(evaluations=entries, problems=(addition,), batch="large")
    accepted = intake.accept(database, intake.prepare("key:alice", submission), 2 * MOST_AT_ONCE)
    assert accepted.new == len(set(accepted.evaluations)) == MOST_AT_ONCE
    assert records.progress(database, "key:alice", "large").states[State.WAITING] == MOST_AT_ONCE
    assert intake.accept(database, intake.prepare("key:alice", submission), 1).evaluations == accepted.evaluations
    problems = database.read(lambda tables: tables.value("SELECT count(*) FROM problem"))
    assert problems == 1


def test_what_is_wrong_is_named(addition: Problem) -> None:
    entry = Entry(task_id="Test/0", completion="", key="x")
    for entries, complaint in [
        ((entry, Entry(task_id="Test/1", completion="")), "evaluations.1.task_id: .*'Test/1'"),
        ((entry, entry), "evaluations.1.key: 'x'"),
    ]:
        with pytest.raises(BadRequest, match=complaint):
            intake.prepare("key:alice", Submission(evaluations=entries, problems=(addition,)))
    for benchmark, complaint in [("nonsense", "nonsense"), ("mbpp+", "no revision of mbpp\\+ is pinned")]:
        with pytest.raises(BadRequest, match=complaint):
            intake.prepare("key:alice", Submission(evaluations=(entry,), benchmark=benchmark))


def test_a_benchmark_brings_its_problems() -> None:
    entry = Entry(task_id="HumanEval/0", completion="")
    assert intake.prepare("key:alice", Submission(evaluations=(entry,), benchmark="humaneval")).problems


@pytest.mark.parametrize("name", ["", "new\nline", "n" * 201, "\0", "\ud800"])
def test_names_are_short_and_printable(name: str) -> None:
    entry = Entry(task_id="t", completion="")
    with pytest.raises(ValidationError):
        Entry(task_id="t", completion="", key=name)
    with pytest.raises(ValidationError):
        Entry(task_id=name, completion="")
    with pytest.raises(ValidationError):
        Submission(evaluations=(entry,), batch=name)


@pytest.mark.parametrize("name", ["a/b", "..", "a b", "a?b", "a\n"])
def test_a_batchs_name_is_part_of_an_address(name: str) -> None:
    with pytest.raises(ValidationError):
        Submission(evaluations=(Entry(task_id="t", completion=""),), batch=name)
