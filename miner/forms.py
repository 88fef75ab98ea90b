"""OpenAI's two forms of an answer, chat and text: whole, and as the chunks of a stream."""

import secrets
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Protocol

from pydantic import BaseModel

from miner.engine import Delta, Token
from miner.protocol import (
    ChatChunk,
    ChatDelta,
    ChatMessage,
    ChatRequest,
    ChatResponse,
    Choice,
    ChoiceLogprobs,
    ChunkChoice,
    CompletionRequest,
    TextChoice,
    TextLogprobs,
    TextResponse,
    TokenLogprob,
    TopLogprob,
    Usage,
)


@dataclass(slots=True)
class Gathered:
    """One choice, as far as it has come."""

    pieces: list[str] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    finish_reason: str | None = None

    def add(self, delta: Delta) -> None:
        """What came next of it."""
        self.pieces.append(delta.text)
        self.tokens += delta.tokens
        self.finish_reason = delta.finish_reason or self.finish_reason

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self.pieces)


class Form(Protocol):
    """How one answer is written."""

    def whole(self, choices: Sequence[Gathered], usage: Usage) -> BaseModel:
        """The answer to a request that is not streamed."""

    def chunks(self, delta: Delta) -> Iterable[BaseModel]:
        """The events that tell of ``delta``."""

    def last(self, usage: Usage) -> BaseModel:
        """The event that tells of the usage."""


def form_of(request: ChatRequest | CompletionRequest, model: str) -> Form:
    """The form in which a request is answered, begun now."""
    return Chat(request, model) if isinstance(request, ChatRequest) else Text(request, model)


class Chat:
    """``chat.completion`` and its chunks. Every choice of a stream begins with its role, as OpenAI's do."""

    def __init__(self, request: ChatRequest, model: str) -> None:
        self._id, self._created, self._model = f"chatcmpl-{secrets.token_hex(12)}", int(time.time()), model
        self._with_logprobs = request.logprobs
        self._begun: set[int] = set()

    def whole(self, choices: Sequence[Gathered], usage: Usage) -> ChatResponse:
        answered = tuple(
            Choice(
                index=index,
                message=ChatMessage(role="assistant", content=choice.text),
                logprobs=self._logprobs(choice.tokens),
                finish_reason=choice.finish_reason or "stop",
            )
            for index, choice in enumerate(choices)
        )
        return ChatResponse(id=self._id, created=self._created, model=self._model, choices=answered, usage=usage)

    def chunks(self, delta: Delta) -> Iterable[ChatChunk]:
        if delta.index not in self._begun:
            self._begun.add(delta.index)
            yield self._chunk(ChunkChoice(index=delta.index, delta=ChatDelta(role="assistant", content="")))
        if delta.text or delta.tokens:
            said = ChatDelta(content=delta.text)
            yield self._chunk(ChunkChoice(index=delta.index, delta=said, logprobs=self._logprobs(delta.tokens)))
        if delta.finish_reason is not None:
            yield self._chunk(ChunkChoice(index=delta.index, delta=ChatDelta(), finish_reason=delta.finish_reason))

    def last(self, usage: Usage) -> ChatChunk:
        return ChatChunk(id=self._id, created=self._created, model=self._model, choices=(), usage=usage)

    def _chunk(self, choice: ChunkChoice) -> ChatChunk:
        return ChatChunk(id=self._id, created=self._created, model=self._model, choices=(choice,))

    def _logprobs(self, tokens: Iterable[Token]) -> ChoiceLogprobs | None:
        if not self._with_logprobs:
            return None
        return ChoiceLogprobs(
            content=tuple(
                TokenLogprob(
                    token=token.text,
                    logprob=token.logprob,
                    bytes=_bytes(token.text),
                    top_logprobs=tuple(
                        TopLogprob(token=text, logprob=logprob, bytes=_bytes(text))
                        for text, logprob in token.alternatives
                    ),
                )
                for token in tokens
            )
        )


class Text:
    """``text_completion``, whose chunks have the form of the whole."""

    def __init__(self, request: CompletionRequest, model: str) -> None:
        self._id, self._created, self._model = f"cmpl-{secrets.token_hex(12)}", int(time.time()), model
        self._with_logprobs = request.logprobs is not None
        self._lengths: dict[int, int] = {}

    def whole(self, choices: Sequence[Gathered], usage: Usage) -> TextResponse:
        answered = (
            self._choice(index, choice.text, choice.tokens, 0, choice.finish_reason)
            for index, choice in enumerate(choices)
        )
        return self._response(tuple(answered), usage)

    def chunks(self, delta: Delta) -> Iterable[TextResponse]:
        offset = self._lengths.get(delta.index, 0)
        self._lengths[delta.index] = offset + len(delta.text)
        yield self._response((self._choice(delta.index, delta.text, delta.tokens, offset, delta.finish_reason),))

    def last(self, usage: Usage) -> TextResponse:
        return self._response((), usage)

    def _response(self, choices: tuple[TextChoice, ...], usage: Usage | None = None) -> TextResponse:
        return TextResponse(id=self._id, created=self._created, model=self._model, choices=choices, usage=usage)

    def _choice(
        self, index: int, text: str, tokens: Sequence[Token], offset: int, finish_reason: str | None
    ) -> TextChoice:
        logprobs = _text_logprobs(tokens, offset) if self._with_logprobs else None
        return TextChoice(index=index, text=text, logprobs=logprobs, finish_reason=finish_reason)


def _text_logprobs(tokens: Sequence[Token], offset: int) -> TextLogprobs:
    return TextLogprobs(
        tokens=tuple(token.text for token in tokens),
        token_logprobs=tuple(token.logprob for token in tokens),
        top_logprobs=tuple(dict(token.alternatives) for token in tokens),
        text_offset=tuple(accumulate((len(token.text) for token in tokens[:-1]), initial=offset))[: len(tokens)],
    )


def _bytes(token: str) -> tuple[int, ...]:
    return tuple(token.encode("utf-8", "replace"))
