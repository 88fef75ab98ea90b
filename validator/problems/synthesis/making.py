"""Problems from seeds: composed, made real, tried, and dropped unless they are worth solving."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from evaluator.graders.types import Type
from validator.errors import BadRange, Fault, SynthesisError
from validator.problems.synthesis import choosing, trying
from validator.problems.synthesis.composing import compose, weights
from validator.problems.synthesis.emitting.naming import spelt
from validator.problems.synthesis.emitting.printer import emit
from validator.problems.synthesis.realising import realise
from validator.problems.synthesis.tree import Program
from validator.problems.synthesis.trying import Case
from validator.problems.synthesis.wording import state

VERSION = 1
"""Of the generator: the same seed gives the same problem as long as this stays the same."""
SHALLOWEST, DEEPEST = 2, 8
FEWEST_VARIATIONS = 60
ATTEMPTS = 400
VARIANTS = 60


@dataclass(frozen=True, slots=True)
class Synthesised:
    """A problem that nobody has seen, with everything that is known about it."""

    seed: int
    depth: int
    variant: bytes
    statement: str
    program: Program
    examples: tuple[Case, ...]
    hidden: tuple[Case, ...]
    features: Mapping[str, float]
    behaviour: str
    """A digest of what it gives for inputs that are the same for all problems with its parameters."""
    shape: str

    @property
    def parameters(self) -> tuple[Type, ...]:
        """The types of the arguments."""
        return tuple(kind for _, kind in self.program.entry.parameters)

    @property
    def result(self) -> Type:
        """The type of what must come back."""
        return self.program.entry.result

    def entry_point(self, language: str) -> str:
        """The name of the function in a language. Raises UnknownTarget."""
        return spelt(language, self.program.entry.name)

    def reference(self, language: str) -> str:
        """A solution in a language. Raises UnknownTarget."""
        return emit(self.program, language)


def synthesise(seed: int, depth: int, variant: bytes = b"") -> Synthesised:
    """The problem of ``seed`` with ``depth`` building blocks, the same one each time.

    ``variant`` changes its constants, operators, names, words, inputs and examples, but neither its skeleton nor how
    hard it is. Raises BadRange for a depth outside SHALLOWEST to DEEPEST, SynthesisError if no attempt gave a problem.
    """
    if not SHALLOWEST <= depth <= DEEPEST:
        raise BadRange(f"depth must be from {SHALLOWEST} to {DEEPEST}, got {depth}")
    attempt, found = _first(seed, depth)
    return _vary(seed, depth, attempt, variant) if variant else found


def distinct(problems: Iterator[Synthesised]) -> Iterator[Synthesised]:
    """Those that behave like none before them."""
    seen: set[str] = set()
    for problem in problems:
        if problem.behaviour not in seen:
            seen.add(problem.behaviour)
            yield problem


@lru_cache(maxsize=256)
def _first(seed: int, depth: int) -> tuple[int, Synthesised]:
    """The attempt that gives a problem, and that problem: every variant begins with it."""
    for attempt in range(ATTEMPTS):
        found = _attempt(seed, depth, attempt, b"")
        if isinstance(found, Synthesised):
            return attempt, found
    raise SynthesisError(f"no problem of depth {depth} from seed {seed} in {ATTEMPTS} attempts")


@lru_cache(maxsize=256)
def _vary(seed: int, depth: int, attempt: int, variant: bytes) -> Synthesised:
    """The first fitting variant; later turns fill no holes anew, the last ones let idle steps pass."""
    for turn in range(VARIANTS):
        salted = variant + turn.to_bytes(2, "big")
        third = 3 * turn // VARIANTS
        found = _attempt(seed, depth, attempt, salted, holes=third == 0, strict=third < 2)
        if isinstance(found, Synthesised):
            return replace(found, variant=variant)
    raise SynthesisError(f"no variant of the problem of depth {depth} from seed {seed} in {VARIANTS} attempts")


def _attempt(
    seed: int, depth: int, attempt: int, variant: bytes, holes: bool = False, strict: bool = True
) -> Synthesised | str:
    """A problem; or why it was dropped."""
    start = f"{VERSION}/{seed}/{depth}/{attempt}"
    skeleton = compose(trying.seeded(start), depth)
    if skeleton is None:
        return "no skeleton"
    if math.prod(stage.variations for stage in skeleton.stages) < FEWEST_VARIATIONS:
        return "too few variants"
    rng = trying.seeded(f"{start}/{variant.hex()}")
    realised = realise(skeleton.revaried(rng) if holes else skeleton, rng)
    try:
        cases, steps = trying.run(realised, rng)
        why = trying.constant(cases, strict) or (trying.unfit(realised, cases) if strict else "")
        behaviour = "" if why else trying.behaviour(realised)
    except Fault as fault:
        return f"fault: {fault}"
    if why:
        return why
    try:
        examples, hidden = choosing.chosen(realised, cases, steps, rng)
    except Fault as fault:
        return f"fault: {fault}"
    if len(hidden) < choosing.HIDDEN:
        return "too few inputs"
    if strict and trying.alike(realised, hidden, start):
        return "variants alike"
    features = {**weights(skeleton), "steps": steps, "lines": float(emit(realised.program, "python").count("\n"))}
    return Synthesised(
        seed=seed,
        depth=depth,
        variant=variant,
        statement=state(realised, examples, rng),
        program=realised.program,
        examples=examples,
        hidden=hidden,
        features=features,
        behaviour=behaviour,
        shape=skeleton.shape,
    )
