"""A completion and the driver of its language, put together. A language is data: ``sandbox/languages/calls/NAME.toml``.

``@word@`` in a template stands for what ``word`` names here; what is put in is not searched again.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache

from pydantic import Field

from evaluator.errors import Ungradable
from evaluator.graders.types import Kind, Type
from evaluator.suites import Message
from sandbox import languages

DRIVERS = languages.HERE / "languages" / "calls"
NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")


class Each(Message):
    """Text for each of several types, where ``@n@`` counts from 0 and ``@type@`` and ``@name@`` are the type's."""

    text: str
    join: str = "\n"


class Definition(Message):
    """What a driver needs for each type of one kind. ``@self@`` is the type's name, ``@0@`` what it holds first."""

    declare: str = ""
    """What the completion needs too: a prompt shows it. Left out where the completion has it already."""
    declared: str = ""
    """A pattern that finds ``declare`` in a completion."""
    text: str = ""
    each: dict[str, Each | str] = Field(default_factory=dict)
    """By the word that it is put in for: something for each type that is held."""


class Driver(Message):
    """How a language answers calls."""

    template: str
    """The file of the driver's text."""
    owner: str = ""
    """What holds the entry point if its name does not say so."""
    hoist: str = ""
    """A pattern of what goes to the front of everything: imports."""
    rewrites: tuple[tuple[str, str], ...] = ()
    """Patterns in a completion, and what replaces them."""
    nul_in_strings: bool = True
    parameters: dict[str, Each | str] = Field(default_factory=dict)
    types: dict[str, str] = Field(default_factory=dict)
    """How types are spelt, by kind; ``tuple2`` goes before ``tuple`` for a tuple of two."""
    boxed: dict[str, str] = Field(default_factory=dict)
    """Other spellings for types that are held by types."""
    definitions: dict[Kind, Definition] = Field(default_factory=dict)

    def spell(self, kind: Type) -> str:
        """``kind`` in the language's own words."""
        own = self.types.get(f"{kind.kind}{len(kind.of)}", self.types.get(kind.kind, ""))
        return fill(own, self._words(kind))

    def declarations(self, kinds: Iterable[Type], code: str = "") -> str:
        """What has to be declared for ``kinds``, and ``code`` does not declare."""
        return "\n".join(
            fill(definition.declare, words)
            for definition, words in self._defined(kinds)
            if not definition.declared or not re.search(fill(definition.declared, words), code)
        )

    def functions(self, kinds: Iterable[Type]) -> str:
        """What the driver alone needs for ``kinds``."""
        return "\n".join(fill(definition.text, words) for definition, words in self._defined(kinds))

    def of_each(self, wanted: Mapping[str, Each | str], kinds: Iterable[Type]) -> dict[str, str]:
        """The words that stand for something repeated for each of ``kinds``."""
        words = [{**self._words(kind), "n": str(n)} for n, kind in enumerate(kinds)]
        asked = {name: Each(text=each) if isinstance(each, str) else each for name, each in wanted.items()}
        return {name: each.join.join(fill(each.text, one) for one in words) for name, each in asked.items()}

    def _defined(self, kinds: Iterable[Type]) -> list[tuple[Definition, dict[str, str]]]:
        """The definitions that ``kinds`` need, and their words, each once, what is held before what holds it."""
        parts = dict.fromkeys(part for kind in kinds for part in kind.parts() if part.kind in self.definitions)
        found = [(self.definitions[part.kind], part) for part in parts]
        return [(one, {**self._words(part), **self.of_each(one.each, part.of)}) for one, part in found]

    def _words(self, kind: Type) -> dict[str, str]:
        held = [self.spell(one) for one in kind.of]
        boxed = [self.boxed.get(one.kind, spelt) for one, spelt in zip(kind.of, held, strict=True)]
        own = self.types.get(f"{kind.kind}{len(kind.of)}", self.types.get(kind.kind, ""))
        words = {"self": kind.name, "name": kind.name, "arity": str(len(held))}
        words |= {"all": ", ".join(held), "allboxed": ", ".join(boxed)}
        for n, one in enumerate(kind.of):
            words |= {str(n): held[n], f"boxed{n}": boxed[n], f"name{n}": one.name}
        return words | {"type": fill(own, words)}


def fill(template: str, words: Mapping[str, str]) -> str:
    """``template`` with what ``words`` say in the place of ``@word@``."""
    return re.sub(r"@(\w+)@", lambda found: words[found[1]], template)


@cache
def find(language: str) -> Driver:
    """The driver of a language. Raises Ungradable if it has none, BadRequest if there is no such language."""
    path = DRIVERS / f"{languages.find(language).name}.toml"
    if not path.is_file():
        known = ", ".join(sorted(path.stem for path in DRIVERS.glob("*.toml")))
        raise Ungradable(f"{language!r} has no driver for calls; there are: {known}")
    return Driver.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


def load() -> None:
    """Read every driver and its template."""
    for path in DRIVERS.glob("*.toml"):
        _template(find(path.stem).template)


def assemble(language: str, code: str, entry_point: str, parameters: Iterable[Type], result: Type) -> bytes:
    """The source of a program that answers calls of ``entry_point`` in ``code`` on descriptor 3."""
    driver = find(language)
    if not NAME.fullmatch(entry_point):
        raise Ungradable(f"no name of an entry point: {entry_point!r}")
    parameters = tuple(parameters)
    kinds = (*parameters, result)
    owner, _, name = entry_point.rpartition(".")
    whole = code
    for pattern, replacement in driver.rewrites:
        code = re.sub(pattern, replacement, code)
    hoisted: list[str] = []
    if driver.hoist:
        hoisted = [found[0] for found in re.finditer(driver.hoist, code)]
        code = re.sub(driver.hoist, "", code)
    words = {
        "code": code,
        "literal": ascii(whole),
        "hoisted": "\n".join(hoisted),
        "entry": entry_point,
        "owner": owner or driver.owner,
        "name": name,
        "declarations": driver.declarations(kinds, code),
        "functions": driver.functions(kinds),
        "result": driver.spell(result),
        "result_name": result.name,
        **driver.of_each(driver.parameters, parameters),
    }
    return fill(_template(driver.template), words).encode("utf-8", "replace")


@cache
def _template(name: str) -> str:
    return (DRIVERS / name).read_text(encoding="utf-8")
