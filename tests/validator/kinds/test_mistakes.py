"""Copies with a mistake: one in each, shown by a case, and none like another."""

from evaluator.graders.types import Kind
from validator.problems.kinds.mistakes import mistakes
from validator.problems.synthesis import synthesise
from validator.problems.synthesis.evaluating import Evaluator


def test_each_gives_another_value_for_the_cases_that_tell_it_and_for_no_others() -> None:
    for seed in range(8):
        made = synthesise(seed, 2 + seed % 7, b"v")
        for mistake in mistakes(made, 8):
            evaluate = Evaluator(mistake.program)
            cases = enumerate((*made.examples, *made.hidden))
            told = {number for number, (arguments, result) in cases if evaluate(*arguments) != result}
            assert told == mistake.told_by
            assert told


def test_no_two_are_alike_and_the_same_come_each_time() -> None:
    made = synthesise(3, 5, b"v")
    found = mistakes(made, 10)
    assert len({one.source for one in found} | {made.reference("python")}) == len(found) + 1
    assert found == mistakes(made, 10)
    assert mistakes(made, 3) != found


def test_types_stay_what_they_were() -> None:
    for seed in range(8):
        made = synthesise(seed, 4, b"v")
        if made.result.kind is Kind.INT:
            assert all(type(Evaluator(one.program)(*made.hidden[0][0])) is int for one in mistakes(made, 8))
