"""The building blocks of problems: each a small function, and the English for what it does.

They are data, ``idioms/*.toml``. ``takes`` and ``gives`` are types, where T and U stand for any that fit; ``holes`` are
functions that another block has to supply; ``draws`` are constants, ``"2..9"`` or a list of values, or operators by
their English. In ``say`` and ``note``, ``{k}`` is a constant, ``{p}`` what fills a hole, ``{p+}`` the same of many
things, and ``{item}``, ``{items}`` and ``{xs}`` are the nouns for what a list holds.
"""

import itertools
import math
import re
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import Field

from evaluator.suites import Message
from validator.errors import BadIdiom
from validator.problems.synthesis.machines import Machine

IDIOMS = Path(__file__).with_name("idioms")
TABLES = 1000
"""More machines than this can be drawn for every block that has one."""
VARIABLES = {"T": ("int", "string", "tuple[int, int]"), "U": ("int", "string")}
"""What the variables of a type may be, unless a block says otherwise."""


class Role(StrEnum):
    """Where in a sentence, and in a program, a block can stand."""

    TEST = "test"
    """One thing to true or false: "is even"."""
    MAP = "map"
    """One thing to another: "its square"."""
    TRANSFORM = "transform"
    """A whole to another, mostly lists: "keep the numbers that ..."."""
    FOLD = "fold"
    """Many things to one: "the sum of the numbers"."""


class Idiom(Message):
    """One building block."""

    name: str
    role: Role
    takes: str
    """Parameters and their types: ``xs: list[T]``."""
    gives: str
    code: str
    say: tuple[str, ...] = Field(min_length=2)
    note: str = ""
    """What happens in the cases that the sentence leaves open."""
    holes: dict[str, str] = Field(default_factory=dict)
    draws: dict[str, str | list[int] | list[str] | dict[str, str]] = Field(default_factory=dict)
    where: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    shape: str = ""
    """What it is given, if that is nothing that another block gives."""
    rules: tuple[str, ...] = ()
    """More sentences, which stand in a list below what it says."""
    machine: Machine | None = None
    """A state machine, drawn for it: ``{nexts}``, ``{numbers}`` and ``{names}`` in its code, ``{first}`` in words."""
    commands: bool = False
    """Whether its code is one class, whose methods are the commands that it is given."""
    reads: str = ""
    """The form of commands that it takes apart: it stands before blocks that take commands, and nowhere else."""
    weight: int = 1
    """How hard it is to write, beside the others."""

    def __hash__(self) -> int:
        """Names are unique."""
        return hash(self.name)

    @property
    def parameters(self) -> tuple[tuple[str, str], ...]:
        """Names, and types as they are written."""
        parts = re.findall(r"(\w+): ((?:[^,\[]|\[[^:]*\])+)", self.takes)
        return tuple((name, kind.strip()) for name, kind in parts)

    @property
    def variations(self) -> int:
        """How many the draws make of it."""
        drawn = math.prod(len(options(draw)) for draw in self.draws.values())
        return drawn * (TABLES if self.machine else 1)


def options(draw: str | list[int] | list[str] | dict[str, str]) -> tuple[int | str, ...]:
    """What a constant may be: for operators, their English."""
    if isinstance(draw, str):
        least, _, most = draw.partition("..")
        return tuple(range(int(least), int(most) + 1))
    return tuple(draw)


@cache
def load() -> tuple[Idiom, ...]:
    """All blocks, in the order of their names. Raises BadIdiom if two have the same."""
    found: dict[str, Idiom] = {}
    for path in sorted(IDIOMS.glob("*.toml")):
        for name, block in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if name in found:
                raise BadIdiom(f"{path.name}: there is another {name}")
            found[name] = Idiom.model_validate({"name": name, **block})
    return tuple(found[name] for name in sorted(found))


@cache
def bindings(idiom: Idiom) -> tuple[tuple[tuple[str, str], ...], ...]:
    """Every way to put types for the variables of ``idiom``: pairs of a variable and a type."""
    everything = " ".join([idiom.takes, idiom.gives, *idiom.holes.values()])
    variables = [name for name in VARIABLES if re.search(rf"\b{name}\b", everything)]
    choices = [idiom.where.get(name, VARIABLES[name]) for name in variables]
    return tuple(tuple(zip(variables, kinds, strict=True)) for kinds in itertools.product(*choices))


def bind(kind: str, bound: Mapping[str, str]) -> str:
    """A type with its variables replaced."""
    return re.sub(r"\b[TU]\b", lambda found: bound[found[0]], kind)
