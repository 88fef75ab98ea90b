"""What a derived problem gives, as far as it is known without running a benchmark's code: for what was run before."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from evaluator.graders import values
from validator.errors import Fault
from validator.problems.derivation.drawing import Drawn
from validator.problems.derivation.originals import originals
from validator.problems.derivation.planning import Base, Form
from validator.problems.synthesis.evaluating import Evaluator
from validator.problems.synthesis.tree import Program

MOST_STEPS = 20_000
Row = tuple[tuple[Any, ...], Any]
"""The arguments of a benchmark problem, and what it gives."""


class Answers:
    """A derived problem, ready to be asked often."""

    def __init__(self, drawn: Drawn) -> None:
        self.drawn, self.form = drawn, drawn.plan.form
        self.answer = Evaluator(drawn.realised.program, MOST_STEPS)
        """What comes back in the end for an outcome. Raises Fault."""
        self._join = Evaluator(Program((drawn.join.function,))) if drawn.join else None
        self._decode = Evaluator(Program((drawn.recoding.function,))) if drawn.recoding else None
        inverse = drawn.recoding.inverse if drawn.recoding else None
        self._encode = Evaluator(Program((inverse,))) if inverse else None

    def rows(self, which: int = 0) -> tuple[Row, ...]:
        """What is known of one of the benchmark problems, with its twist."""
        return known(self.drawn.plan.bases[which], self.drawn.numbers[which])

    def arguments(self, chosen: Sequence[Row]) -> tuple[Any, ...]:
        """What the function is given for such rows. Raises Fault where the recoding has no words for it."""
        if self.form in (Form.SINGLE, Form.PAIR):
            found = [value for arguments, _ in chosen for value in arguments]
        else:
            found = [[arguments[0] if len(arguments) == 1 else arguments for arguments, _ in chosen]]
        if self._encode and self._decode:
            value = found[self.drawn.plan.recoded]
            found[self.drawn.plan.recoded] = given = self._encode(value)
            if self._decode(given) != value:
                raise Fault(f"the recoding loses {value!r}")
        return tuple(found[place] for place in self.drawn.order)

    def outcome(self, chosen: Sequence[Row]) -> Any:
        """What the benchmark problems come to. Raises Fault."""
        match self.form:
            case Form.SINGLE:
                return chosen[0][1]
            case Form.EACH:
                return [result for _, result in chosen]
            case Form.KEPT:
                return [arguments[0] for arguments, result in chosen if result]
            case Form.PLACES:
                return [place for place, (_, result) in enumerate(chosen) if result]
            case Form.FLAT:
                return [item for _, result in chosen for item in result]
            case Form.PAIR:
                assert self._join is not None
                return self._join(*(result for _, result in chosen))


def known(base: Base, number: int) -> tuple[Row, ...]:
    """What is known of a benchmark problem with its twist."""
    return _known(base.original.name, base.twist, number)


@cache
def _known(name: str, twist: int | None, number: int) -> tuple[Row, ...]:
    original = next(one for one in originals() if one.name == name)
    run, kind = original.run, original.chosen.result
    results = run.results
    if twist is not None and (twisted := run.twisted[twist]) is not None:
        results = twisted.results[original.chosen.twists[twist].k.index(number)]
    pairs = zip(original.inputs(), results, strict=True)
    return tuple((arguments, values.parse(kind, result)) for arguments, result in pairs)
