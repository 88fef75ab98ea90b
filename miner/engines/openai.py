"""An engine that is a server of its own: vLLM, SGLang, llama.cpp, or whatever else speaks OpenAI's API."""

import contextlib
import re
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

import httpx
from pydantic import BaseModel, SecretStr, ValidationError

from miner.engine import Delta, Generation, Token
from miner.errors import EngineFailed
from miner.protocol import ChatChunk, ChatResponse, ChoiceLogprobs, TextLogprobs, TextResponse, Usage
from miner.reading import TooMuch, data, events, read

ANSWER_BYTES = 64 * 1024 * 1024
FINISHES = ("stop", "length")


@dataclass(frozen=True, slots=True)
class _Said:
    """What one event, or a whole answer, brought of one choice."""

    index: int
    text: str
    logprobs: ChoiceLogprobs | TextLogprobs | None
    finish_reason: str | None


class OpenAI:
    """``miner.engine.Engine`` over HTTP. ``base_url`` ends in ``/v1``, as OpenAI's own clients spell it.

    ``api_key`` is sent as a bearer token. How long an answer may take is the server's to say, by cancelling.
    Raises EngineFailed for a URL that is none.
    """

    def __init__(self, base_url: str, model: str, api_key: SecretStr | None = None) -> None:
        # No timeout: whoever serves this engine cancels it. No environment: only ``__main__`` reads that.
        unlimited = httpx.Limits(max_connections=None)
        self._http = httpx.AsyncClient(limits=unlimited, timeout=None, trust_env=False)  # noqa: S113
        self._url = base_url.rstrip("/")
        if not re.match(r"https?://[^/]", base_url):
            raise EngineFailed(f"expected the engine's URL to be like http://127.0.0.1:8000/v1, not {base_url!r}")
        self._model = model
        self._api_key = api_key

    @property
    def model(self) -> str:
        return self._model

    @property
    def ready(self) -> bool:
        return True

    async def open(self) -> None:
        """The server behind it is somebody else's to start."""

    async def generate(self, wanted: Generation) -> AsyncGenerator[Delta | Usage, None]:
        """As the promise says, passed on as it comes.

        A server that does not know ``n`` is asked for the others one by one, with seeds of their own.
        """
        seen: set[int] = set()
        usage = Usage()
        for first in range(wanted.n):
            if first in seen:
                continue
            seed = None if wanted.seed is None else wanted.seed + first
            asked = wanted if not seen else replace(wanted, n=1, seed=seed)
            async with aclosing(self._ask(asked)) as came:
                async for one in came:
                    if isinstance(one, Usage):
                        usage = _sum(usage, one)
                    else:
                        seen.add(first + one.index)
                        yield replace(one, index=first + one.index)
            if first not in seen:
                raise EngineFailed(f"the engine was asked for {wanted.n} choices and gave {len(seen)}")
        yield usage

    async def close(self) -> None:
        """Close the connections to the server."""
        await self._http.aclose()

    async def _ask(self, wanted: Generation) -> AsyncGenerator[Delta | Usage, None]:
        headers = {"Accept-Encoding": "identity"}
        if self._api_key is not None:
            headers["Authorization"] = f"Bearer {self._api_key.get_secret_value()}"
        path = "/chat/completions" if wanted.messages else "/completions"
        asking = self._http.build_request("POST", self._url + path, json=_body(wanted, self._model), headers=headers)
        try:
            response = await self._http.send(asking, stream=True, follow_redirects=False)
        except httpx.TransportError as error:
            raise EngineFailed(f"the engine did not answer: {error or type(error).__name__}") from error
        try:
            if response.status_code != httpx.codes.OK:
                why = f"the engine answered {response.status_code}; is its URL right, and does it end in /v1?"
                raise EngineFailed(why)
            streamed = response.headers.get("content-type", "").startswith("text/event-stream")
            async with aclosing(_streamed(response) if streamed else _whole(response, wanted)) as came:
                async for one in came:
                    yield one
        except (TooMuch, httpx.TransportError) as error:
            raise EngineFailed(f"the engine's answer could not be read: {error}") from error
        finally:
            await response.aclose()


