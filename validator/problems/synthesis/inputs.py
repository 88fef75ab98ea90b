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
from validator.problems.synthesis import commanding
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
    commands: dict[str, commanding.Range] = Field(default_factory=dict)
    """The least and greatest number of each command, zeros where it has none; then the rest follows from them."""
    form: str = ""
    """How the commands are written."""
    stories: dict[str, str] = Field(default_factory=dict)
    """Where it may come from, by the name of a parameter."""
    plain: bool = False
    """Whether problems may begin with it that ask for nothing but its type."""


@cache
def shapes() -> Mapping[str, Shape]:
    """All of them, by their names."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    found: dict[str, dict[str, Any]] = {}
    for name, shape in table.items():
        found |= commanding.forms(name, shape) if "commands" in shape else {name: {"name": name, **shape}}
    return {name: _typed(Shape.model_validate(shape)) for name, shape in found.items()}


def draw(shape: Shape, rng: random.Random, constants: tuple[int, ...], count: int) -> list[Arguments]:
    """``count`` random inputs that differ, or fewer where there are not so many."""
    found: dict[str, Arguments] = {}
    for _ in range(4 * count):
        if len(found) == count:
            break
        drawn = _drawn(shape, rng, constants)
        arguments = drawn if len(shape.parameters) > 1 else (drawn,)
        found[repr(arguments)] = arguments
    return list(found.values())


def _drawn(shape: Shape, rng: random.Random, constants: tuple[int, ...]) -> Any:
    if not shape.commands:
        return DRAWS[shape.name](rng, constants)
    given = commanding.drawn(shape.commands, rng, constants)
    return commanding.written(shape.form, shape.commands, given)


def _typed(shape: Shape) -> Shape:
    """With pairs where the table has lists."""
    kinds = [types.parse(parameter.kind) for parameter in shape.parameters]
    edges = tuple(
        tuple(values.parse(kind, value) for kind, value in zip(kinds, edge, strict=True)) for edge in shape.edges
    )
    return shape.model_copy(update={"edges": edges})
