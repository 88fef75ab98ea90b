"""Problems from seeds: composed, made real, run on many inputs, and dropped unless they are worth solving."""

import hashlib
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from evaluator.graders.types import Type
from validator.errors import BadRange, Fault, SynthesisError
from validator.problems.synthesis import inputs
from validator.problems.synthesis.composing import compose, weights
from validator.problems.synthesis.emitting.naming import spelt
from validator.problems.synthesis.emitting.printer import emit
from validator.problems.synthesis.evaluating import Evaluator
from validator.problems.synthesis.inputs import shapes
from validator.problems.synthesis.realising import Realised, realise, without
from validator.problems.synthesis.tree import Program
from validator.problems.synthesis.wording import state

VERSION = 1
"""Of the generator: the same seed gives the same problem as long as this stays the same."""
SHALLOWEST, DEEPEST = 2, 8
HIDDEN, SHOWN, TRIED, GLANCE = 24, 3, 40, 16
MOST_STEPS = 20_000
FEWEST_VARIATIONS = 60
ATTEMPTS = 400
VARIANTS = 60
Case = tuple[tuple[Any, ...], Any]


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
    for attempt in range(ATTEMPTS):
        found = _attempt(seed, depth, attempt, b"")
        if isinstance(found, Synthesised):
            return found if not variant else _vary(seed, depth, attempt, variant)
    raise SynthesisError(f"no problem of depth {depth} from seed {seed} in {ATTEMPTS} attempts")


def distinct(problems: Iterator[Synthesised]) -> Iterator[Synthesised]:
    """Those that behave like none before them."""
    seen: set[str] = set()
    for problem in problems:
        if problem.behaviour not in seen:
            seen.add(problem.behaviour)
            yield problem


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
    skeleton = compose(_random(start), depth)
    if skeleton is None:
        return "no skeleton"
    variations = 1
    for stage in skeleton.stages:
        variations *= stage.variations
    if variations < FEWEST_VARIATIONS:
        return "too few variants"
    rng = _random(f"{start}/{variant.hex()}")
    realised = realise(skeleton.revaried(rng) if holes else skeleton, rng)
    try:
        cases, steps = _run(realised, rng)
        why = _constant(cases, strict) or (_unfit(realised, cases) if strict else "")
        behaviour = _behaviour(realised)
    except Fault as fault:
        return f"fault: {fault}"
    if why:
        return why
    examples, hidden = _chosen(cases, rng)
    if len(hidden) < HIDDEN:
        return "too few inputs"
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


def _random(text: str) -> random.Random:
    return random.Random(hashlib.sha256(text.encode()).digest())  # noqa: S311  reproducible, and no secret


def _run(realised: Realised, rng: random.Random) -> tuple[list[Case], float]:
    """Results for the edge cases and for random inputs, and the mean number of steps. Raises Fault."""
    shape = shapes()[realised.skeleton.shape]
    evaluator = Evaluator(realised.program, MOST_STEPS)
    given = [*shape.edges, *inputs.draw(shape, rng, realised.constants, TRIED)]
    cases: list[Case] = []
    steps = 0
    for arguments in {repr(one): one for one in given}.values():
        cases.append((arguments, evaluator(*arguments)))
        steps += evaluator.steps
        if len(cases) == GLANCE and _constant(cases, strict=False):
            break
    return cases, steps / len(cases)


def _unfit(realised: Realised, cases: Sequence[Case]) -> str:
    """Why nobody should have to solve it; empty if they may."""
    if max(len(repr(result)) for _, result in cases) > 600:
        return "long results"
    same = sum(result in arguments for arguments, result in cases)
    if same > len(cases) / 2:
        return "returns what it is given"
    return _idle(realised, cases)


def _constant(cases: Sequence[Case], strict: bool) -> str:
    """Why a guess would be right too often; empty if not."""
    results = [repr(result) for _, result in cases]
    commonest = max(results.count(result) for result in set(results)) / len(results)
    if isinstance(cases[0][1], bool):
        return "nearly constant" if commonest > (0.8 if strict else 0.9) else ""
    few = len(set(results)) < (10 if strict else 4)
    return "nearly constant" if few or commonest > (0.5 if strict else 0.7) else ""


def _idle(realised: Realised, cases: Sequence[Case]) -> str:
    """The name of a stage that hardly changes anything."""
    for place, stage in enumerate(realised.stages):
        if [kind for _, kind in stage.parameters] != [stage.result]:
            continue
        evaluator = Evaluator(without(realised, place), MOST_STEPS)
        changed = 0
        for arguments, result in cases:
            try:
                changed += evaluator(*arguments) != result
            except Fault:
                changed += 1
        if changed < len(cases) * 0.15:
            return f"idle: {stage.name}"
    return ""


def _behaviour(realised: Realised) -> str:
    """A digest of the results for inputs that depend on the shape of the input alone. Raises Fault."""
    shape = shapes()[realised.skeleton.shape]
    evaluator = Evaluator(realised.program, MOST_STEPS)
    given = inputs.draw(shape, _random(f"behaviour/{realised.skeleton.shape}"), (), 25)
    results = [evaluator(*arguments) for arguments in given]
    return hashlib.sha256(repr((realised.skeleton.shape, results)).encode()).hexdigest()


def _chosen(cases: Sequence[Case], rng: random.Random) -> tuple[tuple[Case, ...], tuple[Case, ...]]:
    """Examples (the first edge case, and short ones that differ), and hidden cases with results of all sorts."""
    short = sorted(cases, key=lambda case: len(repr(case)))
    examples = [cases[0]]
    for case in [*short[len(short) // 4 :], *short]:
        if len(examples) <= SHOWN and repr(case[1]) not in {repr(result) for _, result in examples}:
            examples.append(case)
    rest = [case for case in cases if case not in examples]
    groups: dict[str, list[Case]] = {}
    for case in rest:
        groups.setdefault(repr(case[1]), []).append(case)
    rounds = zip_longest(*groups.values())
    hidden = [case for one_of_each in rounds for case in one_of_each if case is not None][:HIDDEN]
    rng.shuffle(hidden)
    return tuple(examples), tuple(hidden)
