"""Names as each language spells them."""

import re

from validator.problems.synthesis.emitting.grammar import find


def spelt(language: str, name: str) -> str:
    """``name``, which has underscores, in the language's own style, and never a word that is taken."""
    grammar = find(language)
    style = grammar.words
    if style.camel and "_" in name.strip("_"):
        first, *rest = name.split("_")
        name = first + "".join(part.capitalize() for part in rest)
    return f"{name}_" if name in style.reserved or name in grammar.helpers else name


def prefix(name: str) -> str:
    """The name of a class as the beginning of the names of functions: ``ring_buffer_`` of ``RingBuffer``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower() + "_"
