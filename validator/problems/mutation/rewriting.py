"""The rewrites: from what a query captured to the edits that make the program wrong. Offsets are in bytes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tree_sitter import Node

from validator.problems.mutation.rules import Dialect, Rewrite, Rule
from validator.problems.mutation.variables import Variables

Captures = Mapping[str, Node]

WORD = re.compile(r"@(\w+)@")
NUMBER = re.compile(r"(-?\d+)([A-Za-z]\w*)?")
SHIFTED = re.compile(r"(?s)(.+?)\s*([+-]) (\d+)")
NO_NUMBER = re.compile(r"(?i)str|char|bool|list|vec|map|set|dict|array|\[")
"""A type of which there is no one more and no one less."""
GROUP = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
LOOSE = re.compile(r"\b(?:if|else|lambda|and|or|not|as)\b|[<>=&|?^]|\.\.")
"""What binds weaker than a sum."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of the text: what is between two offsets, and what takes its place."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a rule applies, with all that a rewrite may want to know of it."""

    dialect: Dialect
    rule: Rule
    into: Mapping[str, tuple[str, ...]]
    captures: Captures
    code: bytes
    variables: Variables

    @property
    def site(self) -> Node:
        return self.captures["site"]

    def become(self, *texts: str) -> Iterator[Edit]:
        """The edits that put each of ``texts`` in the place of the site."""
        for text in texts:
            yield Edit(self.site.start_byte, self.site.end_byte, text)


def rewrite(kind: Rewrite, place: Place) -> Iterator[Edit]:
    """Every edit that ``kind`` makes of ``place``; some may change nothing, or make no program."""
    return _REWRITES[kind](place)


def text_of(node: Node) -> str:
    """The text of ``node``."""
    return (node.text or b"").decode("utf-8", "surrogatepass")


def _swap(place: Place) -> Iterator[Edit]:
    sides = [place.captures[side] for side in ("left", "right") if side in place.captures]
    if place.rule.numbers and any(NO_NUMBER.search(place.variables.kind(side)) for side in sides):
        return iter(())
    return place.become(*place.into.get(text_of(place.site), ()))


def _template(place: Place) -> Iterator[Edit]:
    words = {name: text_of(node) for name, node in place.captures.items()}
    for template in place.rule.into:
        if set(WORD.findall(template)) <= words.keys():
            yield from place.become(WORD.sub(lambda found: words[found[1]], template))


def _exchange(place: Place) -> Iterator[Edit]:
    left, right = sorted((place.captures["left"], place.captures["right"]), key=lambda node: node.start_byte)
    if place.rule.alike and not place.variables.alike(left, right):
        return
    between = place.code[left.end_byte : right.start_byte].decode("utf-8", "surrogatepass")
    yield Edit(left.start_byte, right.end_byte, text_of(right) + between + text_of(left))


def _shift(place: Place) -> Iterator[Edit]:
    text = text_of(place.site)
    if not NO_NUMBER.search(place.variables.kind(place.site)):
        yield from place.become(shifted(text, 1))
        if not (place.dialect.unsigned and NUMBER.fullmatch(text) and shifted(text, -1).startswith("-")):
            yield from place.become(shifted(text, -1))


def shifted(text: str, by: int) -> str:
    """The expression ``text``, ``by`` more, as a person would write it."""
    if number := NUMBER.fullmatch(text):
        return f"{int(number[1]) + by}{number[2] or ''}"
    if (total := SHIFTED.fullmatch(text)) and not _is_loose(total[1]):
        by += int(total[2] + total[3])
        text = total[1]
    if not by:
        return text
    return f"{f'({text})' if _is_loose(text) else text} {'+' if by > 0 else '-'} {abs(by)}"


def _is_loose(text: str) -> bool:
    """Whether ``text`` falls apart when something is added to it."""
    shorter = GROUP.sub("", text)
    while shorter != text:
        text, shorter = shorter, GROUP.sub("", shorter)
    return LOOSE.search(text) is not None


def _drop(place: Place) -> Iterator[Edit]:
    """Leave it out, unless that leaves a block of nothing, which nobody writes."""
    site, parent = place.site, place.site.parent
    siblings = [child for child in parent.named_children if "comment" not in child.type] if parent else []
    alone = parent is None or parent.type not in place.dialect.blocks or len(siblings) == 1
    if "end" in place.captures or site.type in ("else_clause", "elif_clause") or not alone:
        yield _without(place.code, site.start_byte, place.captures.get("end", site).end_byte)


def _without(code: bytes, start: int, end: int) -> Edit:
    """Leave out what is between two offsets, and the line where nothing else is on it."""
    if code[end : end + 1] == b";":
        end += 1
    line = code.rfind(b"\n", 0, start) + 1
    after = code.find(b"\n", end)
    after = len(code) if after < 0 else after + 1
    if not code[line:start].strip() and not code[end:after].strip():
        return Edit(line, after, "")
    while code[start - 1 : start] in (b" ", b"\t", b"\n"):
        start -= 1
    return Edit(start, end, "")


def _result(place: Place) -> Iterator[Edit]:
    function = place.site.parent
    while function is not None and function.type not in place.dialect.functions:
        function = function.parent
    kind = function.child_by_field_name(place.dialect.result) if function and place.dialect.result else None
    spelt = re.sub(r"\s+", "", text_of(kind)) if kind is not None else ""
    texts = next((texts for key, texts in place.into.items() if re.fullmatch(key, spelt)), ())
    return place.become(*(text.replace("@site@", text_of(place.site)) for text in texts))


def _text(place: Place) -> Iterator[Edit]:
    """Another text of the same kind: the other case, the next character, or one character less."""
    text = text_of(place.site)
    if "\\" in text or not text.isprintable():
        return
    if text.swapcase() != text:
        yield from place.become(text.swapcase())
    if len(text) > 1:
        yield from place.become(text[:-1])
    elif text.isascii() and text.isalnum():
        yield from place.become(chr(ord(text) + (-1 if text in "zZ9" else 1)))
    elif text in _NEIGHBOURS:
        yield from place.become(_NEIGHBOURS[text])


_NEIGHBOURS = {" ": "_", ",": ";", ".": ",", ";": ",", "(": ")", ")": "(", "[": "]", "]": "[", "{": "}", "}": "{"} | {
    "<": ">", ">": "<", "+": "-", "-": "+", "_": "-", "/": "-", ":": ";", "*": "+", "!": "?", "?": "!"
}  # fmt: skip
"""Characters that are neither letters nor digits, and what they are mistaken for."""


def _variable(place: Place) -> Iterator[Edit]:
    return place.become(*place.variables.others(place.site))


_REWRITES = {
    Rewrite.SWAP: _swap,
    Rewrite.TEMPLATE: _template,
    Rewrite.EXCHANGE: _exchange,
    Rewrite.SHIFT: _shift,
    Rewrite.DROP: _drop,
    Rewrite.RESULT: _result,
    Rewrite.TEXT: _text,
    Rewrite.VARIABLE: _variable,
}
