"""Which problems the report is about: all kinds in turn, each kind's pairs of languages in turn, depths drawn."""

from collections.abc import Iterator
from itertools import count

from validator.problems.kinds import languages
from validator.problems.protocol import Kind, Recipe
from validator.problems.synthesis import DEEPEST, SHALLOWEST
from validator.problems.synthesis.trying import seeded


def recipes(seed: int) -> Iterator[Recipe]:
    """Without end, and the same for the same seed."""
    pairs = {kind: languages(kind) for kind in Kind}
    kinds = tuple(Kind)
    for number in count():
        kind = kinds[number % len(kinds)]
        given, language = pairs[kind][number // len(kinds) % len(pairs[kind])]
        draw = seeded(f"report/{seed}/{number}")
        yield Recipe(
            kind=kind,
            seed=draw.getrandbits(40),
            depth=draw.randint(SHALLOWEST, DEEPEST),
            language=language,
            given=given,
        )
