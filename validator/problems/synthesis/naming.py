"""Words of a statement's own: for what blocks in holes do, and for the function that is asked for."""

import random

from evaluator.graders.types import Kind, Type
from validator.problems.synthesis.catalogue import Role

ADJECTIVES = ("steep", "bright", "quiet", "rusty", "lucky", "eager", "crisp", "heavy")
NOUNS = ("rank", "mark", "grade", "shade", "rating", "pitch", "score", "weight")
THINGS = {"int": "a number", "float": "a number", "string": "a string", "tuple": "a pair"}
VERBS = {
    Kind.INT: ("measure", "count", "score", "rate", "evaluate"),
    Kind.FLOAT: ("measure", "average", "rate", "evaluate"),
    Kind.BOOL: ("check", "test", "inspect", "judge"),
    Kind.STRING: ("describe", "encode", "render", "summarise"),
    Kind.LIST: ("transform", "rework", "convert", "arrange"),
    Kind.MAP: ("group", "tabulate", "index", "chart"),
    Kind.TUPLE: ("locate", "reduce", "condense", "pair_up"),
    Kind.OPTIONAL: ("find", "choose", "select", "pick"),
}
"""What a function may be called that gives such a result."""


def entry(result: Type, given: str, rng: random.Random) -> str:
    """A name for a function: what it does, to what."""
    return f"{rng.choice(VERBS[result.kind])}_{given}"


def define(role: Role, takes: str, text: str, taken: int, rng: random.Random) -> tuple[str, str]:
    """A sentence that says what a word means, and the phrase with this word that stands for ``text``.

    ``taken`` is how many words there are already: each is another one.
    """
    thing = THINGS.get(takes.partition("[")[0], "a list of numbers")
    start = rng.randrange(2)
    if role is Role.TEST:
        word = ADJECTIVES[(2 * taken + start) % len(ADJECTIVES)]
        return f"Call {thing} *{word}* if it {text}.", f"is {word}"
    word = NOUNS[(2 * taken + start) % len(NOUNS)]
    begin = "the number itself" if thing == "a number" else "the string itself"
    said = begin + text.removeprefix("itself") if text.startswith(("itself ", "itself,")) else text
    return f"The *{word}* of {thing} is {said}.", f"its {word}"
