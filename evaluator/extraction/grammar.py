"""What extraction knows of a language: one TOML file each in ``languages/``, and its tree-sitter grammar."""

import importlib
import re
import tomllib
from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import Field
from tree_sitter import Language, Node, Parser, Query, QueryCursor

from evaluator.errors import UnknownLanguage
from evaluator.suites import Message

HERE = Path(__file__).parent / "languages"


class Layout(StrEnum):
    """How a body is told from what is around it."""

    INDENTED = "indented"
    BRACED = "braced"


class Grammar(Message):
    """One language, as far as it must be known to find a program in an answer and to put programs together.

    Queries are tree-sitter's; ``NAME`` in ``mention`` stands for the entry point.
    """

    name: str
    module: str
    """The Python module of the grammar, and the function in it."""
    function: str = "language"
    labels: tuple[str, ...]
    """What a fence of this language is called, in lower case."""
    layout: Layout
    mention: str
    """Where a definition of NAME may be. Cheap, and wrong at times: the grammar decides."""
    begins: str
    """A line that is code and not prose."""
    returns: str = r"\breturn\b"
    """What tells a body from an example of use."""
    definitions: str
    """Captures @function or @class, with @name, @body and @parameters in it."""
    wrappers: tuple[str, ...] = ()
    """Nodes around a definition that belong to it: decorators, exports."""
    bodies: tuple[str, ...] = ()
    """What the members of a class are children of."""
    blocks: tuple[str, ...]
    """What the statements of a function are children of."""
    headers: str = ""
    """Captures as @header what has to stand before everything else."""
    header_line: str = "{}"
    header_name: str = ""
    """Finds the name that a header imports. Where it is given, an unused header is an error and is left out."""
    uses: str = ""
    """Captures as @used each use of an imported name."""
    assumed: tuple[str, ...] = ()
    """Headers that answers may use without saying so: a body has no place for them."""
    noise: str = ""
    """Captures as @noise what stands in the way once an answer is part of a larger file."""
    rivals: str = ""
    """Captures, in an answer, tests of its own that a framework would run beside ours."""
    attached: tuple[str, ...] = ()
    """Nodes before a definition that belong to it."""
    shadowed: str = ""
    """Captures as @shadowed what a later piece may say again only if it is put into ``shadow``, for USES."""
    shadowed_line: str = "{}"
    shadow: str = "USES"
    opening: str = ""
    """The first line of each file."""
    before_tests: str = ""
    """Stands between an answer and tests in the same process, and makes failed assertions fail."""
    identifiers: tuple[str, ...] = ("identifier",)
    statements: tuple[str, ...]
    """Nodes that go on with the program after a definition."""
    expressions: dict[str, tuple[str, ...]] = Field(default={})
    """Nodes that do so with such a child only: prose often reads as an expression."""
    script: bool = False
    """Any statement may stand at the margin."""
    empty: tuple[str, ...]
    """Nodes of a body that do nothing: a stub has no others."""
    overloads: bool = False
    """Functions of one name can differ in their parameters."""
    redefinable: bool = False
    """A later definition of the same name takes the place of an earlier one."""

    def parse(self, code: bytes) -> Node:
        """Return the root of ``code``'s tree."""
        return Parser(_language(self.module, self.function)).parse(code).root_node

    def matches(self, query: str, root: Node) -> list[dict[str, list[Node]]]:
        """What ``query`` captures below ``root``, match by match."""
        return [found for _, found in QueryCursor(_query(self.module, self.function, query)).matches(root)]

    def captured(self, query: str, root: Node) -> list[Node]:
        """Every node that ``query`` captures, in the order of the text."""
        nodes = [node for found in self.matches(query, root) for nodes in found.values() for node in nodes]
        return sorted(nodes, key=lambda node: (node.start_byte, node.end_byte))

    def mentions(self, name: str) -> re.Pattern[str]:
        """Matches where ``name`` may be defined."""
        return _pattern(self.mention.replace("NAME", re.escape(name)))


@cache
def grammars() -> dict[str, Grammar]:
    """Every language that programs can be extracted in, by its name."""
    return {
        path.stem: Grammar.model_validate({"name": path.stem, **tomllib.loads(path.read_text(encoding="utf-8"))})
        for path in sorted(HERE.glob("*.toml"))
    }


def grammar_of(language: str) -> Grammar:
    """The grammar of ``language``. Raises UnknownLanguage."""
    try:
        return grammars()[language]
    except KeyError:
        known = ", ".join(grammars())
        raise UnknownLanguage(f"no program can be cut out in {language!r}; languages: {known}") from None


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE)


@cache
def _language(module: str, function: str) -> Language:
    return Language(getattr(importlib.import_module(module), function)())


@cache
def _query(module: str, function: str, query: str) -> Query:
    return Query(_language(module, function), query)
