"""Statements: what is given, what to do with it step by step, and examples."""

import json
import random
import re
from collections.abc import Sequence
from typing import Any

from evaluator.graders.types import Kind, Type
from validator.problems.synthesis.catalogue import Role
from validator.problems.synthesis.inputs import shapes
from validator.problems.synthesis.realising import Realised, Sentence

OPENINGS = (
    "Write a function `{name}` that takes {parameters} and returns {result}.",
    "Implement `{name}`: it is given {parameters}, and returns {result}.",
    "Your task is a function `{name}`, called with {parameters}, whose result is {result}.",
)
LEADS = ("Do this, in this order:", "The result is found in these steps:", "Carry out the following steps:")
FINDING = ("find", "compute", "determine")
VERBS = {
    Kind.STRING: ("form", "build", "compose"),
    Kind.MAP: ("make", "build", "set up"),
    Kind.LIST: ("make", "form", "build"),
}
STORIES = 0.7
"""How many statements say where their input comes from, of those that could."""
GOING_ON = re.compile(r"\b(?:make|go on with) ((?:the|that|a) (?:list|string|stack)\b(?!.*\b(?:make|go on with)\b))")
"""How a sentence says what it comes to, where it says so."""
TYPES = {
    Kind.INT: "an integer",
    Kind.FLOAT: "a floating-point number",
    Kind.BOOL: "true or false",
    Kind.STRING: "a string",
}
MANY = {Kind.INT: "integers", Kind.FLOAT: "floating-point numbers", Kind.BOOL: "truth values", Kind.STRING: "strings"}
WHAT = {
    Kind.INT: "number",
    Kind.FLOAT: "number",
    Kind.STRING: "string",
    Kind.LIST: "list",
    Kind.MAP: "map",
    Kind.TUPLE: "pair",
}


def state(realised: Realised, examples: Sequence[tuple[tuple[Any, ...], Any]], rng: random.Random) -> str:
    """The statement of a problem."""
    entry = realised.program.entry
    shape = shapes()[realised.skeleton.shape]
    stories = [shape.stories[name] for name, _ in entry.parameters if name in shape.stories]
    opening = rng.choice(OPENINGS).format(
        name=entry.name,
        parameters=" and ".join(f"`{name}` ({described(kind)})" for name, kind in entry.parameters),
        result=described(entry.result),
    )
    if stories and rng.random() < STORIES:
        opening = f"{stories[0]} {opening}"
    given = [
        f"`{name}` is {parameter.says}."
        for (name, _), parameter in zip(entry.parameters, shape.parameters, strict=True)
    ]
    parts = [opening, " ".join(given), *([" ".join(realised.terms)] if realised.terms else []), _steps(realised, rng)]
    if realised.notes:
        parts.append("\n".join(f"- {note}" for note in realised.notes))
    kinds = [kind for _, kind in entry.parameters]
    shown = [
        f"{entry.name}({', '.join(map(spelt, kinds, values))}) -> {spelt(entry.result, result)}"
        for values, result in examples
    ]
    parts.append("Examples:\n" + "\n".join(f"    {line}" for line in shown))
    return "\n\n".join(parts) + "\n"


def _steps(realised: Realised, rng: random.Random) -> str:
    before: Type | None = None
    sentences = []
    for n, sentence in enumerate(realised.sentences):
        last = n + 1 == len(realised.sentences)
        sentences.append(_sentence(sentence, before, last, realised, rng))
        before = realised.stages[n].result
    whole = [
        _capital(text) + "." + _listed(sentence.rules, "" if len(sentences) == 1 else "   ")
        for text, sentence in zip(sentences, realised.sentences, strict=True)
    ]
    if len(whole) == 1:
        return whole[0]
    return "\n".join([rng.choice(LEADS), *(f"{n}. {text}" for n, text in enumerate(whole, 1))])


def _listed(rules: Sequence[str], margin: str) -> str:
    """Rules as a list below a sentence; a table stands as it is."""
    lines: list[str] = []
    for rule in rules:
        lines += ["", *(margin + line for line in rule.split("\n"))] if rule[0] == "|" else [f"{margin}- {rule}"]
    return "".join(f"\n{line}" for line in lines)


