"""What a miner is asked: the whole prompt, in several wrappers, with a seed of its own. Its failures are replies."""

from itertools import product

import pytest

from evaluator.protocol import Problem
from miner.engines.scripted import AnswerBook, Entry
from miner.errors import MinerError, MinerMisbehaved, MinerOverloaded, MinerRefused, MinerTimedOut, MinerUnavailable
from validator.dispatch import no_answer, phrase, seed_of
from validator.problems.protocol import Kind
from validator.protocol import Sent

MANY = range(60)


@pytest.mark.parametrize("kind", Kind)
def test_every_wrapper_holds_every_statement_as_it_is(problems: tuple[Problem, ...], kind: Kind) -> None:
    for problem, seed in product(problems[:20], MANY):
        (message,) = phrase(problem, kind, seed, 1).messages
        assert problem.prompt.strip("\n") in message.content
        assert message.role == "user"


@pytest.mark.parametrize("kind", Kind)
def test_a_statement_that_comes_again_is_wrapped_in_other_words(problems: tuple[Problem, ...], kind: Kind) -> None:
    spoken = {phrase(problems[0], kind, seed_of(round_, 7, "task"), 1).messages[0].content for round_ in MANY}
    assert len(spoken) >= 15


def test_what_is_shown_is_the_statement_where_there_is_one(problems: tuple[Problem, ...]) -> None:
    stated = problems[0].model_copy(update={"shown": "Write `f`.\n"})
    text = phrase(stated, Kind.GENERATION, 1, 1).messages[0].content
    assert "Write `f`." in text
    assert problems[0].prompt not in text


def test_braces_in_a_prompt_are_left_alone(problems: tuple[Problem, ...]) -> None:
    braced = problems[0].model_copy(update={"prompt": "def f():\n    return {prompt} {0} {}"})
    assert all(braced.prompt in phrase(braced, Kind.REPAIR, seed, 1).messages[0].content for seed in MANY)


def test_nothing_but_the_prompt_is_shown(problems: tuple[Problem, ...]) -> None:
    secret = problems[0].model_copy(update={"canonical_solution": "    SOLUTION", "tests": "TESTS"})
    sent = phrase(secret, Kind.GENERATION, 3, 5).model_dump_json()
    assert "SOLUTION" not in sent
    assert "TESTS" not in sent
    assert problems[0].task_id not in sent


def test_a_scripted_miner_knows_what_it_is_asked(problems: tuple[Problem, ...]) -> None:
    entries = [Entry(task_id=p.task_id, prompt=p.prompt, right="r", wrong="w") for p in problems]
    book = AnswerBook(entries=tuple(entries))
    for problem, seed in product(problems[:40], range(8)):
        found = book.find(phrase(problem, Kind.GENERATION, seed, 1).messages[0].content)
        assert found is not None
        assert found.task_id == problem.task_id


def test_a_request_carries_its_samples_and_its_seed(problems: tuple[Problem, ...]) -> None:
    asked = phrase(problems[0], Kind.REFACTORING, 77, 5)
    assert (asked.n, asked.seed) == (5, 77)
    assert asked.max_tokens > phrase(problems[0], Kind.BUG_DETECTION, 77, 5).max_tokens


def test_seeds_differ_between_rounds_miners_and_tasks_and_nowhere_else() -> None:
    keys = list(product((1, 2), range(50), (f"HumanEval/{number}" for number in range(50))))
    seeds = [seed_of(*key) for key in keys]
    assert seeds == [seed_of(*key) for key in keys]
    assert len(set(seeds)) == len(keys)
    assert all(0 <= seed < 2**31 for seed in seeds)


def test_the_seed_of_a_request_never_changes() -> None:
    assert seed_of(1, 2, "HumanEval/3") == 2076373457


@pytest.mark.parametrize(
    "error",
    [
        MinerUnavailable("down"),
        MinerTimedOut("late"),
        MinerRefused("no", status=403),
        MinerMisbehaved("odd"),
    ],
)
def test_a_failure_is_a_reply_that_says_why(error: MinerError) -> None:
    reply = no_answer(error)
    assert (reply.sent, reply.error, reply.completions, reply.latency_seconds) == (Sent.FAILED, str(error), (), None)


def test_overload_is_counted_apart() -> None:
    assert no_answer(MinerOverloaded("busy", retry_after_seconds=1)).sent is Sent.OVERLOADED
