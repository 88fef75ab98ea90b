"""Streams, through the official client and through ours; and what breaks them."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from queue import SimpleQueue
from typing import Any

import httpx
import openai
import pytest

from miner.auth import Signed
from miner.client import MinerClient
from miner.engine import Delta, Generation, Token
from miner.engines.openai import OpenAI
from miner.engines.scripted import AnswerBook, Scripted
from miner.errors import EngineFailed, MinerMisbehaved, MinerRefused, MinerUnavailable
from miner.protocol import ChatMessage, ChatRequest, Usage
from miner.server import app, ungated
from miner.settings import Settings
from miner.signing import PREFIX
from miner.testing import Subnet, chat, served


class Paced:
    """An engine that says ``words``, one when it is let; it fails after ``sound`` of them, and tells of its end."""

    model = "paced"

    def __init__(self, words: int = 4, sound: int | None = None) -> None:
        self.words = words
        self.sound = words if sound is None else sound
        self.go = asyncio.Semaphore(0)
        self._loop: asyncio.AbstractEventLoop | None = None
        self.stopped: SimpleQueue[None] = SimpleQueue()

    ready = True

    async def open(self) -> None:
        """There is nothing to load."""

    async def generate(self, wanted: Generation) -> AsyncGenerator[Delta | Usage, None]:
        self._loop = asyncio.get_running_loop()
        try:
            for number in range(self.words):
                await self.go.acquire()
                if number >= self.sound:
                    raise EngineFailed("the engine fell over")
                for index in range(wanted.n):
                    yield Delta(index, f"w{number} ", (Token(f"w{number} ", -0.5, (("x", -0.1),)),))
            for index in range(wanted.n):
                yield Delta(index, "", finish_reason="length")
            yield Usage(prompt_tokens=3, completion_tokens=self.words, total_tokens=3 + self.words)
        finally:
            self.stopped.put(None)

    async def close(self) -> None:
        """It holds nothing."""

    def let(self, words: int) -> None:
        for _ in range(words):
            self.go.release() if self._loop is None else self._loop.call_soon_threadsafe(self.go.release)


@pytest.fixture
def url(subnet: Subnet, scripted: Scripted) -> Iterator[str]:
    with served(app(scripted, subnet.miner, subnet.ledger, Settings(metagraph_seconds=0))) as address:
        yield address


@pytest.fixture
async def client(subnet: Subnet, url: str) -> AsyncIterator[openai.AsyncOpenAI]:
    async with official(subnet, url) as made:
        yield made


def official(subnet: Subnet, url: str) -> openai.AsyncOpenAI:
    http = openai.DefaultAsyncHttpxClient(auth=Signed(subnet.validator, subnet.miner.hotkey))
    return openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="unused", http_client=http, max_retries=1)


def said(book: AnswerBook) -> str:
    return book.entries[3].prompt


async def test_the_official_client_streams_what_it_gets_whole(client: openai.AsyncOpenAI, book: AnswerBook) -> None:
    asked: dict[str, Any] = {"model": "any", "messages": [{"role": "user", "content": said(book)}], "n": 3, "seed": 5}
    whole = await client.chat.completions.create(**asked)
    pieces, finished, usage = {0: "", 1: "", 2: ""}, {}, None
    async for chunk in await client.chat.completions.create(
        **asked, stream=True, stream_options={"include_usage": True}
    ):
        for choice in chunk.choices:
            pieces[choice.index] += choice.delta.content or ""
            finished[choice.index] = choice.finish_reason
        usage = chunk.usage or usage
    assert pieces == {choice.index: choice.message.content for choice in whole.choices}
    assert finished == {0: "stop", 1: "stop", 2: "stop"}
    assert usage == whole.usage


async def test_the_official_client_completes_texts(client: openai.AsyncOpenAI, book: AnswerBook) -> None:
    whole = await client.completions.create(model="any", prompt=said(book), max_tokens=12, seed=5, logprobs=2)
    stream = await client.completions.create(
        model="any", prompt=said(book), max_tokens=12, seed=5, logprobs=2, stream=True
    )
    chunks = [chunk async for chunk in stream]
    (choice,) = whole.choices
    assert "".join(chunk.choices[0].text for chunk in chunks) == choice.text
    assert (choice.finish_reason, len(choice.text)) == ("length", 48)
    assert choice.logprobs is not None
    assert choice.logprobs.text_offset == list(range(0, 48, 4))
    streamed = [chunk.choices[0].logprobs for chunk in chunks]
    assert [offset for one in streamed if one for offset in one.text_offset or ()] == choice.logprobs.text_offset
    assert choice.logprobs.top_logprobs == [{token: 0.0} for token in choice.logprobs.tokens or ()]


async def test_the_official_client_gets_logprobs_of_a_chat(client: openai.AsyncOpenAI, book: AnswerBook) -> None:
    answer = await client.chat.completions.create(
        model="any", messages=[{"role": "user", "content": said(book)}], logprobs=True, top_logprobs=1
    )
    (choice,) = answer.choices
    assert choice.logprobs is not None
    tokens = choice.logprobs.content or []
    assert "".join(token.token for token in tokens) == choice.message.content
    assert all(bytes(token.bytes or ()) == token.token.encode() for token in tokens)
    assert answer.usage is not None
    assert len(tokens) == answer.usage.completion_tokens


async def test_the_official_clients_errors_are_its_own_classes(
    subnet: Subnet, client: openai.AsyncOpenAI, url: str, book: AnswerBook
) -> None:
    messages = [{"role": "user", "content": said(book)}]
    with pytest.raises(openai.BadRequestError, match="temperature"):
        await client.chat.completions.create(model="any", messages=messages, temperature=9)  # type: ignore[arg-type]
    with pytest.raises(openai.NotFoundError):
        await client.models.retrieve("nothing")
    assert [model.id async for model in client.models.list()] == ["scripted"]
    async with openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="unused", max_retries=0) as unsigned:
        with pytest.raises(openai.AuthenticationError):
            await unsigned.models.list()
    http = openai.DefaultAsyncHttpxClient(auth=Signed(subnet.stranger, subnet.miner.hotkey))
    async with openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="unused", http_client=http) as stranger:
        with pytest.raises(openai.PermissionDeniedError):
            await stranger.models.list()


async def test_the_official_client_retries_a_429_signed_anew(subnet: Subnet) -> None:
    engine = Paced(words=1)
    settings = Settings(concurrent_requests=1, retry_after_seconds=1, metagraph_seconds=0)
    statuses: list[int] = []
    refused = asyncio.Event()

    async def hear(response: httpx.Response) -> None:
        statuses.append(response.status_code)
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            refused.set()

    with served(app(engine, subnet.miner, subnet.ledger, settings)) as url:
        async with official(subnet, url) as client:
            client._client.event_hooks = {"response": [hear]}
            asked = [asyncio.create_task(_hello_by(client.with_options(max_retries=5))) for _ in range(2)]
            async with asyncio.timeout(10):
                await refused.wait()
            engine.let(2)
            assert [answer.choices[0].message.content for answer in await asyncio.gather(*asked)] == ["w0 ", "w0 "]
    assert statuses == [429, 200, 200]


async def _hello_by(client: openai.AsyncOpenAI) -> openai.types.chat.ChatCompletion:
    return await client.chat.completions.create(model="any", messages=[{"role": "user", "content": "hello"}])


async def test_a_token_is_there_before_the_next_one_is_made(subnet: Subnet) -> None:
    engine = Paced()
    with served(ungated(engine, Settings())) as url:
        async with official(subnet, url) as client:
            stream = await _begun(engine, client)
            words = [chunk.choices[0].delta.content async for chunk in _first(stream, 2)]
            assert words == ["", "w0 "]
            engine.let(3)
            assert [c.choices[0].delta.content async for c in stream if c.choices[0].delta.content] == [
                "w1 ", "w2 ", "w3 ",
            ]  # fmt: skip


async def _begun(
    engine: Paced, client: openai.AsyncOpenAI
) -> "openai.AsyncStream[openai.types.chat.ChatCompletionChunk]":
    engine.let(1)
    return await client.chat.completions.create(
        model="any", messages=[{"role": "user", "content": "hello"}], stream=True
    )


async def _first(
    stream: "openai.AsyncStream[openai.types.chat.ChatCompletionChunk]", count: int
) -> AsyncIterator["openai.types.chat.ChatCompletionChunk"]:
    for _ in range(count):
        yield await stream.__anext__()


async def test_who_hangs_up_in_mid_stream_stops_the_engine(subnet: Subnet) -> None:
    engine = Paced()
    with served(app(engine, subnet.miner, subnet.ledger, Settings(metagraph_seconds=0))) as url:
        async with official(subnet, url) as client:
            stream = await _begun(engine, client)
            await stream.__anext__()
            await stream.close()
            await asyncio.to_thread(engine.stopped.get, timeout=10)


async def test_an_engine_that_fails_in_mid_stream_is_told_of_under_signature(subnet: Subnet) -> None:
    engine = Paced(sound=2)
    engine.let(4)
    with served(app(engine, subnet.miner, subnet.ledger, Settings(metagraph_seconds=0))) as url:
        async with official(subnet, url) as client:
            with pytest.raises(openai.APIError, match="fell over"):
                async for _ in await _begun(engine, client):
                    pass
        engine.let(4)
        async with httpx.AsyncClient() as http:
            ours = MinerClient(http, subnet.validator)
            with pytest.raises(MinerRefused, match="fell over"):
                await ours.complete(url, subnet.miner.hotkey, _hello(), deadline_seconds=10)


async def test_an_engine_that_fails_at_once_is_an_error_status(subnet: Subnet) -> None:
    engine = Paced(sound=0)
    engine.let(8)
    with served(app(engine, subnet.miner, subnet.ledger, Settings(metagraph_seconds=0))) as url:
        async with official(subnet, url) as client:
            with pytest.raises(openai.InternalServerError, match="fell over"):
                await client.chat.completions.create(
                    model="any", messages=[{"role": "user", "content": "hello"}], stream=True
                )


async def test_our_client_tells_when_the_first_token_came(subnet: Subnet, url: str, book: AnswerBook) -> None:
    slow = Scripted(book, skill=1.0, seed=7, name="slow", delay_seconds=0.3)
    with served(app(slow, subnet.miner, subnet.ledger, Settings(metagraph_seconds=0))) as address:
        async with httpx.AsyncClient() as http:
            ours = MinerClient(http, subnet.validator)
            request = ChatRequest(model="any", messages=(ChatMessage(role="user", content=said(book)),), n=2, seed=1)
            answer = await ours.complete(address, subnet.miner.hotkey, request, deadline_seconds=10)
    assert 0.2 < answer.first_token_seconds <= answer.latency_seconds
    expected = await chat(slow, request)
    assert [c.message for c in answer.response.choices] == [c.message for c in expected.choices]
    assert answer.response.usage == expected.usage


def _hello() -> ChatRequest:
    return ChatRequest(model="any", messages=(ChatMessage(role="user", content="hello"),))


@pytest.mark.parametrize("what", ["a word", "the signature", "the end", "a word after the end", "no signature"])
async def test_a_stream_that_was_tampered_with_is_no_answer(subnet: Subnet, scripted: Scripted, what: str) -> None:
    inner = app(scripted, subnet.miner, subnet.ledger, Settings(metagraph_seconds=0))

    async def altered(scope, receive, send):  # type: ignore[no-untyped-def]
        async def alter(message):  # type: ignore[no-untyped-def]
            body = message.get("body", b"")
            match what:
                case "a word":
                    body = body.replace(b'"scripted"', b'"scr1pted"')
                case "the signature" if body.startswith(PREFIX):
                    body = body.replace(b"0x", b"0x00", 1)
                case "the end":
                    body = body.replace(b"data: [DONE]\n\n", b"")
                case "a word after the end" if body.startswith(PREFIX):
                    body += b"data: {}\n\n"
                case "no signature" if body.startswith(PREFIX):
                    body = b"data: [DONE]\n\n"
            await send({**message, "body": body} if "body" in message else message)

        await inner(scope, receive, alter)

    with served(altered) as url:
        async with httpx.AsyncClient() as http:
            with pytest.raises((MinerMisbehaved, MinerUnavailable)):
                await MinerClient(http, subnet.validator).complete(
                    url, subnet.miner.hotkey, _hello(), deadline_seconds=10
                )


async def test_an_engine_behind_another_server_is_passed_on_as_it_comes(subnet: Subnet) -> None:
    engine = Paced()
    with served(ungated(engine, Settings())) as upstream:
        through = OpenAI(f"{upstream}/v1", "paced")
        generated = through.generate(Generation.of(_hello().model_copy(update={"n": 2, "logprobs": True})))
        engine.let(1)
        assert await anext(generated) == Delta(0, "")
        first = await anext(generated)
        assert first == Delta(0, "w0 ", (Token("w0 ", -0.5, (("x", -0.1),)),))
        engine.let(3)
        rest = [one async for one in generated]
        assert rest[-1] == Usage(prompt_tokens=3, completion_tokens=4, total_tokens=7)
        assert [one.finish_reason for one in rest[:-1] if isinstance(one, Delta) and one.finish_reason] == [
            "length"
        ] * 2
        await through.close()


async def test_tokens_of_a_period_are_shared_by_stake_and_settled_as_used(subnet: Subnet, scripted: Scripted) -> None:
    settings = Settings(tokens=100, metagraph_seconds=0)
    asked = _hello().model_copy(update={"max_tokens": 60})
    with served(app(scripted, subnet.miner, subnet.ledger, settings)) as url:
        async with httpx.AsyncClient() as http:
            ours = MinerClient(http, subnet.validator)
            used = 0
            for _ in range(3):
                answer = await ours.complete(url, subnet.miner.hotkey, asked, deadline_seconds=10)
                used += answer.response.usage.completion_tokens
                if used > 40:
                    break
            capacity = await ours.capacity(url, subnet.miner.hotkey, deadline_seconds=10)
            assert (capacity.tokens, capacity.share, capacity.period_seconds) == (100, 1.0, 3600)
            many = asked.model_copy(update={"n": 128, "max_tokens": 1000})
            async with official(subnet, url) as client:
                with pytest.raises(openai.RateLimitError, match=f"{100 - used} are left") as refused:
                    await client.with_options(max_retries=0).chat.completions.create(
                        model="any", messages=[{"role": "user", "content": "hello"}], n=many.n, max_tokens=1000
                    )
            assert 3000 < int(refused.value.response.headers["Retry-After"]) <= 3600
