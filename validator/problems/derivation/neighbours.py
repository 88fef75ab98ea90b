"""More inputs like those that a problem comes with: each a little different from one of them, and of its range."""

import random
from collections.abc import Sequence
from typing import Any

from evaluator.graders.types import Kind, Type

LONGEST = 12


class Neighbours:
    """Draws values like those seen of one parameter."""

    def __init__(self, kind: Type, seen: Sequence[Any]) -> None:
        self.kind, self.seen = kind, list(seen)
        self.inner = None
        if kind.kind is Kind.LIST:
            self.inner = Neighbours(kind.of[0], [item for value in seen for item in value] or [_plain(kind.of[0])])
        letters = {letter for value in seen if isinstance(value, str) for letter in value if letter != " "}
        self.letters = sorted(letters) or ["a"]

    def draw(self, rng: random.Random) -> Any:
        """Another value, within the range of those seen."""
        value = rng.choice(self.seen)
        for _ in range(rng.randint(1, 3)):
            match self.kind.kind:
                case Kind.INT:
                    value = self._number(value, rng)
                case Kind.FLOAT:
                    value = round(value + rng.choice((-1.0, -0.5, 0.25, 0.5, 1.0)), 6)
                case Kind.STRING:
                    value = self._text(value, rng)
                case Kind.LIST:
                    value = self._list(value, rng)
        return value

    def _number(self, value: int, rng: random.Random) -> int:
        least, most = min(self.seen), max(self.seen)
        near = value + rng.choice((-3, -2, -1, 1, 2, 3))
        far = rng.randint(least, min(most, least + 200))
        return int(min(max(rng.choice((near, far)), least), most))

    def _text(self, value: str, rng: random.Random) -> str:
        """Other words, or other letters in them; spaces stay between words."""
        words = value.split(" ")
        place = rng.randrange(len(words))
        word = words[place]
        at = rng.randrange(len(word)) if word else 0
        match rng.randrange(6):
            case 0 if len(word) > 1:
                word = word[:at] + word[at + 1 :]
            case 1 if word:
                word = word[:at] + word[at] + word[at:]
            case 2 if word:
                word = word[:at] + rng.choice(self.letters) + word[at + 1 :]
            case 3 if word:
                word = word[at:] + word[:at]
            case 4 if len(words) > 1:
                rng.shuffle(words)
                return " ".join(words)
            case _:
                word = rng.choice(rng.choice(self.seen).split(" ")) or word
        words[place] = word
        return " ".join(words)

    def _list(self, value: list[Any], rng: random.Random) -> list[Any]:
        made = list(value)
        assert self.inner is not None
        match rng.randrange(6):
            case 0 if len(made) > 1:
                made.pop(rng.randrange(len(made)))
            case 1 if made:
                made.insert(rng.randrange(len(made)), rng.choice(made))
            case 2 if made:
                made[rng.randrange(len(made))] = self.inner.draw(rng)
            case 3:
                rng.shuffle(made)
            case 4 if made:
                made = made[: rng.randint(1, len(made))] + rng.choice(self.seen)[: rng.randint(0, 3)]
            case _ if made:
                made.append(self.inner.draw(rng))
        return made[:LONGEST]


def _plain(kind: Type) -> Any:
    return {Kind.INT: 1, Kind.FLOAT: 1.0, Kind.STRING: "a"}.get(kind.kind, [])
