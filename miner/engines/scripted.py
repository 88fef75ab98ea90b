"""An engine of known skill: it answers from a book, right with a given probability, and talks like a chat model.

Everything it does follows from (its seed, the request's seed, task, sample), so that a request always has the same
answer, and miners with different seeds are independent.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from hashlib import sha256
from math import ceil
from pathlib import Path
from typing import Self

from pydantic import BaseModel, Field, ValidationError, model_validator

from miner.engine import Delta, Generation, Token
from miner.engines.prose import dress, shrug
from miner.engines.skill import chance
from miner.errors import BadAnswerBook
from miner.protocol import Usage

CHARACTERS_PER_TOKEN = 4
TOKENS_PER_PIECE = 8
"""As from an engine that many use at once: a few tokens at a time."""
JITTER = 0.2


class Entry(BaseModel, frozen=True, extra="forbid"):
    """A task as it is asked, and two answers: one that solves it and one that was checked to fail."""

    task_id: str
    prompt: str = Field(pattern=r"\S")
    right: str
    wrong: str
    toughness: float | None = None
    """How hard it is, for ``miner.engines.skill.chance``; None: just as hard as skill means."""
    whole: bool = False
    """They are whole answers, said as they are; else programs, around which something is said."""


class AnswerBook(BaseModel, frozen=True, extra="forbid"):
    """What a scripted engine knows."""

    entries: tuple[Entry, ...]

    @model_validator(mode="after")
    def _each_task_once(self) -> Self:
        counts = Counter(entry.task_id for entry in self.entries)
        twice = [name for name, count in counts.items() if count > 1]
        if twice:
            raise ValueError(f"task ids must be unique, these are not: {twice[:5]}")
        return self

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a book that ``save`` wrote. Raises BadAnswerBook."""
        try:
            return cls.model_validate_json(path.read_bytes())
        except OSError as error:
            raise BadAnswerBook(f"cannot read the answer book {path}: {error.strerror}") from error
        except ValidationError as error:
            fault = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(map(str, fault["loc"])) or "file"
            raise BadAnswerBook(f"{path} is no answer book: {place}: {fault['msg']}") from error

    def save(self, path: Path) -> None:
        """Write the book as JSON."""
        path.write_text(self.model_dump_json(indent=1), encoding="utf-8")

    def find(self, question: str) -> Entry | None:
        """The entry whose prompt, but for blanks around it, ``question`` contains; of several, the longest."""
        found = (entry for entry in self.entries if entry.prompt.strip() in question)
        return max(found, key=lambda entry: len(entry.prompt), default=None)


class Scripted:
    """``miner.engine.Engine`` from a book; ``skill``, in [0, 1], is its probability of a right answer.

    Tasks that have a toughness it answers right the more often, the less tough they are. ``delay_seconds`` makes it as
    slow as a model, give or take JITTER of it.
    """

    def __init__(self, book: AnswerBook, skill: float, seed: int, name: str, *, delay_seconds: float = 0.0) -> None:
        if not 0 <= skill <= 1:
            raise ValueError(f"skill must be a probability between 0 and 1, not {skill!r}")
        self._book = book
        self._skill = skill
        self._seed = seed
        self._name = name
        self._delay_seconds = delay_seconds

    @property
    def model(self) -> str:
        return self._name

    @property
    def ready(self) -> bool:
        return True

    async def open(self) -> None:
        """There is nothing to load."""

    async def generate(self, wanted: Generation) -> AsyncGenerator[Delta | Usage, None]:
        question = next((m.content for m in reversed(wanted.messages) if m.role == "user"), wanted.prompt)
        entry = self._book.find(question)
        task = entry.task_id if entry else question
        if self._delay_seconds:
            swing = (2 * self._draw(wanted, task, "delay") - 1) * JITTER
            await asyncio.sleep(self._delay_seconds * (1 + swing))
        answered = 0
        for index in range(wanted.n):
            tokens = _tokens(self._answer(wanted, entry, task, index))
            said, cut = tokens[: wanted.max_tokens], len(tokens) > wanted.max_tokens
            answered += len(said)
            for start in range(0, len(said), TOKENS_PER_PIECE):
                piece = said[start : start + TOKENS_PER_PIECE]
                yield Delta(index, "".join(piece), _sure(piece, wanted))
            yield Delta(index, "", finish_reason="length" if cut else "stop")
        asked = sum(ceil(len(message.content) / CHARACTERS_PER_TOKEN) for message in wanted.messages)
        asked += ceil(len(wanted.prompt) / CHARACTERS_PER_TOKEN)
        yield Usage(prompt_tokens=asked, completion_tokens=answered, total_tokens=asked + answered)

    async def close(self) -> None:
        """It holds nothing."""

    def _answer(self, wanted: Generation, entry: Entry | None, task: str, index: int) -> str:
        manner = self._digest(wanted, task, f"manner {index}")
        if entry is None:
            return shrug(manner)
        skill = self._skill if entry.toughness is None else chance(self._skill, entry.toughness)
        solved = self._draw(wanted, task, f"skill {index}") < skill
        answer = entry.right if solved else entry.wrong
        return answer if entry.whole else dress(answer, manner)

    def _draw(self, wanted: Generation, task: str, purpose: str) -> float:
        """Uniform in [0, 1), of 53 bits."""
        return (int.from_bytes(self._digest(wanted, task, purpose)[:8]) >> 11) / 2**53

    def _digest(self, wanted: Generation, task: str, purpose: str) -> bytes:
        return sha256("\0".join((str(self._seed), str(wanted.seed), task, purpose)).encode()).digest()


def _tokens(text: str) -> list[str]:
    return [text[start : start + CHARACTERS_PER_TOKEN] for start in range(0, len(text), CHARACTERS_PER_TOKEN)]


def _sure(piece: list[str], wanted: Generation) -> tuple[Token, ...]:
    """The probabilities of a piece, if they are asked for: it is always sure, and knows no alternative."""
    if wanted.logprobs is None:
        return ()
    return tuple(Token(text, 0.0, ((text, 0.0),) if wanted.logprobs else ()) for text in piece)
