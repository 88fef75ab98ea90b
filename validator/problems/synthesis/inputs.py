"""What problems are given: shapes of input, with their types, their English, random values and edge cases."""

import random
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import Field

from evaluator.graders import types, values
from evaluator.suites import Message
from validator.problems.synthesis.drawing import DRAWS

TABLE = Path(__file__).with_name("shapes.toml")
Arguments = tuple[Any, ...]


class Parameter(Message):
    """One argument."""

    kind: str
    names: tuple[str, ...] = Field(min_length=2)
    says: str
    """After "`name` is"."""


class Shape(Message):
    """What a problem can be given."""

    name: str
    parameters: tuple[Parameter, ...] = Field(min_length=1)
    edges: tuple[Arguments, ...] = Field(min_length=5)
    """What a program has to be right for, however rarely it is drawn."""
    plain: bool = False
    """Whether problems may begin with it that ask for nothing but its type."""


@cache
def shapes() -> Mapping[str, Shape]:
    """All of them, by their names."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {name: _typed(Shape.model_validate({"name": name, **shape})) for name, shape in table.items()}


def draw(shape: Shape, rng: random.Random, constants: tuple[int, ...], count: int) -> list[Arguments]:
    """``count`` random inputs that differ, or fewer where there are not so many."""
    found: dict[str, Arguments] = {}
    for _ in range(4 * count):
        if len(found) == count:
            break
        drawn = DRAWS[shape.name](rng, constants)
        arguments = drawn if len(shape.parameters) > 1 else (drawn,)
        found[repr(arguments)] = arguments
    return list(found.values())


def _typed(shape: Shape) -> Shape:
    """With pairs where the table has lists."""
    kinds = [types.parse(parameter.kind) for parameter in shape.parameters]
    edges = tuple(
        tuple(values.parse(kind, value) for kind, value in zip(kinds, edge, strict=True)) for edge in shape.edges
    )
    return shape.model_copy(update={"edges": edges})
