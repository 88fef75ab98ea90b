"""What measuring knows of a language: one TOML file each in ``languages/``."""

import re
import tomllib
from functools import cache
from pathlib import Path

from evaluator.errors import UnknownLanguage
from evaluator.suites import Message

HERE = Path(__file__).parent / "languages"


class Syntax(Message):
    """Types of tree-sitter's nodes, by what they mean for whoever reads the program."""

    nests: frozenset[str]
    """A decision, a loop, or a function in an expression: what is in it is one level deeper."""
    branches: frozenset[str]
    """Those of them that go on with ``else if``, which is no deeper."""
    ternaries: frozenset[str] = frozenset()
    """Those whose ``else`` is a part of them."""
    documents: frozenset[str] = frozenset()
    """Statements that do nothing if they are one string: documentation."""
    refused: frozenset[str] = frozenset()
    """Names that make programs out of texts, or look at them."""
    opaque: frozenset[str] = frozenset()
    """Nodes that hide code from the grammar."""
    hides: str = ""
    """A pattern of what a compiler reads otherwise than the grammar does."""
    prelude: str = ""
    """Stands before a program when it is run, and takes away what could make code out of text unnamed."""
    imports: frozenset[str] = frozenset()
    imported: str = ""
    """A pattern of what may be imported."""

    def allows(self, statement: str) -> bool:
        """Whether an import may stand in a program that is measured."""
        return re.fullmatch(self.imported, " ".join(statement.split())) is not None


@cache
def syntax_of(language: str) -> Syntax:
    """The syntax of ``language``. Raises UnknownLanguage."""
    path = HERE / f"{language}.toml"
    if not path.is_file():
        raise UnknownLanguage(f"no program can be measured in {language!r}; languages: {', '.join(languages())}")
    return Syntax.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


def languages() -> list[str]:
    """Those that programs can be measured in."""
    return sorted(path.stem for path in HERE.glob("*.toml"))
