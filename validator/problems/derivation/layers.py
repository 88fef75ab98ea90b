"""What is put around a benchmark problem: recodings of its arguments, and joins of the answers of two.

Both are data, in our own language, so that what they do is known without running a benchmark's code.
"""

import random
import tomllib
from dataclasses import dataclass
from functools import cache

from pydantic import Field

from evaluator.graders.types import Type, parse
from evaluator.suites import Message
from validator.problems.derivation.originals import HERE
from validator.problems.synthesis.catalogue import options
from validator.problems.synthesis.reading import read
from validator.problems.synthesis.realising import plainer
from validator.problems.synthesis.tree import Function

Draws = dict[str, str | list[int] | list[str]]


class Recoding(Message):
    """Another form of an argument."""

    name: str
    meant: str
    given: str
    draws: Draws = Field(min_length=1)
    decode: str
    encode: str
    say: tuple[str, ...]

    @property
    def variations(self) -> int:
        """How many the draws make of it."""
        return variations(self.draws)


class Join(Message):
    """One answer of two."""

    name: str
    takes: str
    gives: str
    draws: Draws = Field(min_length=1)
    code: str
    say: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layer:
    """A recoding or a join with its constants."""

    function: Function
    say: str
    inverse: Function | None = None


def variations(draws: Draws) -> int:
    """How many ways there are to draw all of them."""
    total = 1
    for draw in draws.values():
        total *= len(options(draw))
    return total


@cache
def recodings() -> tuple[Recoding, ...]:
    """All of them."""
    table = tomllib.loads((HERE / "recodings.toml").read_text(encoding="utf-8"))
    return tuple(Recoding.model_validate({"name": name, **entry}) for name, entry in table.items())


@cache
def joins() -> tuple[Join, ...]:
    """All of them."""
    table = tomllib.loads((HERE / "joins.toml").read_text(encoding="utf-8"))
    return tuple(Join.model_validate({"name": name, **entry}) for name, entry in table.items())


def recode(recoding: Recoding, rng: random.Random) -> Layer:
    """A recoding with its constants drawn. Raises BadIdiom."""
    drawn = {name: rng.choice(options(draw)) for name, draw in recoding.draws.items()}
    meant, given = parse(recoding.meant), parse(recoding.given)
    decode = read(f"{recoding.name}_back", (("x", given),), meant, recoding.decode, drawn, {})
    encode = read(recoding.name, (("x", meant),), given, recoding.encode, drawn, {})
    return Layer(decode, _said(rng.choice(recoding.say), drawn), encode)


def join(chosen: Join, rng: random.Random) -> Layer:
    """A join with its constants drawn. Raises BadIdiom."""
    drawn = {name: rng.choice(options(draw)) for name, draw in chosen.draws.items()}
    kind = parse(chosen.takes)
    function = read(chosen.name, (("p", kind), ("q", kind)), parse(chosen.gives), chosen.code, drawn, {})
    return Layer(function, _said(rng.choice(chosen.say), drawn))


def given_kind(layer: Layer) -> Type:
    """The type of a recoded argument."""
    return layer.function.parameters[0][1]


def _said(text: str, drawn: dict[str, int | str]) -> str:
    for name, value in drawn.items():
        text = text.replace(f"{{{name}}}", str(value))
    return plainer(text)
