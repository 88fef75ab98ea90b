"""The same function, written otherwise."""

import pytest

from evaluator.graders.types import Kind
from validator.problems.kinds.rewrites import rewritten
from validator.problems.synthesis import Synthesised, synthesise
from validator.problems.synthesis.emitting.printer import emit
from validator.problems.synthesis.evaluating import Evaluator


@pytest.mark.heavy
def test_a_rewrite_gives_the_same_results_and_reads_otherwise() -> None:
    same = 0
    for seed in range(60):
        made = synthesise(seed, 2 + seed % 7)
        other = rewritten(made.program)
        evaluate = Evaluator(other)
        for arguments, result in (*made.examples, *made.hidden):
            assert evaluate(*arguments) == result, (seed, arguments)
        same += emit(other, "python") == made.reference("python")
    assert same <= 3


def test_a_map_is_filled_in_the_opposite_order() -> None:
    made = next(made for made in _many() if made.result.kind is Kind.MAP)
    names: dict[str, object] = {}
    exec(emit(rewritten(made.program), "python"), names)
    function = names[made.entry_point("python")]
    assert callable(function)
    found = [function(*arguments) for arguments, _ in made.hidden]
    assert found == [result for _, result in made.hidden]
    assert all(list(one) == sorted(one, reverse=True) for one in found)
    assert any(len(one) > 1 for one in found)


def _many() -> list[Synthesised]:
    return [synthesise(seed, 3) for seed in range(30)]
