"""What a model has to write, what is kept of it, and why it is refused."""

import json
import keyword
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from evaluator.errors import Ungradable
from evaluator.graders import types, values
from evaluator.graders.types import Kind, Type
from evaluator.protocol import Problem
from evaluator.suites import Message

FEWEST_INPUTS, MOST_INPUTS = 24, 64
LONGEST_CODE, LONGEST_STATEMENT, SHORTEST_STATEMENT, LONGEST_VALUE = 4_000, 4_000, 80, 2_000
"""Characters, of a value as Python shows it."""


def _printable(text: str) -> str:
    """Raises ValueError for what nobody sees: control and format characters, which can hide or turn text."""
    hidden = {letter for letter in text if not letter.isprintable() and letter not in "\n\t"}
    if hidden:
        raise ValueError(f"holds {min(hidden)!r}, which is not seen")
    return text


def _identifier(name: str) -> str:
    if not name.isidentifier() or not name.isascii() or keyword.iskeyword(name) or name.startswith("__"):
        raise ValueError(f"{name!r} is no name of a function or an argument")
    return name


def _type(text: str) -> str:
    try:
        kind = types.parse(text)
    except Ungradable as error:
        raise ValueError(str(error)) from error
    if any(part.kind in (Kind.BYTES, Kind.BIGINT) for part in kind.parts()):
        raise ValueError(f"{text!r} is not among the types of such problems")
    return text


Name = Annotated[str, Field(max_length=40), AfterValidator(_identifier)]
Kinds = Annotated[str, AfterValidator(_type)]


class Parameter(Message):
    """An argument."""

    name: Name
    type: Kinds


class Written(Message):
    """A problem as a model writes it, in JSON."""

    statement: Annotated[str, AfterValidator(_printable)] = Field(
        min_length=SHORTEST_STATEMENT, max_length=LONGEST_STATEMENT
    )
    function: Name
    parameters: tuple[Parameter, ...] = Field(min_length=1, max_length=5)
    result: Kinds
    reference: Annotated[str, AfterValidator(_printable)] = Field(max_length=LONGEST_CODE)
    """Python that defines ``function``."""
    inputs: tuple[tuple[Any, ...], ...] = Field(min_length=FEWEST_INPUTS, max_length=MOST_INPUTS)

    @property
    def kinds(self) -> tuple[Type, ...]:
        """The types of the arguments."""
        return tuple(types.parse(parameter.type) for parameter in self.parameters)

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if len({parameter.name for parameter in self.parameters}) != len(self.parameters):
            raise ValueError("two parameters have the same name")
        for number, given in enumerate(self.inputs):
            try:
                fitting = [values.parse(*pair) for pair in zip(self.kinds, given, strict=True)]
                json.dumps(given, allow_nan=False)
            except (Ungradable, ValueError, RecursionError) as error:
                raise ValueError(f"input {number} does not fit the parameters: {error}") from error
            if len(repr(fitting)) > LONGEST_VALUE:
                raise ValueError(f"input {number} has more than {LONGEST_VALUE} characters")
        if len(set(map(repr, self.inputs))) != len(self.inputs):
            raise ValueError("an input is there twice")
        return self


class Reason(StrEnum):
    """Why a problem is refused."""

    UNANSWERED = "unanswered"
    """The server gave none."""
    MALFORMED = "malformed"
    """It is not the JSON that was asked for, or says things that do not fit together."""
    LEAKING = "leaking"
    """The statement shows the solution."""
    REPEATED = "repeated"
    """It asks for the same as an earlier one."""
    REFERENCE_FAILS = "reference_fails"
    """The reference does not give a value of its type for every input, the same each time."""
    TRIVIAL = "trivial"
    """A guess would be right too often."""
    MUTANTS_SURVIVE = "mutants_survive"
    """Wrong programs pass: the inputs are too few or too tame, or the reference is too simple to get wrong."""
    DISAGREED = "disagreed"
    """Who solves it from its statement alone gets something else: it is ambiguous, or wrong."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a problem is not used."""

    reason: Reason
    detail: str


class Kept(Message):
    """A problem that was proven, as a line of a file."""

    problem: Problem
    wrong: tuple[str, ...] = Field(min_length=1)
    """Mutants of the reference that do not pass."""
    model: str
    mutants: int
    killed: int
    solutions: int
    """How many independent solutions agreed with the reference."""
    behaviour: str
