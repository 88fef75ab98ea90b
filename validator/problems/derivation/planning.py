"""Skeletons of derived problems: which benchmark problems, what is changed about them, and what is built around them.

A skeleton has what makes a problem hard. Its numbers, names and words are drawn later, for each variant anew.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from evaluator.graders.types import Kind, Type
from validator.problems.derivation.layers import Join, Recoding, joins, recodings, variations
from validator.problems.derivation.originals import Original, originals
from validator.problems.synthesis.composing import Block, follow
from validator.problems.synthesis.inputs import shapes
from validator.problems.synthesis.tree import INT, list_of

ATTEMPTS = 12


class Form(StrEnum):
    """How benchmark problems are used."""

    SINGLE = "single"
    """One of them, once."""
    EACH = "each"
    """One of them for each item of a list, whose answers make a list."""
    KEPT = "kept"
    """One of them for each item of a list, of which those stay for which the answer is true."""
    PLACES = "places"
    """The same, but where they stand."""
    FLAT = "flat"
    """One of them for each item of a list, whose answers, which are lists, make one long list."""
    PAIR = "pair"
    """Two of them, whose answers make one."""


@dataclass(frozen=True, slots=True)
class Base:
    """A benchmark problem, and which of its twists."""

    original: Original
    twist: int | None

    @property
    def numbers(self) -> tuple[int, ...]:
        """What the twist's number may be."""
        return (0,) if self.twist is None else self.original.chosen.twists[self.twist].k


@dataclass(frozen=True, slots=True)
class Plan:
    """A skeleton."""

    form: Form
    bases: tuple[Base, ...]
    join: Join | None
    recoded: int
    """Which argument, if there is a recoding."""
    recoding: Recoding | None
    outcome: Type
    """Of what the benchmark problems come to, before other blocks go on with it."""
    blocks: tuple[Block, ...]

    @property
    def variations(self) -> int:
        """How many variants there are, apart from names, words and inputs."""
        parts = [block.variations for block in self.blocks] + [len(base.numbers) for base in self.bases]
        parts += [variations(one.draws) for one in (self.join, self.recoding) if one is not None]
        return math.prod(parts)

    @property
    def shape(self) -> str:
        """What a synthesised problem would be given that goes on from the outcome."""
        return onward()[str(self.outcome)]


@cache
def onward() -> dict[str, str]:
    """For each type that blocks can go on from, a shape of it."""
    single = {name: shape for name, shape in shapes().items() if len(shape.parameters) == 1}
    return {shape.parameters[0].kind: name for name, shape in reversed(single.items())}


def plan(rng: random.Random, depth: int) -> Plan | None:
    """A skeleton of exactly ``depth`` parts; None where the first choices left no way to get there."""
    form, bases, joined = _begin(rng, depth)
    parameters = given(form, bases)
    recoded, recoding = _recoding(rng, parameters)
    outcome = _outcome(form, bases[0].original, joined)
    used = len(bases) + sum(base.twist is not None for base in bases) + (recoding is not None)
    if depth <= used:
        recoding, used = None, used - (recoding is not None)
    if outcome is None or str(outcome) not in onward() or depth <= used:
        return None
    for _ in range(ATTEMPTS):
        blocks = follow(rng, str(outcome), depth - used)
        if blocks is not None and not any(block.idiom.shape for block in blocks):
            return Plan(form, bases, joined, recoded, recoding, outcome, blocks)
    return None


def given(form: Form, bases: Sequence[Base]) -> list[Type]:
    """The types of the arguments, before any is recoded."""
    kinds = [kind for base in bases for _, kind in base.original.chosen.parameters]
    if form in (Form.SINGLE, Form.PAIR):
        return kinds
    return [list_of(kinds[0] if len(kinds) == 1 else Type(Kind.TUPLE, tuple(kinds)))]


def _begin(rng: random.Random, depth: int) -> tuple[Form, tuple[Base, ...], Join | None]:
    if depth > 2 and rng.random() < 0.15:
        chosen = rng.choice(joins())
        alike = [one for one in originals() if one.chosen.gives == chosen.takes and len(one.chosen.parameters) <= 2]
        first, second = rng.sample(alike, 2)
        return Form.PAIR, (_base(rng, first, depth > 3), _base(rng, second, False)), chosen
    original = rng.choice(originals())
    base = _base(rng, original, depth > 2)
    return rng.choice(_forms(original)), (base,), None


def _base(rng: random.Random, original: Original, room: bool) -> Base:
    """With one of its twists, if it has any and there is room."""
    twists = [place for place, one in enumerate(original.run.twisted) if one is not None]
    return Base(original, rng.choice(twists) if twists and room and rng.random() < 0.8 else None)


def _forms(original: Original) -> list[Form]:
    result, parameters = original.chosen.result, original.chosen.parameters
    forms = [Form.SINGLE] if str(result) in onward() else []
    match result.kind:
        case Kind.BOOL if len(parameters) == 1:
            return [Form.KEPT, Form.PLACES]
        case Kind.BOOL:
            return [Form.PLACES]
        case Kind.LIST:
            return [*forms, Form.FLAT]
    return [*forms, Form.EACH]


def _outcome(form: Form, original: Original, joined: Join | None) -> Type | None:
    result, (first, *rest) = original.chosen.result, [kind for _, kind in original.chosen.parameters]
    match form:
        case Form.SINGLE | Form.FLAT:
            return result
        case Form.EACH:
            return list_of(result)
        case Form.KEPT:
            return None if rest else list_of(first)
        case Form.PLACES:
            return list_of(INT)
        case Form.PAIR:
            assert joined is not None
            return {"int": INT}.get(joined.gives, result)


def _recoding(rng: random.Random, parameters: Sequence[Type]) -> tuple[int, Recoding | None]:
    fitting = [(n, one) for n, kind in enumerate(parameters) for one in recodings() if one.meant == str(kind)]
    if not fitting or rng.random() < 0.25:
        return 0, None
    return rng.choice(fitting)