def continued(realised: Realised, rng: random.Random) -> list[str]:
    """The steps of a program of one parameter, with their rules, after a sentence that ends with what it is given."""
    before = [realised.program.entry.parameters[0][1], *(stage.result for stage in realised.stages)]
    count = len(realised.sentences)
    return [
        f"{_capital(_sentence(sentence, before[n], n + 1 == count, realised, rng))}.{_listed(sentence.rules, '   ')}"
        for n, sentence in enumerate(realised.sentences)
    ]


def _sentence(sentence: Sentence, before: Type | None, last: bool, realised: Realised, rng: random.Random) -> str:
    """One step; ``before`` is the type of what the last step gave, if there was one."""
    given = realised.stages[realised.sentences.index(sentence)].result
    parameters = realised.program.entry.parameters
    taken = before or parameters[0][1]
    if before:
        thing = f"that {WHAT[before.kind]}"
    elif len(parameters) == 1:
        thing = f"`{parameters[0][0]}`"
    else:
        thing = "both"
    match sentence.role:
        case Role.TRANSFORM:
            begin = "" if before or len(parameters) > 1 else f"start with {thing}: "
            begin = f"take {thing}, and " if taken.kind in (Kind.STRING, Kind.INT) else begin
            if not last:
                return begin + sentence.text
            text, returned = GOING_ON.subn(r"return \1", sentence.text)
            tail = "" if returned else f". Return the resulting {WHAT[realised.program.entry.result.kind]}"
            return begin + text + tail
        case Role.FOLD:
            of = f"given {thing}, " if before is None else ""
            return f"{of}{_verb(VERBS.get(given.kind, FINDING), last, rng)} {sentence.text}"
        case Role.TEST:
            return f"return true if {thing} {sentence.text}, and false otherwise"
    begin, _, rest = sentence.text.partition(" ")
    match begin.rstrip(","):
        case "itself" | "it":
            comma = "," if begin[-1] == "," else ""
            whole = re.sub(r"\band it (?=plus|minus)", f"and {thing} ", rest)
            return f"{'return' if last else 'take'} {thing}{comma} {whole}"
        case "its":
            return f"{_verb(FINDING, last, rng)} {thing}'s {rest}"
    return f"take {thing}, and {_verb(FINDING, last, rng)} {sentence.text}"


def _verb(verbs: Sequence[str], last: bool, rng: random.Random) -> str:
    return "return" if last else rng.choice(verbs)


def described(kind: Type) -> str:
    """A type in English."""
    match kind.kind:
        case Kind.LIST:
            return f"a list of {_many(kind.of[0])}"
        case Kind.MAP:
            return f"a map from {_many(kind.of[0])} to {_many(kind.of[1])}"
        case Kind.TUPLE:
            return f"a pair ({', '.join(described(held) for held in kind.of)})"
        case Kind.OPTIONAL:
            return f"{described(kind.of[0])}, or nothing"
    return TYPES[kind.kind]


def _many(kind: Type) -> str:
    match kind.kind:
        case Kind.LIST:
            return f"lists of {_many(kind.of[0])}"
        case Kind.TUPLE:
            return f"pairs ({', '.join(described(held) for held in kind.of)})"
    return MANY[kind.kind]


def spelt(kind: Type, value: Any) -> str:
    """A value as a reader of any language understands it."""
    match kind.kind:
        case Kind.LIST:
            return f"[{', '.join(spelt(kind.of[0], item) for item in value)}]"
        case Kind.TUPLE:
            return f"({', '.join(spelt(held, item) for held, item in zip(kind.of, value, strict=True))})"
        case Kind.MAP:
            pairs = (f"{spelt(kind.of[0], key)}: {spelt(kind.of[1], item)}" for key, item in sorted(value.items()))
            return f"{{{', '.join(pairs)}}}"
        case Kind.OPTIONAL:
            return "nothing" if value is None else spelt(kind.of[0], value)
        case Kind.FLOAT:
            return repr(float(value))
    return json.dumps(value)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
