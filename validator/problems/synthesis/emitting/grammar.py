"""A language as data: how each statement and operation of ``tree`` is written in it (``languages/NAME.toml``).

In a template ``$0`` stands for the first operand as it is, ``#0`` for it in parentheses unless it needs none, ``$*``
for all with commas; ``@self@`` and such are words about the type, as in the drivers of calls. An operation is looked up
as ``op.kind`` (the kind of its first operand, or of its result if it has none), then as ``op``.
"""

import tomllib
from functools import cache
from pathlib import Path

from pydantic import Field

from evaluator.graders import drivers
from evaluator.graders.types import Kind, Type
from evaluator.suites import Message
from validator.errors import UnknownTarget

LANGUAGES = Path(__file__).with_name("languages")


class Helper(Message):
    """A function that operations use, written out only in programs that do."""

    text: str
    of: Kind | None = None
    """Once for each type of this kind, if it is not the same for all."""
    each: dict[str, drivers.Each | str] = Field(default_factory=dict)


class Words(Message):
    """How names are spelt."""

    camel: bool = False
    reserved: tuple[str, ...] = ()


class Grammar(Message):
    """What it takes to write a program in a language."""

    words: Words
    literals: dict[str, str]
    operators: dict[str, str]
    """Those that are written between their operands, or before the one that they have."""
    operations: dict[str, str]
    """The others. ``~`` before a template says that parentheses are needed around it."""
    statements: dict[str, str]
    """A template whose last line is ``...`` goes around a block."""
    classes: dict[str, str]
    """``whole`` goes around fields, their first values and methods; ``new`` makes an object, ``send`` calls it."""
    owned: dict[str, str] = Field(default_factory=dict)
    """How a value that has a place is kept elsewhere too, by kind."""
    parameter: dict[str, str]
    """By kind, or ``any``; those of the entry are as ``entry`` says."""
    shorter: tuple[tuple[str, str], ...] = ()
    """What is put for what in spelt types."""
    hoists: bool = False
    """Whether what a loop goes through must have a name."""
    declares: bool = False
    """Whether types have to be declared."""
    imports: dict[str, str] = Field(default_factory=dict)
    """A line for the top, by the text that needs it."""
    first: str = ""
    top: str = ""
    bottom: str = ""
    indent: int = 0
    """Of whole functions, in steps."""
    tab: str = "    "
    helpers: dict[str, Helper] = Field(default_factory=dict)


def targets() -> tuple[str, ...]:
    """The languages that references are written in."""
    return tuple(sorted(path.stem for path in LANGUAGES.glob("*.toml")))


@cache
def find(language: str) -> Grammar:
    """The grammar of a language. Raises UnknownTarget."""
    if language not in targets():
        raise UnknownTarget(f"no references are written in {language!r}; there are: {', '.join(targets())}")
    text = (LANGUAGES / f"{language}.toml").read_text(encoding="utf-8")
    return Grammar.model_validate(tomllib.loads(text))


@cache
def spell(language: str, kind: Type) -> str:
    """A type in the language's own words."""
    spelt = drivers.find(language).spell(kind)
    for long, short in find(language).shorter:
        spelt = spelt.replace(long, short)
    return spelt


@cache
def words(language: str, kind: Type) -> dict[str, str]:
    """What a template may say about a type."""
    found = {"self": kind.name, "type": spell(language, kind)}
    for n, held in enumerate(kind.of):
        found |= {str(n): spell(language, held), f"name{n}": held.name}
    return found
