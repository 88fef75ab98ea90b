"""Whole programs: a ``main`` that reads the arguments from standard input, a value a line, and writes the result.

``mains/NAME.toml`` says how each type is read and written in a language. A list is its length and then its items, each
in a line of its own; a truth value is ``true`` or ``false``; a string is what stands in its line.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from evaluator.graders import drivers
from evaluator.graders.types import Type
from evaluator.suites import Message
from validator.errors import UnknownTarget
from validator.problems.synthesis.emitting.grammar import spell
from validator.problems.synthesis.emitting.naming import spelt
from validator.problems.synthesis.emitting.printer import emit
from validator.problems.synthesis.tree import Program

MAINS = Path(__file__).with_name("mains")
NAMES = ("first", "second")
GAPS = {"python": 2}
"""Blank lines between the parts, where they are not one."""


class Main(Message):
    """How a language reads and writes."""

    main: str
    """``@reads@`` and ``@writes@`` stand in lines of their own."""
    tab: str
    reads: dict[str, str]
    """By the name of a type."""
    writes: dict[str, str]
    """What is written is called ``result``."""
    imports: tuple[str, ...] = ()
    """Lines that are needed at the top, unless the program has them."""
    after: str = ""
    """What stands before them."""


def can_stand_alone(program: Program) -> bool:
    """Whether its arguments can be read and its result can be written."""
    main = _find("python")
    kinds = [kind.name for _, kind in program.entry.parameters]
    return len(kinds) <= len(NAMES) and set(kinds) <= set(main.reads) and program.entry.result.name in main.writes


def whole(program: Program, language: str) -> str:
    """The source of a program that reads and writes. Raises UnknownTarget."""
    main, code = _find(language), emit(program, language)
    entry = program.entry
    pairs = [(name, kind) for name, (_, kind) in zip(NAMES, entry.parameters, strict=False)]
    reads = [drivers.fill(main.reads[kind.name].strip("\n"), {"name": name}) for name, kind in pairs]
    about = {
        "entry": spelt(language, entry.name),
        "names": ", ".join(name for name, _ in pairs),
        "type": spell(language, entry.result),
        "reads": _indented("\n".join(reads), main.tab),
        "writes": _indented(main.writes[entry.result.name].strip("\n"), main.tab),
    }
    lines = [line for line in main.imports if line not in code.splitlines()]
    first, rest = code[: len(main.after)], code[len(main.after) :]
    top = "\n".join(lines) + "\n" if lines else ""
    blank = "\n" * GAPS.get(language, 1)
    head = top + blank if top and not rest.startswith(("\n", "#", "import")) else top
    return f"{first}{head}{rest}{blank}{drivers.fill(main.main, about).strip()}\n"


def written(kind: Type, value: Any) -> str:
    """A value as it stands in the input or the output of a whole program."""
    if kind.of:
        return "".join([f"{len(value)}\n", *(written(kind.of[0], item) for item in value)])
    return f"{str(value).lower() if isinstance(value, bool) else value}\n"


@cache
def _find(language: str) -> Main:
    path = MAINS / f"{language}.toml"
    if not path.is_file():
        known = ", ".join(sorted(path.stem for path in MAINS.glob("*.toml")))
        raise UnknownTarget(f"no whole programs are written in {language!r}; there are: {known}")
    return Main.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


def _indented(text: str, tab: str) -> str:
    return "\n".join(tab + line for line in text.splitlines())