def _body(wanted: Generation, model: str) -> dict[str, Any]:
    """The request, in the form that its kind has."""
    body: dict[str, Any] = {
        "model": model,
        "n": wanted.n,
        "max_tokens": wanted.max_tokens,
        "temperature": wanted.temperature,
        "top_p": wanted.top_p,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if wanted.seed is not None:
        body["seed"] = wanted.seed
    if wanted.stop:
        body["stop"] = wanted.stop
    if not wanted.messages:
        return body | {"prompt": wanted.prompt} | ({} if wanted.logprobs is None else {"logprobs": wanted.logprobs})
    if wanted.logprobs is not None:
        body |= {"logprobs": True, "top_logprobs": wanted.logprobs}
    return body | {"messages": [message.model_dump() for message in wanted.messages]}


async def _streamed(response: httpx.Response) -> AsyncGenerator[Delta | Usage, None]:
    """The events of a stream. Raises EngineFailed, TooMuch, httpx.TransportError."""
    finished: dict[int, bool] = {}
    async with aclosing(events(response, ANSWER_BYTES)) as came:
        async for event in came:
            text = data(event)
            if not text:
                continue
            if text == b"[DONE]":
                return
            said, usage = _understood(text)
            for one in said:
                delta = _delta(one)
                if not finished.get(delta.index):
                    finished[delta.index] = delta.finish_reason is not None
                    yield delta
            if usage is not None:
                yield usage
    raise EngineFailed("the engine broke its answer off")


def _understood(text: bytes) -> tuple[list[_Said], Usage | None]:
    """What an event says. Raises EngineFailed."""
    try:
        if b'"chat.completion.chunk"' in text:
            chat = ChatChunk.model_validate_json(text)
            said = [_Said(c.index, c.delta.content or "", c.logprobs, c.finish_reason) for c in chat.choices]
            return said, chat.usage
        response = TextResponse.model_validate_json(text)
    except ValidationError as error:
        raise _unreadable(error, text) from error
    return [_Said(c.index, c.text, c.logprobs, c.finish_reason) for c in response.choices], response.usage


async def _whole(response: httpx.Response, wanted: Generation) -> AsyncGenerator[Delta | Usage, None]:
    """The answer of a server that does not stream. Raises EngineFailed, TooMuch, httpx.TransportError."""
    text = await read(response, ANSWER_BYTES)
    try:
        if wanted.messages:
            chat = ChatResponse.model_validate_json(text)
            said = [_Said(c.index, c.message.content, c.logprobs, c.finish_reason) for c in chat.choices]
            usage = chat.usage
        else:
            answer = TextResponse.model_validate_json(text)
            said = [_Said(c.index, c.text, c.logprobs, c.finish_reason) for c in answer.choices]
            usage = answer.usage or Usage()
    except ValidationError as error:
        raise _unreadable(error, text) from error
    for one in said[: wanted.n]:
        yield replace(_delta(one), finish_reason="length" if one.finish_reason == "length" else "stop")
    yield usage


class _Fault(BaseModel):
    message: str


class _Faulty(BaseModel):
    """What servers send in mid-stream when they fail: OpenAI's error, the rest of it as each likes."""

    error: _Fault


def _unreadable(error: ValidationError, text: bytes) -> EngineFailed:
    with contextlib.suppress(ValidationError):
        return EngineFailed(f"the engine failed: {_Faulty.model_validate_json(text).error.message[:400]}")
    fault = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, fault["loc"])) or "body"
    return EngineFailed(f"the engine's answer is no completion: {place}: {fault['msg']}: {text[:200]!r}")


def _delta(said: _Said) -> Delta:
    finish = None if said.finish_reason is None else "length" if said.finish_reason == "length" else "stop"
    return Delta(said.index, said.text, tuple(_tokens(said.logprobs)), finish)  # type: ignore[arg-type]  # one of two


def _tokens(logprobs: ChoiceLogprobs | TextLogprobs | None) -> Iterable[Token]:
    match logprobs:
        case ChoiceLogprobs(content=content):
            for token in content:
                yield Token(token.token, token.logprob, tuple((top.token, top.logprob) for top in token.top_logprobs))
        case TextLogprobs(tokens=texts, token_logprobs=numbers):
            tops = logprobs.top_logprobs or ({},) * len(texts)
            for text, number, top in zip(texts, numbers, tops, strict=False):
                yield Token(text, number, tuple(sorted(top.items(), key=lambda item: -item[1])))


def _sum(one: Usage, other: Usage) -> Usage:
    return Usage(
        prompt_tokens=one.prompt_tokens + other.prompt_tokens,
        completion_tokens=one.completion_tokens + other.completion_tokens,
        total_tokens=one.total_tokens + other.total_tokens,
    )
