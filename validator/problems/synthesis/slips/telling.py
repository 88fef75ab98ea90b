"""Which inputs show that a slip is one, and in which lines of its text it stands."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from evaluator.graders.compare import same
from evaluator.suites import Tolerance
from validator.errors import Fault
from validator.problems.synthesis.evaluating import Evaluator
from validator.problems.synthesis.tree import Program

CLOSE = Tolerance(relative=1e-9, absolute=1e-9)
"""Results that are no further apart are the same."""
PATIENCE = 3
Case = tuple[tuple[Any, ...], Any]


def shown_by(program: Program, cases: Iterable[Case], most_steps: int) -> Iterator[int]:
    """The numbers of the cases for which the program gives another result, lazily.

    A case that ends in a Fault, or takes more steps, is not among them: what happens then depends on the language.
    After PATIENCE such cases there are no more, as they take long.
    """
    faults = 0
    evaluate = Evaluator(program, most_steps)
    result = program.entry.result
    for number, (arguments, expected) in enumerate(cases):
        try:
            if not same(result, evaluate(*arguments), expected, CLOSE):
                yield number
        except Fault:
            faults += 1
            if faults == PATIENCE:
                return


def lines(original: str, changed: str) -> tuple[int, ...]:
    """The lines of ``changed``, from 1, that differ from ``original``; of missing ones, those around the gap.

    None if it is more than one place: a declaration too, say, that differs because nothing is assigned any more.
    """
    old, new = original.splitlines(), changed.splitlines()
    begin = _shared(old, new)
    end = min(_shared(old[::-1], new[::-1]), len(new) - begin, len(old) - begin)
    before, after = old[begin : len(old) - end], new[begin : len(new) - end]
    if not after:
        return tuple(line for line in (begin, begin + 1) if 1 <= line <= len(new))
    if before and (len(before) != len(after) or any(one == other for one, other in zip(before, after, strict=True))):
        return ()
    return tuple(range(begin + 1, begin + 1 + len(after)))


def _shared(some: Sequence[str], others: Sequence[str]) -> int:
    """How many lines both begin with."""
    pairs = enumerate(zip(some, others, strict=False))
    return next((n for n, (one, other) in pairs if one != other), min(len(some), len(others)))
