"""Skeletons: which building blocks a problem is composed of, one after the other and one inside the other.

A skeleton has everything that makes a problem hard, and nothing that makes its answer: constants, operators, names and
words are drawn later, for each variant anew, and so is what fills a hole with one simple block.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from validator.problems.synthesis.catalogue import Idiom, Role, bind, bindings, load
from validator.problems.synthesis.inputs import shapes

ATTEMPTS = 40
CLASSES = 0.1
"""How many of the problems that begin with a block made for its input begin with a class."""
WRITTEN = 0.4
"""How many of the commands are a text that has to be taken apart before."""
MOST_NARROW = 2
"""Blocks in a row that take a single number: more of them lose whatever was given."""


@dataclass(frozen=True, slots=True)
class Block:
    """A building block with its types, and the blocks in its holes."""

    idiom: Idiom
    bound: tuple[tuple[str, str], ...]
    held: tuple[tuple[str, "Block"], ...] = ()

    @property
    def takes(self) -> tuple[str, ...]:
        """The types of its parameters."""
        return tuple(bind(kind, dict(self.bound)) for _, kind in self.idiom.parameters)

    @property
    def gives(self) -> str:
        """The type of its result."""
        return bind(self.idiom.gives, dict(self.bound))

    def blocks(self) -> "Iterator[Block]":
        """Itself, and all that it holds."""
        yield self
        for _, block in self.held:
            yield from block.blocks()

    @property
    def depth(self) -> int:
        """How many blocks there are."""
        return sum(1 for _ in self.blocks())

    @property
    def variations(self) -> int:
        """How many constants make of it."""
        total = 1
        for block in self.blocks():
            total *= block.idiom.variations
        return total


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The shape of what is given, and the blocks that it goes through."""

    shape: str
    stages: tuple[Block, ...]

    @property
    def depth(self) -> int:
        """How many blocks there are."""
        return sum(stage.depth for stage in self.stages)

    def revaried(self, rng: random.Random) -> "Skeleton":
        """The same, with other blocks of the same weight and type in simple holes."""
        return replace(self, stages=tuple(_revaried(stage, rng) for stage in self.stages))


def compose(rng: random.Random, depth: int) -> Skeleton | None:
    """A skeleton of exactly ``depth`` blocks; None where the first blocks left no way to get there."""
    shape, stages = _begin(rng, depth)
    left = depth - sum(stage.depth for stage in stages)
    while left > 0:
        kind = stages[-1].gives if stages else shapes()[shape].parameters[0].kind
        stage = _next(rng, kind, left, folds=left <= 2 or rng.random() < 0.3)
        if stage is None or stage.idiom in [before.idiom for before in stages]:
            return None
        stages.append(stage)
        left -= stage.depth
    narrow = [stage for stage in stages if stage.takes in (("int",), ("float",), ("bool",))]
    return None if len(narrow) > MOST_NARROW else Skeleton(shape, tuple(stages))


def follow(rng: random.Random, kind: str, depth: int) -> tuple[Block, ...] | None:
    """Exactly ``depth`` blocks that go on from something of type ``kind``; None where there was no way to get there."""
    stages: list[Block] = []
    while left := depth - sum(stage.depth for stage in stages):
        taken = stages[-1].gives if stages else kind
        stage = _next(rng, taken, left, folds=left <= 2 or rng.random() < 0.3)
        if stage is None or stage.idiom in [before.idiom for before in stages]:
            return None
        stages.append(stage)
    return tuple(stages)


def _begin(rng: random.Random, depth: int) -> tuple[str, list[Block]]:
    """What is given, and the block that it is made for, if there is one."""
    special = [idiom for idiom in load() if idiom.shape and not idiom.reads]
    if rng.random() < 0.5:
        classes = rng.random() < CLASSES
        idiom = rng.choice([one for one in special if one.commands is classes])
        if idiom.commands and depth > 2 and rng.random() < WRITTEN:
            return _read(rng, idiom, depth)
        block = fill(rng, idiom, bindings(idiom)[0], depth)
        if block is not None:
            return idiom.shape, [block]
    return rng.choice([name for name, shape in shapes().items() if shape.plain]), []


