"""One problem for each building block and each of its types, alone or behind what gives it something to take."""

import random

import pytest

from evaluator.graders.types import parse
from validator.errors import Fault
from validator.problems.synthesis.catalogue import Idiom, bindings, load
from validator.problems.synthesis.composing import Block, Skeleton, fill
from validator.problems.synthesis.evaluating import Evaluator
from validator.problems.synthesis.inputs import draw, shapes
from validator.problems.synthesis.making import Synthesised
from validator.problems.synthesis.realising import Realised, realise
from validator.problems.synthesis.trying import Case

PLAIN = {
    "int": "ints",
    "string": "letters",
    "list[int]": "ints",
    "list[string]": "words",
    "list[float]": "floats",
    "list[tuple[int, int]]": "points",
}


GIVERS = {
    "int": "total",
    "map[int, int]": "tally",
    "map[string, int]": "sums_of_settings",
    "tuple[int, int]": "turns",
    "list[list[int]]": "next_generation",
}
"""Blocks before those that take what is not, or not negative, in any input."""


def skeletons(idiom: Idiom) -> list[Skeleton]:
    """``idiom`` with each of its types."""
    found = []
    for bound in bindings(idiom):
        block = fill(random.Random(idiom.name), idiom, bound, 8)
        assert block is not None, idiom.name
        stages = (*_before(block), block)
        found.append(Skeleton(stages[0].idiom.shape or PLAIN[stages[0].takes[0]], stages))
    return found


def _before(block: Block) -> list[Block]:
    name = GIVERS.get(block.takes[0])
    if block.idiom.shape or name is None:
        return []
    (giver,) = [idiom for idiom in load() if idiom.name == name]
    before = fill(random.Random(3), giver, bindings(giver)[0], 8)
    assert before is not None
    return [before]


def solved(realised: Realised, rng: random.Random) -> list[Case]:
    """Results for edge cases and random inputs. Raises Fault."""
    shape, evaluator = shapes()[realised.skeleton.shape], Evaluator(realised.program)
    return [(given, evaluator(*given)) for given in (*shape.edges, *draw(shape, rng, realised.constants, 15))]


@pytest.fixture(scope="session")
def specimens() -> list[Synthesised]:
    """Every building block, with what the interpreter says about it."""
    found = []
    for idiom in load():
        for skeleton in skeletons(idiom):
            for turn in range(9):
                rng = random.Random(f"{idiom.name} {turn}")
                realised = realise(skeleton, rng)
                try:
                    cases = solved(realised, rng)
                except Fault:
                    continue
                found.append(_problem(skeleton, realised, cases))
                break
            else:
                pytest.fail(f"{idiom.name} never has results for all inputs")
    return found


def _problem(skeleton: Skeleton, realised: Realised, cases: list[Case]) -> Synthesised:
    assert parse(skeleton.stages[-1].gives) == realised.program.entry.result
    return Synthesised(
        seed=0,
        depth=skeleton.depth,
        variant=b"",
        statement=skeleton.stages[-1].idiom.name,
        program=realised.program,
        examples=(),
        hidden=tuple(cases),
        features={},
        behaviour="",
        shape=skeleton.shape,
    )
