"""A miner's answer as it arrives, and a streamed one put together again.

Nothing of a stream is parsed before its signature is verified, but for what tells when its first token came.
"""

import contextlib
import time
from contextlib import aclosing
from dataclasses import dataclass

import httpx
from pydantic import ValidationError

from miner.answering import DONE
from miner.forms import Gathered
from miner.protocol import (
    EVENT_STREAM,
    SIGNATURE_HEADER,
    ChatChunk,
    ChatMessage,
    ChatResponse,
    Choice,
    ErrorResponse,
    Usage,
)
from miner.reading import BLANK_LINE, data, events, read
from miner.signing import signature_in


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer's bytes, as they were signed."""

    body: bytes
    signature: str | None
    streamed: bool
    first_token_at: float | None = None
    """By ``time.monotonic``; of a stream that has tokens."""


class BrokenOff(Exception):
    """A stream ended before its end."""


class Failed(Exception):
    """The stream says itself that it could not go on; the message says why."""


class NoChat(Exception):
    """The events of a stream are no chat; the message says why."""


async def hear(response: httpx.Response, limit_bytes: int) -> Heard:
    """All of an answer. Raises TooMuch, BrokenOff, httpx.TransportError."""
    if not response.headers.get("content-type", "").startswith(EVENT_STREAM):
        return Heard(await read(response, limit_bytes), response.headers.get(SIGNATURE_HEADER), streamed=False)
    body, signature, first, last = bytearray(), None, None, b""
    async with aclosing(events(response, limit_bytes)) as came:
        async for event in came:
            last = event
            if signature is None:
                signature = signature_in(event)
                if signature is None and event != DONE:
                    body += event
                    if first is None and _has_token(event):
                        first = time.monotonic()
            elif event != DONE:
                raise BrokenOff("something came after the signature")
    if last != DONE:
        raise BrokenOff("the stream ended before its end")
    return Heard(bytes(body), signature, streamed=True, first_token_at=first)


def assemble(body: bytes) -> ChatResponse:
    """The chat that these events tell. Raises NoChat, Failed."""
    choices: dict[int, Gathered] = {}
    usage, chunk = Usage(), None
    for event in BLANK_LINE.split(body):
        if not (text := data(event)):
            continue
        chunk = _chunk(text)
        usage = chunk.usage or usage
        for choice in chunk.choices:
            gathered = choices.setdefault(choice.index, Gathered())
            gathered.pieces.append(choice.delta.content or "")
            gathered.finish_reason = choice.finish_reason or gathered.finish_reason
    if chunk is None or any(choice.finish_reason is None for choice in choices.values()):
        raise NoChat("not every choice has a finish_reason")
    answered = tuple(
        Choice(index=index, message=_said(choices[index]), finish_reason=choices[index].finish_reason or "")
        for index in sorted(choices)
    )
    return ChatResponse(id=chunk.id, created=chunk.created, model=chunk.model, choices=answered, usage=usage)


def _chunk(text: bytes) -> ChatChunk:
    try:
        return ChatChunk.model_validate_json(text)
    except ValidationError as error:
        with contextlib.suppress(ValidationError):
            raise Failed(ErrorResponse.model_validate_json(text).error.message) from error
        fault = error.errors(include_url=False, include_input=False)[0]
        raise NoChat(f"{'.'.join(map(str, fault['loc'])) or 'event'}: {fault['msg']}: {text[:200]!r}") from error


def _said(choice: Gathered) -> ChatMessage:
    try:
        return ChatMessage(role="assistant", content=choice.text)
    except ValidationError as error:
        raise NoChat("a choice is longer than any that is read") from error


def _has_token(event: bytes) -> bool:
    try:
        chunk = ChatChunk.model_validate_json(data(event))
    except ValidationError:
        return False
    return any(choice.delta.content for choice in chunk.choices)
