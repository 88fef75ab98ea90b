"""Which of a problem's inputs are shown as examples, and which become its hidden cases: those that find bugs.

Covered: a hidden case for each bug of ``SLIPS`` that any candidate shows, as far as ``MOST`` cases go. The bugs are run
in the interpreter, so that this depends on nothing but the problem.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, zip_longest

from validator.problems.synthesis.inputs import shapes
from validator.problems.synthesis.realising import Realised
from validator.problems.synthesis.slips.making import slips
from validator.problems.synthesis.slips.telling import shown_by
from validator.problems.synthesis.tree import Program
from validator.problems.synthesis.trying import Case

HIDDEN, MOST, SHOWN = 24, 32, 3
"""How many hidden cases there are at least and at most, and how many short examples."""
EXTRA = 60
"""Random inputs that are only there to be chosen."""
SLIPS = 36
ENOUGH = 4
"""Of the cases that show a slip, how many are known; the first of them are chosen."""
ROOM = 500
"""What a slip may need more steps than ten times those of the problem, before it counts as endless."""


def chosen(
    realised: Realised,
    cases: Sequence[Case],
    extra: Sequence[Case],
    rivals: Sequence[Program],
    steps: float,
    rng: random.Random,
) -> tuple[tuple[Case, ...], tuple[Case, ...]]:
    """Examples (the first edge case, and short ones that differ), and the hidden cases.

    ``extra`` are cases that are only there to be chosen; ``rivals``, programs that must not pass, are told apart too.
    """
    examples = short_ones(cases)
    edges = [case for case in cases[: len(shapes()[realised.skeleton.shape].edges)] if case not in examples]
    seen = {repr(arguments) for arguments, _ in (*examples, *edges)}
    others = {repr(case[0]): case for case in (*cases, *extra) if repr(case[0]) not in seen}
    candidates = [*edges, *varied(others.values())]
    drawn = islice(slips(realised.program, rng), SLIPS)
    wrong = [*rivals, *(slip.program for slip in drawn)]
    numbers = _needed(wrong, candidates, len(edges), int(10 * steps) + ROOM)
    rest = [number for number in range(len(candidates)) if number not in numbers]
    numbers += rest[: max(0, HIDDEN - len(numbers))]
    hidden = [candidates[number] for number in numbers]
    rng.shuffle(hidden)
    return tuple(examples), tuple(hidden)


def short_ones(cases: Sequence[Case]) -> list[Case]:
    """The first case, and a few short ones with other results: what makes good examples."""
    short = sorted(cases, key=lambda case: len(repr(case)))
    examples = [cases[0]]
    for case in [*short[len(short) // 4 :], *short]:
        if len(examples) <= SHOWN and repr(case[1]) not in {repr(result) for _, result in examples}:
            examples.append(case)
    return examples


def varied(cases: Iterable[Case]) -> list[Case]:
    """All of them, so that results of all sorts come first."""
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(repr(case[1]), []).append(case)
    rounds = zip_longest(*groups.values())
    return [case for one_of_each in rounds for case in one_of_each if case is not None]


def _needed(wrong: list[Program], candidates: list[Case], edges: int, most_steps: int) -> list[int]:
    """The edge cases, and what it takes besides to tell all that is wrong: greedy set cover."""
    numbers = list(range(edges))
    open_ = [found for found in _found(wrong, candidates, edges, most_steps) if found]
    while open_ and len(numbers) < MOST:
        best = max(range(edges, len(candidates)), key=lambda number: sum(number in found for found in open_))
        numbers.append(best)
        open_ = [found for found in open_ if best not in found]
    return numbers


def _found(wrong: list[Program], candidates: list[Case], edges: int, most_steps: int) -> Iterator[frozenset[int]]:
    """The cases that show what is wrong, where no edge case does; not all of them, as that would take long."""
    for program in wrong:
        found = []
        for number in shown_by(program, candidates, most_steps):
            found.append(number)
            if number < edges or len(found) == ENOUGH:
                break
        if not found or found[0] >= edges:
            yield frozenset(found)
