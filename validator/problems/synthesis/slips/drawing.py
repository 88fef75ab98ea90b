"""The slips that a problem's own hidden cases show, in an order drawn from its seed and variant."""

from collections.abc import Iterator

from validator.errors import SynthesisError
from validator.problems.synthesis.emitting.printer import emit
from validator.problems.synthesis.making import Synthesised
from validator.problems.synthesis.slips.making import Slip, slips
from validator.problems.synthesis.slips.telling import lines, shown_by
from validator.problems.synthesis.trying import seeded

LONGEST = 3
"""Lines that one slip may change where it is to be found."""
SLACK = 500


def drawn(made: Synthesised, purpose: str) -> Iterator[Slip]:
    """Slips that a hidden case shows by another result, operators in turn; another ``purpose`` has another order."""
    rng = seeded(f"{purpose}/{made.seed}/{made.depth}/{made.variant.hex()}")
    most_steps = int(10 * made.features["steps"]) + SLACK
    for slip in slips(made.program, rng):
        if next(shown_by(slip.program, made.hidden, most_steps), None) is not None:
            yield slip


def visible(made: Synthesised, language: str, purpose: str) -> Iterator[tuple[Slip, str, tuple[int, ...]]]:
    """Slips that stand in one place of their text in a language, with that text and its lines."""
    original = emit(made.program, language)
    for slip in drawn(made, purpose):
        text = emit(slip.program, language)
        found = lines(original, text)
        if 0 < len(found) <= LONGEST:
            yield slip, text, found


def share(made: Synthesised, slip: Slip) -> float:
    """The share of the hidden cases that show ``slip``: one that few of them show is hard to notice."""
    most_steps = int(10 * made.features["steps"]) + SLACK
    return sum(1 for _ in shown_by(slip.program, made.hidden, most_steps)) / len(made.hidden)


def first(made: Synthesised, language: str, purpose: str, count: int) -> list[tuple[Slip, str, tuple[int, ...]]]:
    """The first ``count`` visible ones. Raises SynthesisError if there are fewer."""
    found = [one for _, one in zip(range(count), visible(made, language, purpose), strict=False)]
    if len(found) < count:
        raise SynthesisError(f"seed {made.seed}: {len(found)} slips that its hidden cases show, not {count}")
    return found
