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
    """Names that make programs out of texts, or look at them; and nodes that hide code from the grammar."""
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
        known = ", ".join(sorted(one.stem for one in HERE.glob("*.toml")))
        raise UnknownLanguage(f"no program can be measured in {language!r}; languages: {known}")
    return Syntax.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


def load() -> None:
    """Read every language's."""
    for path in HERE.glob("*.toml"):
        syntax_of(path.stem)
