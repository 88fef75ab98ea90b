"""What a problem does on many inputs, and why it may not be worth solving."""

import hashlib
import random
from collections.abc import Sequence
from typing import Any

from validator.errors import Fault
from validator.problems.synthesis import inputs
from validator.problems.synthesis.evaluating import Evaluator
from validator.problems.synthesis.inputs import shapes
from validator.problems.synthesis.realising import Realised, realise, without
from validator.problems.synthesis.tree import Program

TRIED, GLANCE = 40, 16
"""How many random inputs there are, and how many are run at first."""
MOST_STEPS = 20_000
"""For one call."""
RIVALS = 3
Case = tuple[tuple[Any, ...], Any]
"""Arguments, and the result."""


def seeded(text: str) -> random.Random:
    """The random numbers that begin with ``text``."""
    return random.Random(hashlib.sha256(text.encode()).digest())  # noqa: S311  reproducible, and no secret


def run(realised: Realised, rng: random.Random) -> tuple[list[Case], float]:
    """Results for the edge cases and for random inputs, and the mean number of steps. Raises Fault."""
    shape = shapes()[realised.skeleton.shape]
    evaluator = Evaluator(realised.program, MOST_STEPS)
    given = [*shape.edges, *inputs.draw(shape, rng, realised.constants, TRIED)]
    cases: list[Case] = []
    steps = 0
    for arguments in {repr(one): one for one in given}.values():
        cases.append((arguments, evaluator(*arguments)))
        steps += evaluator.steps
        if len(cases) == GLANCE and constant(cases, strict=False):
            break
    return cases, steps / len(cases)


def more(realised: Realised, rng: random.Random, count: int) -> list[Case]:
    """Results for ``count`` random inputs, or for as many as there are. Raises Fault."""
    evaluator = Evaluator(realised.program, MOST_STEPS)
    given = inputs.draw(shapes()[realised.skeleton.shape], rng, realised.constants, count)
    return [(arguments, evaluator(*arguments)) for arguments in given]


def unfit(realised: Realised, cases: Sequence[Case]) -> str:
    """Why nobody should have to solve it; empty if they may."""
    if max(len(repr(result)) for _, result in cases) > 600:
        return "long results"
    same = sum(result in arguments for arguments, result in cases)
    if same > len(cases) / 2:
        return "returns what it is given"
    return _idle(realised, cases)


def constant(cases: Sequence[Case], strict: bool) -> str:
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


def rivals(realised: Realised, start: str) -> tuple[Program, ...]:
    """The same program with other draws of its constants."""
    rngs = (seeded(f"{start}/rival {rival}") for rival in range(RIVALS))
    return tuple(realise(realised.skeleton, rng).program for rng in rngs)


def alike(programs: Sequence[Program], cases: Sequence[Case]) -> bool:
    """Whether one of ``programs`` would do as well for the cases."""
    for program in programs:
        evaluate = Evaluator(program, MOST_STEPS)
        try:
            if all(evaluate(*arguments) == result for arguments, result in cases):
                return True
        except Fault:
            continue
    return False


def behaviour(realised: Realised) -> str:
    """A digest of the results for inputs that depend on the shape of the input alone. Raises Fault."""
    shape = shapes()[realised.skeleton.shape]
    evaluator = Evaluator(realised.program, MOST_STEPS)
    given = inputs.draw(shape, seeded(f"behaviour/{realised.skeleton.shape}"), (), 25)
    results = [evaluator(*arguments) for arguments in given]
    return hashlib.sha256(repr((realised.skeleton.shape, results)).encode()).hexdigest()
