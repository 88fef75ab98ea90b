"""What mutation knows: ``operators.toml`` says what each operator does, ``languages/NAME.toml`` where it applies.

A query captures what is changed as @site, unless its rewrite says otherwise; captures that begin with ``_`` are for
the query's own predicates.
"""

import tomllib
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import Field

from evaluator.suites import Message
from validator.errors import NotMutable

HERE = Path(__file__).parent


class Bug(StrEnum):
    """The kinds of bugs, as whoever looks for one is asked to name them. ``operators.toml`` describes each."""

    ARGUMENTS = "arguments"
    ARITHMETIC = "arithmetic"
    BOUNDARY = "boundary"
    CALL = "call"
    COMPARISON = "comparison"
    CONDITION = "condition"
    CONSTANT = "constant"
    CONTROL_FLOW = "control_flow"
    INITIAL_VALUE = "initial_value"
    MISSING = "missing"
    RESULT = "result"
    VARIABLE = "variable"


class Rewrite(StrEnum):
    """The ways in which a place can be changed."""

    SWAP = "swap"
    """@site becomes what ``into`` has for its text."""
    TEMPLATE = "template"
    """@site becomes each text of ``into``, with the text of capture NAME for ``@NAME@``."""
    EXCHANGE = "exchange"
    """@left and @right take each other's place."""
    SHIFT = "shift"
    """@site becomes one more, and one less."""
    DROP = "drop"
    """@site is left out, with its line where it had one of its own; never the only statement of a block."""
    RESULT = "result"
    """@site becomes what ``into`` has for the result type of the function around it; keys are patterns."""
    TEXT = "text"
    """@site, the text of a literal without its quotes, becomes another text."""
    VARIABLE = "variable"
    """@site becomes another variable of the same scope, and of the same type as far as types are declared."""


class Operator(Message):
    """One way to be wrong."""

    bug: Bug
    rewrite: Rewrite
    what: str
    """The mistake, in words."""
    into: dict[str, tuple[str, ...]] = Field(default={})
    """For rules that bring none of their own."""


class Rule(Message):
    """One place of a language where an operator applies."""

    query: str
    rewrite: Rewrite | None = None
    """If not the operator's own."""
    into: dict[str, tuple[str, ...]] | tuple[str, ...] = ()
    alike: bool = False
    """Only if @left and @right are of one type, in a language that checks."""
    numbers: bool = False
    """Only if neither @left nor @right is seen to be something else than a number."""
    without: str = ""
    """A pattern that what is around @site must not have in it."""
    unless: tuple[str, ...] = ()
    """Node types that @site may not be below of within its statement."""


class Dialect(Message):
    """A language, as far as its programs can be made wrong."""

    name: str
    blocks: tuple[str, ...]
    """Nodes whose children are statements."""
    functions: tuple[str, ...]
    result: str = ""
    """The field of a function that holds the type of its result."""
    scopes: tuple[str, ...]
    """Nodes beyond which what is declared in them is not known."""
    declarations: str
    """Captures @name, and @type, @declarator (what of the type stands around the name) or @value where there are."""
    inferred: tuple[str, ...] = ()
    """Words in the place of a type that leave it to the value."""
    literals: dict[str, str] = Field(default={})
    """What type it makes a variable to start as such a node, or as what ``FUNCTION()`` returns."""
    dynamic: bool = False
    """A variable of which no type is known may be of any."""
    unsigned: bool = False
    """Most numbers of programs may not be less than 0."""
    unused_is_error: bool = False
    """A variable that nothing uses is refused by the compiler."""
    not_uses: tuple[str, ...] = ()
    """``PARENT.FIELD`` of identifiers that are no variables."""
    operators: dict[str, tuple[Rule, ...]]


@cache
def bugs() -> dict[Bug, str]:
    """What each kind of bug is, in words that a person who looks for one is shown."""
    return {Bug(name): words for name, words in _read("operators.toml")["bugs"].items()}


@cache
def operators() -> dict[str, Operator]:
    """Every operator. Where two make the same change, it is the earlier one's."""
    return {name: Operator.model_validate(fields) for name, fields in _read("operators.toml")["operators"].items()}


@cache
def dialects() -> dict[str, Dialect]:
    """Every language that can be mutated, by its name."""
    names = sorted(path.stem for path in (HERE / "languages").glob("*.toml"))
    return {name: Dialect.model_validate({"name": name, **_read(f"languages/{name}.toml")}) for name in names}


def dialect_of(language: str) -> Dialect:
    """What mutation knows of ``language``. Raises NotMutable."""
    try:
        return dialects()[language]
    except KeyError:
        raise NotMutable(f"no mutants are made in {language!r}; languages: {', '.join(dialects())}") from None


def _read(path: str) -> dict[str, Any]:
    return tomllib.loads((HERE / path).read_text(encoding="utf-8"))
