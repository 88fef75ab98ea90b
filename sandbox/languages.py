"""Languages are data: one TOML file each in ``languages/``, and tiers (what an image holds) in ``tiers.toml``."""

import tomllib
from functools import cache
from pathlib import Path

from sandbox.errors import BadRequest
from sandbox.protocol import Message

HERE = Path(__file__).parent


class Language(Message):
    """How one language is installed, compiled and run. ``{program}`` in a command is the program's directory."""

    name: str
    aliases: tuple[str, ...] = ()
    suffixes: tuple[str, ...]
    packages: tuple[str, ...]
    """Debian packages."""
    version: str
    """A shell command that prints the version in one line."""
    source: str
    """What the source file is called."""
    compile: tuple[str, ...] = ()
    run: tuple[str, ...]
    warm: bool = False
    """``run`` names a Python file and its arguments, to be run in a fork of the zygote's interpreter."""


@cache
def catalogue() -> dict[str, Language]:
    """Every language by its name."""
    found = (
        Language.model_validate(tomllib.loads(path.read_text())) for path in sorted((HERE / "languages").glob("*.toml"))
    )
    return {language.name: language for language in found}


@cache
def tiers() -> dict[str, tuple[str, ...]]:
    """Every tier, smallest first, and the names of its languages."""
    found: dict[str, list[str]] = tomllib.loads((HERE / "tiers.toml").read_text())
    return {name: tuple(languages) for name, languages in sorted(found.items(), key=lambda item: len(item[1]))}


def find(name: str) -> Language:
    """The language called ``name`` (or an alias of it, in any case). Raises BadRequest."""
    wanted = name.lower()
    for language in catalogue().values():
        if wanted in (language.name, *language.aliases):
            return language
    raise BadRequest(f"unknown language {name!r}; there are: {', '.join(catalogue())}")


def of_file(path: Path) -> Language:
    """The language that ``path`` is written in, by its suffix. Raises BadRequest."""
    for language in catalogue().values():
        if path.suffix.lower() in language.suffixes:
            return language
    raise BadRequest(f"cannot tell the language of {path.name!r} by its suffix; name it with --language")
