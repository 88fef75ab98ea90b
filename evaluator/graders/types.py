"""The types of calls: what a problem's parameters and result are, in words that every language has its own for.

``int`` (64 bits), ``bigint``, ``float``, ``bool``, ``string`` (Unicode text), ``bytes``, ``list[T]``, ``tuple[A, B]``,
``optional[T]``, ``map[K, V]``. Keys are int, bigint, bool, string, or tuples of them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from evaluator.errors import Ungradable

DEEPEST = 24
LONGEST = 1000
TOKEN = re.compile(r"\s*([a-z]+|[\[\],]|$)")


class Kind(StrEnum):
    """The head of a type."""

    INT = "int"
    BIGINT = "bigint"
    FLOAT = "float"
    BOOL = "bool"
    STRING = "string"
    BYTES = "bytes"
    LIST = "list"
    TUPLE = "tuple"
    OPTIONAL = "optional"
    MAP = "map"


ARITY = {Kind.LIST: (1, 1), Kind.OPTIONAL: (1, 1), Kind.MAP: (2, 2), Kind.TUPLE: (1, 10)}
"""How many types each may hold, at least and at most; the rest hold none."""
KEYS = frozenset({Kind.INT, Kind.BIGINT, Kind.BOOL, Kind.STRING, Kind.TUPLE})


@dataclass(frozen=True, slots=True)
class Type:
    """A kind, and the types of what it holds."""

    kind: Kind
    of: tuple["Type", ...] = ()

    def __str__(self) -> str:
        return f"{self.kind}[{', '.join(map(str, self.of))}]" if self.of else self.kind.value

    @property
    def name(self) -> str:
        """An identifier that no other type has: ``map_string_list_int``."""
        count = str(len(self.of)) if self.kind is Kind.TUPLE else ""
        return "_".join([f"{self.kind}{count}", *(held.name for held in self.of)])

    def parts(self) -> Iterator["Type"]:
        """Every type in it and itself, what is held before what holds it."""
        for held in self.of:
            yield from held.parts()
        yield self


def parse(text: str) -> Type:
    """The type that ``text`` spells. Raises Ungradable, with the text and what is wrong with it."""
    if len(text) > LONGEST:
        raise Ungradable(f"a type of {len(text)} characters; at most {LONGEST} are allowed")
    words: list[str] = []
    position = 0
    while position < len(text):
        found = TOKEN.match(text, position)
        if found is None:
            raise Ungradable(f"no type: {text!r}: unexpected {text[position]!r} at {position}")
        words.append(found[1])
        position = found.end()
    reader = _Reader(text, [word for word in words if word])
    result = reader.type(0)
    reader.expect("")
    return result


class _Reader:
    """Reads the words of one type from left to right."""

    def __init__(self, text: str, words: list[str]) -> None:
        self.text = text
        self.words = words

    def type(self, depth: int) -> Type:
        word = self.words.pop(0) if self.words else ""
        if word not in set(Kind):
            raise self._wrong(f"{word!r} is not one of {', '.join(Kind)}")
        if depth > DEEPEST:
            raise self._wrong(f"more than {DEEPEST} deep")
        kind, held = Kind(word), []
        if kind in ARITY:
            self.expect("[")
            held.append(self.type(depth + 1))
            while self.words[:1] == [","]:
                self.expect(",")
                held.append(self.type(depth + 1))
            self.expect("]")
        return self._checked(Type(kind, tuple(held)))

    def expect(self, word: str) -> None:
        found = self.words.pop(0) if self.words else ""
        if found != word:
            raise self._wrong(f"expected {word or 'the end'!r}, got {found or 'the end'!r}")

    def _checked(self, made: Type) -> Type:
        least, most = ARITY.get(made.kind, (0, 0))
        if not least <= len(made.of) <= most:
            raise self._wrong(f"{made.kind} of {len(made.of)} types")
        if made.kind is Kind.OPTIONAL and made.of[0].kind is Kind.OPTIONAL:
            raise self._wrong("an optional in an optional would be absent in two ways")
        if made.kind is Kind.MAP and not all(part.kind in KEYS for part in made.of[0].parts()):
            raise self._wrong(f"keys cannot be {made.of[0]}")
        return made

    def _wrong(self, why: str) -> Ungradable:
        return Ungradable(f"no type: {self.text!r}: {why}")
