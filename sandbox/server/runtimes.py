"""Piston's runtimes: its names for our languages, and its choice of a version by npm's ranges."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from semantic_version import NpmSpec, Version

from sandbox import languages
from sandbox.languages import Language

NAMES = {"cpp": "c++", "go-test": "go_test", "rust-test": "rust_test"}
"""Piston's names, where they are not ours."""
ALIASES = {
    "bash": ("sh",),
    "c": ("gcc",),
    "cpp": ("cpp", "g++", "c++17", "c++20", "cf_c++17", "cf_c++20", "C++17 (GCC 7-32)", "C++20 (GCC 13-64)"),
    "go": ("go", "golang"),
    "java": ("cf_java",),
    "javascript": ("node-javascript", "node-js", "javascript", "js"),
    "python": ("py", "py3", "python3", "cf_python3", "Python 3"),
    "rust": ("rs",),
    "typescript": ("ts", "node-ts", "tsc", "typescript5", "ts5"),
}
"""Those of Piston's packages, and of the ``codeforces`` package that open-r1 installs, beside ours."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """One language in one version, as Piston lists it."""

    language: str
    version: Version
    aliases: tuple[str, ...]
    ours: Language


def installed(versions: Iterable[tuple[str, str]]) -> tuple[Runtime, ...]:
    """The runtimes of a sandbox, from our name of each language and what its compiler says of itself."""
    return tuple(_runtime(languages.find(name), said) for name, said in versions)


def choose(runtimes: Iterable[Runtime], language: str, wanted: str) -> Runtime | None:
    """The newest runtime called ``language`` with a version in the npm range ``wanted``; None if there is none."""
    spec = _spec(wanted)
    named = [one for one in runtimes if language == one.language or language in one.aliases]
    fit = [one for one in named if spec is not None and spec.match(one.version)]
    return max(fit, key=lambda one: one.version, default=None)


def _runtime(language: Language, said: str) -> Runtime:
    name = NAMES.get(language.name, language.name)
    aliases = dict.fromkeys((*ALIASES.get(language.name, ()), *language.aliases, language.name))
    return Runtime(name, version_in(said), tuple(alias for alias in aliases if alias != name), language)


def version_in(said: str) -> Version:
    """The first version in ``said``, a compiler's line about itself; 0.0.0 if it names none."""
    found = re.search(r"\d+(\.\d+){0,2}", said)
    return Version.coerce(found[0] if found else "0")


def _spec(wanted: str) -> NpmSpec | None:
    """``wanted`` as npm reads it, which lets pass a ``v`` and spaces after an operator."""
    plain = re.sub(r"(?<=[<>=~^])\s+", "", wanted.strip())
    plain = re.sub(r"(?<![\w<>=])=*v?(?=\d)", "", re.sub(r"(?<=[<>=~^])v(?=\d)", "", plain))
    try:
        return NpmSpec(plain)
    except ValueError:
        return None
