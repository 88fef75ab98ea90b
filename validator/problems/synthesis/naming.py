"""Words of a statement's own: for what blocks in holes do, and for the function that is asked for."""

import random
import re

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


def define(role: Role, takes: str, text: str, place: int) -> tuple[str, str]:
    """A sentence that says what a word means, and the phrase with this word that stands for ``text``.

    ``place`` says which word: the next is another one.
    """
    thing = THINGS.get(takes.partition("[")[0], "a list")
    if role is Role.TEST:
        word = ADJECTIVES[place % len(ADJECTIVES)]
        return f"Call {thing} *{word}* if it {text}.", f"is {word}"
    word = NOUNS[place % len(NOUNS)]
    if not takes.startswith("list["):
        return f"The *{word}* of {thing} is {text}.", f"its {word}"
    items = {"int": "numbers", "string": "strings"}.get(takes[5:-1], "items")
    return f"The *{word}* of a list of {items} is {text}.", f"the {word} of the {items}"


def outright(takes: str, text: str) -> str:
    """``text``, which says what comes of a thing, with "that number" for "it" where it stands for the thing alone."""
    thing = "that " + THINGS.get(takes.partition("[")[0], "a list").removeprefix("a ")
    text = re.sub(r"^(itself|it)(?=[ ,])", thing, text)
    return re.sub(r"\b(and|times) it (?=(plus|minus) )", rf"\1 {thing} ", text)