def _read(rng: random.Random, idiom: Idiom, depth: int) -> tuple[str, list[Block]]:
    """A block that is given commands, behind one that takes a text apart into them."""
    reader = rng.choice([one for one in load() if one.reads])
    block = fill(rng, idiom, (), depth - 1)
    return idiom.shape + reader.reads, [Block(reader, ()), *([block] if block else [])]


def _next(rng: random.Random, kind: str, left: int, folds: bool) -> Block | None:
    """A block that takes what is of type ``kind``."""
    found = [(idiom, bound) for idiom, bound in _taking(kind) if not idiom.shape]
    if kind.startswith("list["):
        role = Role.FOLD if folds else Role.TRANSFORM
        found = [(idiom, bound) for idiom, bound in found if idiom.role is role]
    elif left > 1 or rng.random() < 0.6:
        found = [(idiom, bound) for idiom, bound in found if idiom.role is not Role.TEST]
    for _ in range(ATTEMPTS if found else 0):
        idiom, bound = rng.choice(found)
        block = fill(rng, idiom, bound, left)
        if block is not None:
            return block
    return None


@cache
def _taking(kind: str) -> tuple[tuple[Idiom, tuple[tuple[str, str], ...]], ...]:
    return tuple(
        (idiom, bound)
        for idiom in load()
        for bound in bindings(idiom)
        if tuple(bind(taken, dict(bound)) for _, taken in idiom.parameters) == (kind,)
    )


def fill(rng: random.Random, idiom: Idiom, bound: tuple[tuple[str, str], ...], budget: int) -> Block | None:
    """``idiom`` with its holes filled, of at most ``budget`` blocks."""
    held: list[tuple[str, Block]] = []
    budget -= 1 + len(idiom.holes)
    for name, signature in idiom.holes.items():
        takes, _, gives = bind(signature, dict(bound)).partition(" -> ")
        choices = [one for one in _fitting(takes, gives) if one[0] not in (block.idiom for _, block in held)]
        block = None
        for _ in range(4 if budget >= 0 and choices else 0):
            other, types = rng.choice(choices)
            block = fill(rng, other, types, budget + 1)
            if block is not None:
                break
        if block is None:
            return None
        budget -= block.depth - 1
        held.append((name, block))
    return Block(idiom, bound, tuple(held)) if budget >= 0 else None


@cache
def _fitting(takes: str, gives: str) -> tuple[tuple[Idiom, tuple[tuple[str, str], ...]], ...]:
    """What can fill a hole."""
    return tuple(
        (idiom, bound)
        for idiom, bound in _taking(takes)
        if bind(idiom.gives, dict(bound)) == gives
        and idiom.role in (Role.TEST, Role.MAP, Role.FOLD)
        and not idiom.shape
        and not any("list" in signature for signature in idiom.holes.values())
    )


def _revaried(block: Block, rng: random.Random) -> Block:
    held: list[tuple[str, Block]] = []
    for name, inner in block.held:
        alike = [
            Block(idiom, bound)
            for idiom, bound in _fitting(*(*inner.takes, inner.gives))
            if not idiom.holes and idiom.weight == inner.idiom.weight and idiom.role is inner.idiom.role
        ]
        used = {one.idiom for _, one in held}
        alike = [one for one in alike if one.idiom not in used]
        held.append((name, _revaried(inner, rng) if inner.held or not alike else rng.choice(alike)))
    return replace(block, held=tuple(held))


def weights(skeleton: Skeleton) -> Mapping[str, int]:
    """What a skeleton says about how hard a problem is."""
    blocks = [block for stage in skeleton.stages for block in stage.blocks()]
    return {
        "blocks": len(blocks),
        "stages": len(skeleton.stages),
        "weight": sum(block.idiom.weight for block in blocks),
        "hardest": max(block.idiom.weight for block in blocks),
        "nested": sum(len(block.held) for block in blocks),
    }
