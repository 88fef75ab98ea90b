"""Languages are data: one TOML file each in ``languages/``, and tiers (what an image holds) in ``tiers.toml``."""

import re
import tomllib
from functools import cache
from pathlib import Path

from pydantic import Field

from sandbox.errors import BadRequest
from sandbox.protocol import MEBIBYTE, Limits, Message

HERE = Path(__file__).parent
_PLACEHOLDER = re.compile(r"\{\w+\}")
INHERITED = ("packages", "version", "environment", "run")
"""What a language of tests has from the language whose tests they are, unless it says otherwise."""


class Language(Message):
    """How one language is installed, compiled and run.

    In commands ``{program}`` is the program's directory, and ``{memory_mb}`` the memory limit of the step in MiB.
    """

    name: str
    aliases: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    """Of files in this language; none where another language has them."""
    tests_of: str | None = None
    """The language whose test files these are. They are compiled with their test framework, and run every test."""
    packages: tuple[str, ...]
    """Debian packages."""
    leave_out: tuple[str, ...] = ()
    """Patterns of files in packages that no program needs; as of dpkg's --path-exclude, where * matches / too."""
    prepare_packages: tuple[str, ...] = ()
    """Debian packages that ``prepare`` needs, and nobody else: they do not stay."""
    prepare: tuple[str, ...] = ()
    """Shell lines, run by root when the image is built, in a directory of the language's own that stays:
    /opt/lovelace/languages/NAME, with the files of docker/sandbox/NAME in it."""
    environment: dict[str, str] = Field(default_factory=dict)
    """Variables for compiling and running, beside those that every program has."""
    version: str
    """A shell command that prints the version in one line."""
    source: str
    """What the source file is called."""
    compile: tuple[str, ...] = ()
    run: tuple[str, ...]
    warm: bool = False
    """``run`` names a Python file and its arguments, to be run in a fork of the zygote's interpreter."""

    def compile_command(self, limits: Limits) -> tuple[str, ...]:
        """``compile``, its placeholders filled in."""
        return _filled(self.compile, limits, {})

    def run_command(self, limits: Limits, program: str) -> tuple[str, ...]:
        """``run``, its placeholders filled in; ``program`` is where the compiled program lies."""
        return _filled(self.run, limits, {"{program}": program})


def _filled(words: tuple[str, ...], limits: Limits, values: dict[str, str]) -> tuple[str, ...]:
    values = {"{memory_mb}": str(limits.memory_bytes // MEBIBYTE), **values}
    return tuple(
        _PLACEHOLDER.sub(lambda match: values.get(match[0], match[0]), word) if "{" in word else word for word in words
    )


@cache
def catalogue() -> dict[str, Language]:
    """Every language by its name."""
    found = {path.stem: tomllib.loads(path.read_text()) for path in sorted((HERE / "languages").glob("*.toml"))}
    for facts in found.values():
        if tested := found.get(facts.get("tests_of", "")):
            facts |= {name: tested[name] for name in INHERITED if name in tested and name not in facts}
    return {name: Language.model_validate(facts) for name, facts in found.items()}


@cache
def tiers() -> dict[str, tuple[str, ...]]:
    """Every tier, smallest first, and the names of its languages."""
    found: dict[str, list[str]] = tomllib.loads((HERE / "tiers.toml").read_text())
    return {name: tuple(languages) for name, languages in sorted(found.items(), key=lambda item: len(item[1]))}


def find(name: str) -> Language:
    """The language called ``name`` (or an alias of it, in any case). Raises BadRequest."""
    if (found := by_name().get(name.lower())) is None:
        raise BadRequest(f"unknown language {name!r}; there are: {', '.join(catalogue())}")
    return found


@cache
def by_name() -> dict[str, Language]:
    """Every language by each of its names."""
    return {name: language for language in catalogue().values() for name in (language.name, *language.aliases)}


def of_file(path: Path) -> Language:
    """The language that ``path`` is written in, by its suffix. Raises BadRequest."""
    for language in catalogue().values():
        if path.suffix.lower() in language.suffixes:
            return language
    raise BadRequest(f"cannot tell the language of {path.name!r} by its suffix; name it with --language")
