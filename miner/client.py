"""Ask a miner: every request signed, every answer bounded, verified and timed.

Covered: miners that are down, slow, overloaded or dripping; answers that never end, redirect, are compressed, are
not signed or not what was asked for. Not covered: an endpoint that names a host of the caller's own network.
"""

import asyncio
import re
import time
from dataclasses import dataclass
from typing import TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from chain.errors import AnswerNotSigned
from chain.identity import NONCE_HEADER, Identity, sign_request, verify_answer
from miner.errors import MinerMisbehaved, MinerOverloaded, MinerRefused, MinerTimedOut, MinerUnavailable
from miner.hearing import BrokenOff, Failed, Heard, NoChat, assemble, hear
from miner.protocol import (
    DEADLINE_HEADER,
    SIGNATURE_HEADER,
    Capacity,
    ChatRequest,
    ChatResponse,
    ErrorResponse,
    StreamOptions,
)
from miner.reading import TooMuch
from miner.retries import retrying

ANSWER_BYTES = 8 * 1024 * 1024

_DEFAULT_RETRY_AFTER_SECONDS = 1.0

Parsed = TypeVar("Parsed", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Answer:
    """A verified answer. Times are from sending the attempt that succeeded to its last byte, and to its first token."""

    response: ChatResponse
    latency_seconds: float
    first_token_seconds: float
    """The latency, where the miner did not stream."""


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    url: httpx.URL
    hotkey: str
    body: bytes = b""
    deadline_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _Reply:
    heard: Heard
    latency_seconds: float
    first_token_seconds: float


class MinerClient:
    """Speaks to miners as ``identity``.

    ``http`` decides how many connections there are at once; waiting for one counts as the miner's time, so its pool
    must be at least as large as the number of requests in flight.
    """

    def __init__(self, http: httpx.AsyncClient, identity: Identity) -> None:
        self._http = http
        self._identity = identity

    async def complete(self, endpoint: str, hotkey: str, request: ChatRequest, *, deadline_seconds: float) -> Answer:
        """The answer of miner ``hotkey`` at ``endpoint`` (``http://host:port``), within the deadline, retries and all.

        It is asked for as a stream, to time the first token. A retry is signed anew, and is made only if the connection
        failed before an answer began, or after a 429.
        Raises MinerUnavailable, MinerTimedOut, MinerOverloaded, MinerRefused, MinerMisbehaved.
        """
        url = _locate(endpoint, "/v1/chat/completions")
        asked = request.model_copy(update={"stream": True, "stream_options": StreamOptions(include_usage=True)})
        body = asked.model_dump_json(exclude_none=True).encode()
        reply = await self._ask(_Call("POST", url, hotkey, body, deadline_seconds))
        response = _chat(reply.heard, url)
        if len(response.choices) != request.n:
            raise MinerMisbehaved(f"{url} was asked for {request.n} choices and gave {len(response.choices)}")
        return Answer(response, reply.latency_seconds, reply.first_token_seconds)

    async def capacity(self, endpoint: str, hotkey: str, *, deadline_seconds: float) -> Capacity:
        """What the miner says it can take. Raises as ``complete`` does."""
        url = _locate(endpoint, "/v1/capacity")
        reply = await self._ask(_Call("GET", url, hotkey, deadline_seconds=deadline_seconds))
        return _parse(Capacity, reply.heard.body, url)

    async def _ask(self, call: _Call) -> _Reply:
        refusals: list[MinerOverloaded] = []

        async def attempt() -> _Reply:
            try:
                return await self._attempt(call)
            except MinerOverloaded as overloaded:
                refusals.append(overloaded)
                raise

        try:
            async with asyncio.timeout(call.deadline_seconds):
                return await retrying(call.deadline_seconds)(attempt)
        except TimeoutError:
            if refusals:  # it was never silent: the deadline only cut the last of its refusals short
                raise refusals[-1] from None
            raise MinerTimedOut(f"{call.url} gave no whole answer within {call.deadline_seconds:g} s") from None

    async def _attempt(self, call: _Call) -> _Reply:
        path = call.url.raw_path.decode("ascii")
        signed = sign_request(self._identity, method=call.method, path=path, body=call.body, receiver=call.hotkey)
        headers = {
            **signed,
            "Accept-Encoding": "identity",
            "Content-Type": "application/json",
            DEADLINE_HEADER: f"{call.deadline_seconds:g}",
        }
        request = httpx.Request(call.method, call.url, headers=headers, content=call.body)
        began = time.monotonic()
        try:
            response = await self._http.send(request, stream=True, auth=None, follow_redirects=False)
        except httpx.TransportError as error:
            raise MinerUnavailable(f"{call.url} did not answer: {error or type(error).__name__}") from error
        try:
            heard = await hear(response, ANSWER_BYTES)
        except TooMuch as error:
            raise MinerMisbehaved(f"{call.url}: {error}") from error
        except (BrokenOff, httpx.TransportError) as error:
            raise MinerUnavailable(f"{call.url} broke its answer off: {error!r}", answer_began=True) from error
        finally:
            await response.aclose()
        latency_seconds = time.monotonic() - began
        _verify(response, heard, call, nonce=signed[NONCE_HEADER])
        first = latency_seconds if heard.first_token_at is None else heard.first_token_at - began
        return _Reply(heard, latency_seconds, first)


def _chat(heard: Heard, url: httpx.URL) -> ChatResponse:
    if not heard.streamed:
        return _parse(ChatResponse, heard.body, url)
    try:
        return assemble(heard.body)
    except Failed as error:
        raise MinerRefused(
            f"{url} failed in mid-stream: {str(error)[:200]!r}", status=httpx.codes.BAD_GATEWAY
        ) from error
    except NoChat as error:
        raise MinerMisbehaved(f"{url} streamed what is no chat: {error}") from error


def _locate(endpoint: str, path: str) -> httpx.URL:
    try:
        url = httpx.URL(endpoint.rstrip("/") + path)
    except httpx.InvalidURL as error:
        raise MinerMisbehaved(f"announced {endpoint!r}, which is no address: {error}") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise MinerMisbehaved(f"announced {endpoint!r}, expected http://host:port")
    return url


def _verify(response: httpx.Response, heard: Heard, call: _Call, *, nonce: str) -> None:
    """Raise unless this is a signed 200. An error may come unsigned (a 401 has to), but not forged."""
    status, body, signature = response.status_code, heard.body, heard.signature
    if signature is not None:
        try:
            verify_answer(hotkey=call.hotkey, nonce=nonce, status=status, body=body, signature=signature)
        except AnswerNotSigned as error:
            raise MinerMisbehaved(f"{call.url}: {error}") from error
    if status == httpx.codes.TOO_MANY_REQUESTS:
        raise MinerOverloaded(f"{call.url}: {_reason(body)}", retry_after_seconds=_retry_after_seconds(response))
    if status >= httpx.codes.BAD_REQUEST:
        raise MinerRefused(f"{call.url} answered {status}: {_reason(body)}", status=status)
    if status != httpx.codes.OK:
        raise MinerMisbehaved(f"{call.url} answered {status}, expected 200 or an error")
    if signature is None:
        raise MinerMisbehaved(f"{call.url} did not sign its answer; expected a {SIGNATURE_HEADER} header")


def _parse(kind: type[Parsed], body: bytes, url: httpx.URL) -> Parsed:
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, fault["loc"])) or "body"
        raise MinerMisbehaved(f"{url} answered what is no {kind.__name__}: {place}: {fault['msg']}") from error


def _reason(body: bytes) -> str:
    """What an error body says, fit for one line of a log."""
    try:
        message = ErrorResponse.model_validate_json(body).error.message
    except ValidationError:
        message = body[:200].decode("utf-8", "replace")
    return repr(message[:200])


def _retry_after_seconds(response: httpx.Response) -> float:
    value = response.headers.get("Retry-After", "")
    return float(value) if re.fullmatch(r"[0-9]{1,6}", value) else _DEFAULT_RETRY_AFTER_SECONDS
