"""The eight kinds of problems, a module each, and the one way to make a problem of any of them.

A module has ``LANGUAGES``, the pairs (``given``, ``language``) that its recipes may name, and ``make``, a ``Maker``;
``OTHER_SOURCES``, where it has them, are the pairs for sources other than synthesis.
"""

from importlib import import_module
from typing import cast

from validator.errors import BadRange, UnknownTarget
from validator.problems.protocol import VERSION, Kind, Made, Maker, Recipe, Source
from validator.problems.synthesis.making import DEEPEST, SHALLOWEST

Pair = tuple[str, str]


def make(recipe: Recipe, variant: bytes = b"") -> Made:
    """The problem of ``recipe``, or the variant of it that one miner gets: the same each time, byte for byte.

    Raises BadRange (the depth, the version), UnknownTarget (the languages), SynthesisError (nothing from this seed).
    """
    check(recipe)
    return _maker(recipe.kind)(recipe, variant)


def check(recipe: Recipe) -> None:
    """Raises BadRange, UnknownTarget for a recipe that no seed would make good."""
    if not SHALLOWEST <= recipe.depth <= DEEPEST:
        raise BadRange(f"depth must be from {SHALLOWEST} to {DEEPEST}, got {recipe.depth}")
    if recipe.version != VERSION:
        raise BadRange(f"this generator is version {VERSION}; the recipe is of version {recipe.version}")
    pairs = languages(recipe.kind, recipe.source)
    if not pairs:
        raise UnknownTarget(f"{recipe.kind} cannot be made from a seed by {recipe.source}")
    if (recipe.given, recipe.language) not in pairs:
        raise UnknownTarget(f"{recipe.kind} has no {_spelt(recipe.given, recipe.language)}; there are: "
                            f"{', '.join(_spelt(*pair) for pair in pairs)}")  # fmt: skip


def languages(kind: Kind, source: Source = Source.SYNTHESIS) -> tuple[Pair, ...]:
    """The pairs of languages (shown, to be written; the first is empty but for translation) that a kind has."""
    module = import_module(f"{__name__}.{kind}")
    if source is Source.SYNTHESIS:
        return cast("tuple[Pair, ...]", module.LANGUAGES)
    return cast("tuple[Pair, ...]", getattr(module, "OTHER_SOURCES", {}).get(source, ()))


def _maker(kind: Kind) -> Maker:
    return cast(Maker, import_module(f"{__name__}.{kind}").make)


def _spelt(given: str, language: str) -> str:
    return f"{given} to {language}" if given else language
