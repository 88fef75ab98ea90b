"""Copies of a synthesised program with one mistake each, known to be wrong without running anything but our evaluator.

A copy counts only if it gives another *value* for one of the problem's cases, and a value for all of them: what is a
Fault to us may be a result in some language. No two copies that are chosen behave alike on the cases.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace

from evaluator.graders.types import Kind, Type
from validator.errors import Fault
from validator.problems.synthesis import Synthesised, tree
from validator.problems.synthesis.emitting.printer import emit
from validator.problems.synthesis.evaluating import Evaluator
from validator.problems.synthesis.tree import Function, If, Literal, Operation, Program

SWAPS = {
    "lt": "le", "le": "lt", "gt": "ge", "ge": "gt", "eq": "ne", "ne": "eq", "min": "max", "max": "min",
    "and": "or", "or": "and",
}  # fmt: skip
NUMERIC = {"add": "sub", "sub": "add", "mul": "add"}
UNWRAPPED = frozenset({"not", "neg", "abs", "sorted", "reversed", "upper", "lower"})
MOST_STEPS = 20_000
EASY = 0.8
"""The share of the cases beyond which a mistake shows everywhere, and is chosen last."""
TRIES = 5
"""Copies that are tried for each that is wanted."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A copy of the reference, and the cases (examples first, then hidden ones) that tell it from that."""

    program: Program
    told_by: frozenset[int]

    @property
    def source(self) -> str:
        """In Python."""
        return emit(self.program, "python")


def mistakes(made: Synthesised, count: int) -> tuple[Mistake, ...]:
    """At most ``count`` of them, the ones that few cases tell first; the same ones each time."""
    cases = [*made.examples, *made.hidden]
    rng = random.Random(f"mistakes/{made.seed}/{made.depth}/{made.variant.hex()}")  # noqa: S311  no secret
    copies = list(_copies(made.program))
    rng.shuffle(copies)
    found: dict[str, Mistake] = {}
    for copy in copies[: TRIES * count]:
        results = _results(copy, [arguments for arguments, _ in cases])
        told = frozenset(n for n, (_, right) in enumerate(cases) if results and results[n] != right)
        if told:
            found.setdefault(repr(results), Mistake(copy, told))
        if sum(len(one.told_by) <= EASY * len(cases) for one in found.values()) == count:
            break
    ranked = sorted(found.values(), key=lambda one: len(one.told_by) > EASY * len(cases))
    return tuple(ranked[:count])


def _results(program: Program, inputs: list[tuple[object, ...]]) -> list[object]:
    """What it gives for each; nothing if there is a Fault."""
    evaluator = Evaluator(program, MOST_STEPS)
    try:
        return [evaluator(*arguments) for arguments in inputs]
    except Fault:
        return []


def _copies(program: Program) -> Iterator[Program]:
    for place, function in enumerate(program.functions):
        copies: list[Function] = [replace(function, body=body) for body in _changed(function.body)]  # type: ignore[arg-type]
        copies += [replace(function, classes=classes) for classes in _changed(function.classes)]  # type: ignore[arg-type]
        for changed in copies:
            yield Program((*program.functions[:place], changed, *program.functions[place + 1 :]))


def _changed(part: object) -> Iterator[object]:
    """``part`` with a mistake in one place of it, for each place and mistake."""
    yield from _slips(part)
    if isinstance(part, tuple):
        for place, one in enumerate(part):
            for other in _changed(one):
                yield (*part[:place], other, *part[place + 1 :])
    elif is_dataclass(part) and not isinstance(part, Type | type):
        for field in fields(part):
            if isinstance(part, Operation) and part.op == "item":
                continue
            for other in _changed(getattr(part, field.name)):
                yield replace(part, **{field.name: other})


def _slips(part: object) -> Iterator[object]:
    """What stands for ``part`` by mistake."""
    match part:
        case Operation(_, op) if op in SWAPS:
            yield replace(part, op=SWAPS[op])
        case Operation(Type(Kind.INT | Kind.FLOAT), op) if op in NUMERIC:
            yield replace(part, op=NUMERIC[op])
        case Operation(kind, op, (operand,)) if op in UNWRAPPED and operand.kind == kind:
            yield operand
        case Literal(Type(Kind.INT), int(value)):
            yield replace(part, value=value + 1)
            if value > 0:
                yield replace(part, value=value - 1)
        case Literal(Type(Kind.BOOL), value):
            yield replace(part, value=not value)
        case If(condition, then, otherwise):
            yield If(_not(condition), then, otherwise)
            if otherwise:
                yield If(condition, then)
        case tree.ForRange(start=start, stop=stop):
            yield replace(part, start=Operation(tree.INT, "add", (start, Literal(tree.INT, 1))))
            yield replace(part, stop=Operation(tree.INT, "sub", (stop, Literal(tree.INT, 1))))


def _not(condition: tree.Expression) -> tree.Expression:
    return Operation(tree.BOOL, "not", (condition,))
