"""An engine of known skill: it answers from a book, right with a given probability, and talks like a chat model.

Everything it does follows from (its seed, the request's seed, task, sample), so that a request always has the same
answer, and miners with different seeds are independent.
"""

import asyncio
import time
from collections import Counter
from hashlib import sha256
from math import ceil
from pathlib import Path
from typing import Self

from pydantic import BaseModel, Field, ValidationError, model_validator

from miner.engines.prose import dress, shrug
from miner.errors import BadAnswerBook
from miner.protocol import ChatMessage, ChatRequest, ChatResponse, Choice, Usage

CHARACTERS_PER_TOKEN = 4
JITTER = 0.2


class Entry(BaseModel, frozen=True, extra="forbid"):
    """A task as it is asked, and two answers: one that solves it and one that was checked to fail."""

    task_id: str
    prompt: str = Field(pattern=r"\S")
    right: str
    wrong: str
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
    """``miner.engine.Engine`` from a book; ``skill`` is its probability of a right answer, in [0, 1].

    ``delay_seconds`` makes it as slow as a model, give or take JITTER of it.
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

    async def complete(self, request: ChatRequest) -> ChatResponse:
        question = next((m.content for m in reversed(request.messages) if m.role == "user"), "")
        entry = self._book.find(question)
        task = entry.task_id if entry else question
        if self._delay_seconds:
            swing = (2 * self._draw(request, task, "delay") - 1) * JITTER
            await asyncio.sleep(self._delay_seconds * (1 + swing))
        answers = [self._answer(request, entry, task, index) for index in range(request.n)]
        return ChatResponse(
            id=f"chatcmpl-{self._digest(request, task, 'id').hex()[:24]}",
            created=int(time.time()),
            model=self._name,
            choices=tuple(
                Choice(index=index, message=ChatMessage(role="assistant", content=answer))
                for index, answer in enumerate(answers)
            ),
            usage=_usage(request, answers),
        )

    async def close(self) -> None:
        """It holds nothing."""

    def _answer(self, request: ChatRequest, entry: Entry | None, task: str, index: int) -> str:
        manner = self._digest(request, task, f"manner {index}")
        if entry is None:
            return shrug(manner)
        solved = self._draw(request, task, f"skill {index}") < self._skill
        answer = entry.right if solved else entry.wrong
        return answer if entry.whole else dress(answer, manner)

    def _draw(self, request: ChatRequest, task: str, purpose: str) -> float:
        """Uniform in [0, 1), of 53 bits."""
        return (int.from_bytes(self._digest(request, task, purpose)[:8]) >> 11) / 2**53

    def _digest(self, request: ChatRequest, task: str, purpose: str) -> bytes:
        return sha256("\0".join((str(self._seed), str(request.seed), task, purpose)).encode()).digest()


def _usage(request: ChatRequest, answers: list[str]) -> Usage:
    asked = ceil(sum(len(message.content) for message in request.messages) / CHARACTERS_PER_TOKEN)
    answered = sum(ceil(len(answer) / CHARACTERS_PER_TOKEN) for answer in answers)
    return Usage(prompt_tokens=asked, completion_tokens=answered, total_tokens=asked + answered)
