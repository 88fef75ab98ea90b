"""Problems from seeds: composed, made real, tried, and dropped unless they are worth solving."""

import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from evaluator.graders.types import Type
from validator.errors import BadRange, Fault, SynthesisError
from validator.problems.synthesis import choosing, trying
from validator.problems.synthesis.composing import compose, weights
from validator.problems.synthesis.emitting.naming import spelt
from validator.problems.synthesis.emitting.printer import emit
from validator.problems.synthesis.realising import Realised, realise
from validator.problems.synthesis.tree import Program
from validator.problems.synthesis.trying import Case
from validator.problems.synthesis.wording import state

VERSION = 1
"""Of the generator: the same seed gives the same problem as long as this stays the same."""
SHALLOWEST, DEEPEST = 2, 8
FEWEST_VARIATIONS = 60
ATTEMPTS = 400
VARIANTS = 60
CACHED = 256
"""Problems that are kept: whoever asks for one kind of a problem often asks for another."""


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
    return _found(seed, depth, variant)


def drops(seed: int, depth: int) -> Iterator[str]:
    """Why each attempt was dropped before the one that gave the problem of ``seed``."""
    for attempt in range(ATTEMPTS):
        found = _draft(seed, depth, attempt, b"")
        if isinstance(found, _Draft):
            return
        yield found


def distinct(problems: Iterator[Synthesised]) -> Iterator[Synthesised]:
    """Those that behave like none before them."""
    seen: set[str] = set()
    for problem in problems:
        if problem.behaviour not in seen:
            seen.add(problem.behaviour)
            yield problem


@dataclass(frozen=True, slots=True)
class _Draft:
    """A problem that is worth solving, before its hidden cases are chosen and its statement is written."""

    realised: Realised
    cases: tuple[Case, ...]
    extra: tuple[Case, ...]
    rivals: tuple[Program, ...]
    steps: float
    behaviour: str


@lru_cache(maxsize=CACHED)
def _first(seed: int, depth: int) -> int:
    """The attempt that gives a problem: every variant begins with it."""
    for attempt in range(ATTEMPTS):
        if isinstance(_draft(seed, depth, attempt, b""), _Draft):
            return attempt
    raise SynthesisError(f"no problem of depth {depth} from seed {seed} in {ATTEMPTS} attempts")


@lru_cache(maxsize=CACHED)
def _found(seed: int, depth: int, variant: bytes) -> Synthesised:
    """The problem, or the first fitting variant; later turns fill no holes anew, the last ones let idle steps pass."""
    attempt = _first(seed, depth)
    for turn in range(VARIANTS if variant else 1):
        salted = variant + turn.to_bytes(2, "big") if variant else b""
        third = 3 * turn // VARIANTS
        draft = _draft(seed, depth, attempt, salted, holes=bool(variant) and third == 0, strict=third < 2)
        if isinstance(draft, _Draft):
            return _finished(
                draft, seed, depth, variant, trying.seeded(f"{_start(seed, depth, attempt)}/{salted.hex()}/")
            )
    raise SynthesisError(f"no variant of the problem of depth {depth} from seed {seed} in {VARIANTS} attempts")


def _start(seed: int, depth: int, attempt: int) -> str:
    return f"{VERSION}/{seed}/{depth}/{attempt}"


def _draft(
    seed: int, depth: int, attempt: int, variant: bytes, holes: bool = False, strict: bool = True
) -> _Draft | str:
    """What a problem is made of; or why it was dropped."""
    start = _start(seed, depth, attempt)
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
        if why:
            return why
        behaviour = trying.behaviour(realised)
        extra = trying.more(realised, rng, choosing.EXTRA)
    except Fault as fault:
        return f"fault: {fault}"
    if len(cases) < choosing.HIDDEN + choosing.SHOWN + 1:
        return "too few inputs"
    rivals = trying.rivals(realised, start) if strict else ()
    if trying.alike(rivals, [*cases, *extra]):
        return "variants alike"
    return _Draft(realised, tuple(cases), tuple(extra), rivals, steps, behaviour)


def _finished(draft: _Draft, seed: int, depth: int, variant: bytes, rng: random.Random) -> Synthesised:
    realised = draft.realised
    examples, hidden = choosing.chosen(realised, draft.cases, draft.extra, draft.rivals, draft.steps, rng)
    lines = float(emit(realised.program, "python").count("\n"))
    return Synthesised(
        seed=seed,
        depth=depth,
        variant=variant,
        statement=state(realised, examples, rng),
        program=realised.program,
        examples=examples,
        hidden=hidden,
        features={**weights(realised.skeleton), "steps": draft.steps, "lines": lines},
        behaviour=draft.behaviour,
        shape=realised.skeleton.shape,
    )
