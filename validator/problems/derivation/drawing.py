"""A skeleton with everything drawn: what it gives, as far as that is known without running a benchmark's code."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from evaluator.graders.types import Kind, Type
from validator.problems.derivation.layers import Layer, given_kind, join, recode
from validator.problems.derivation.planning import Base, Form, Plan, given
from validator.problems.synthesis.composing import Skeleton
from validator.problems.synthesis.realising import Realised, realise

NAMES = {
    "int": ("p", "q", "u", "v", "w"),
    "float": ("level", "bound", "gap", "limit"),
    "string": ("line", "phrase", "passage", "message", "entry", "input_text"),
    "list[int]": ("values", "readings", "amounts", "scores", "heights", "marks"),
    "list[string]": ("labels", "tokens", "phrases", "titles", "entries"),
}
MANY = ("records", "rows", "lots", "batch", "queries")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A derived problem, but for its inputs."""

    plan: Plan
    numbers: tuple[int, ...]
    """Of each base's twist."""
    recoding: Layer | None
    join: Layer | None
    realised: Realised
    order: tuple[int, ...]
    """Which argument comes first, and so on."""
    outer: tuple[str, ...]
    """What the arguments are called, before they are put in order."""
    inner: tuple[str, ...]
    """What those are called that the benchmark problems see."""

    @property
    def kinds(self) -> tuple[Type, ...]:
        """The types of the arguments, in their order."""
        kinds = given(self.plan.form, self.plan.bases)
        if self.recoding is not None:
            kinds[self.plan.recoded] = given_kind(self.recoding)
        return tuple(kinds[place] for place in self.order)

    @property
    def result(self) -> Type:
        """The type of the result."""
        return self.realised.program.entry.result


def draw(plan: Plan, rng: random.Random, holes: bool = False) -> Drawn:
    """Draw what ``plan`` leaves open; with ``holes`` also which blocks fill simple holes. Raises BadIdiom."""
    skeleton = Skeleton(plan.shape, plan.blocks)
    realised = realise(skeleton.revaried(rng) if holes else skeleton, rng)
    numbers = tuple(rng.choice(base.numbers) for base in plan.bases)
    recoding = recode(plan.recoding, rng) if plan.recoding else None
    joined = join(plan.join, rng) if plan.join else None
    kinds = given(plan.form, plan.bases)
    taken = {function.name for function in realised.program.functions}
    outer = _names(kinds, rng, taken)
    inner = list(outer)
    if recoding is not None:
        outer[plan.recoded] = _names([given_kind(recoding)], rng, taken | {*outer})[0]
    order = list(range(len(kinds)))
    rng.shuffle(order)
    return Drawn(plan, numbers, recoding, joined, realised, tuple(order), tuple(outer), tuple(inner))


def _names(kinds: Sequence[Type], rng: random.Random, taken: set[str]) -> list[str]:
    found: list[str] = []
    for kind in kinds:
        pool = NAMES.get(str(kind), MANY)
        found.append(rng.choice([name for name in pool if name not in taken and name not in found]))
    return found


def items(drawn: Drawn, place: int) -> tuple[str, ...]:
    """What a benchmark problem's own arguments are called in the statement."""
    parameters = drawn.plan.bases[place].original.chosen.parameters
    if drawn.plan.form in (Form.SINGLE, Form.PAIR):
        before = sum(len(base.original.chosen.parameters) for base in drawn.plan.bases[:place])
        return drawn.inner[before : before + len(parameters)]
    found: list[str] = []
    for n, (_, kind) in enumerate(parameters):
        name = "members" if kind.kind is Kind.LIST else "item"
        found.append(f"{name}_{n + 1}" if len(parameters) > 1 else name)
    return tuple(found)


def reworded(text: str, base: Base, number: int, called: Sequence[str]) -> str:
    """A benchmark problem's text with its twist, and with other names for its arguments."""
    if base.twist is not None:
        old, new = base.original.chosen.twists[base.twist].say
        assert old in text, (base.original.name, old)
        text = text.replace(old, new.replace("{k}", str(number)))
    names = dict(zip((name for name, _ in base.original.chosen.parameters), called, strict=True))
    return re.sub(r"`(\w+)`", lambda found: f"`{names.get(found[1], found[1])}`", text)
