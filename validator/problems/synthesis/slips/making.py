"""Slips of a whole program, each once, in an order that does not favour what is common."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from validator.problems.mutation.rules import Bug
from validator.problems.synthesis.slips.operators import BUGS, Operator
from validator.problems.synthesis.slips.statements import functions
from validator.problems.synthesis.tree import Function, Program


@dataclass(frozen=True, slots=True)
class Slip:
    """A program with one bug; whether an input shows it is another question: see ``telling``."""

    program: Program
    operator: Operator

    @property
    def bugs(self) -> tuple[Bug, ...]:
        """The kind of the bug, and what else it may be called."""
        return BUGS[self.operator]


def slips(program: Program, rng: random.Random) -> Iterator[Slip]:
    """Every slip of ``program`` once, the operators taking turns in the order that ``rng`` draws."""
    queues: dict[Operator, list[tuple[int, Function]]] = {}
    seen = set(program.functions)
    for place, function in enumerate(program.functions):
        for operator, changed in functions(function):
            if changed not in seen:
                seen.add(changed)
                queues.setdefault(operator, []).append((place, changed))
    turns = sorted(queues)
    rng.shuffle(turns)
    for operator in turns:
        rng.shuffle(queues[operator])
    while turns:
        for operator in turns:
            yield Slip(_with(program.functions, *queues[operator].pop()), operator)
        turns = [operator for operator in turns if queues[operator]]


def _with(functions: Sequence[Function], place: int, changed: Function) -> Program:
    return Program((*functions[:place], changed, *functions[place + 1 :]))
