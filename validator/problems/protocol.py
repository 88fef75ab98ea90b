"""A problem of one of eight kinds: what it is made from, and all that is known of it once it is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pydantic import BaseModel, Field

from evaluator.protocol import Problem

VERSION = 1
"""Of all that makes problems: the same recipe gives the same problem, byte for byte, as long as this stays the same."""


class Kind(StrEnum):
    """What is asked of a model."""

    GENERATION = "generation"
    REPAIR = "repair"
    BUG_DETECTION = "bug_detection"
    TRANSLATION = "translation"
    REFACTORING = "refactoring"
    DOCUMENTATION = "documentation"
    ANALYSIS = "analysis"
    TEST_WRITING = "test_writing"


class Source(StrEnum):
    """Where a problem comes from."""

    SYNTHESIS = "synthesis"
    DERIVATION = "derivation"
    MODEL = "model"


class Recipe(BaseModel, frozen=True, extra="forbid"):
    """What a problem is made from, again and again; this is what is stored of it."""

    kind: Kind
    seed: int = Field(ge=0)
    depth: int = 4
    """How many building blocks."""
    language: str = "python"
    """Of the answer; where the answer is no program, of the program that is asked about."""
    given: str = ""
    """Translation: the language of the program that is shown."""
    source: Source = Source.SYNTHESIS
    version: int = VERSION

    @property
    def name(self) -> str:
        """What a person calls it: ``translation/7-4/java-python``. Recipes of one version and source have their own."""
        languages = f"{self.given}-{self.language}" if self.given else self.language
        source = "" if self.source is Source.SYNTHESIS else f"{self.source}/"
        return f"{source}{self.kind}/{self.seed}-{self.depth}/{languages}"


@dataclass(frozen=True, slots=True)
class Made:
    """A problem, ready to be put to a miner."""

    recipe: Recipe
    variant: bytes
    problem: Problem
    """As it is put (``shown``, which is the whole of what its solver needs) and judged."""
    right: str
    """An answer that solves it, as a model would write it."""
    wrong: tuple[str, ...]
    """Answers that look like right ones, and must not pass; at least one."""
    features: Mapping[str, float]
    """What difficulty is predicted from: see ``validator.problems.difficulty``."""
    behaviour: str
    """A digest: problems that ask for the same have the same."""


class Maker(Protocol):
    """What a kind is: a module of ``validator.problems.kinds`` has one, and says for which languages."""

    def __call__(self, recipe: Recipe, variant: bytes = b"") -> Made:
        """The problem of ``recipe``, one miner's ``variant`` of it: pure, and the same each time.

        Raises SynthesisError: nothing can be made of this seed.
        """
