"""The openai engine in front of real servers: one that knows all of the API, and some that don't."""

import asyncio
from collections.abc import Iterator

import pytest
from fastapi import FastAPI, Request, Response
from pydantic import SecretStr

from miner.client import MinerClient
from miner.engines.openai import OpenAI
from miner.engines.scripted import AnswerBook, Scripted
from miner.errors import EngineFailed, MinerRefused
from miner.protocol import ChatMessage, ChatRequest, ChatResponse, StreamOptions
from miner.server import app
from miner.settings import Settings
from miner.testing import Subnet, chat, served

USAGE = StreamOptions(include_usage=True)


class Upstream:
    """An OpenAI-compatible server over a scripted engine. ``knows_n``: else it gives one choice, as llama.cpp did."""

    def __init__(self, engine: Scripted) -> None:
        self.engine = engine
        self.knows_n = True
        self.answer: Response | None = None
        self.asked: list[ChatRequest] = []
        self.keys: list[str | None] = []

    def app(self) -> FastAPI:
        server = FastAPI()

        @server.post("/v1/chat/completions", response_model=None)
        async def complete(request: Request) -> Response:
            self.asked.append(ChatRequest.model_validate_json(await request.body()))
            self.keys.append(request.headers.get("Authorization"))
            if self.answer is not None:
                return self.answer
            asked = self.asked[-1] if self.knows_n else self.asked[-1].model_copy(update={"n": 1})
            return Response((await chat(self.engine, asked)).model_dump_json())

        return server


@pytest.fixture
def upstream(scripted: Scripted) -> Upstream:
    return Upstream(scripted)


@pytest.fixture
def url(upstream: Upstream) -> Iterator[str]:
    with served(upstream.app()) as address:
        yield address + "/v1"


@pytest.fixture
def request_(book: AnswerBook) -> ChatRequest:
    messages = (ChatMessage(role="user", content=book.entries[0].prompt),)
    return ChatRequest(model="what the validator said", messages=messages, n=6, seed=40, temperature=0.3, max_tokens=77)


async def complete(url: str, request: ChatRequest, api_key: SecretStr | None = None) -> ChatResponse:
    engine = OpenAI(url, "served-name", api_key)
    try:
        return await chat(engine, request)
    finally:
        await engine.close()


async def test_passes_the_request_on_under_the_engines_own_model_name(
    url: str, upstream: Upstream, request_: ChatRequest
) -> None:
    answer = await complete(url + "/", request_)
    assert upstream.asked == [
        request_.model_copy(update={"model": "served-name", "stream": True, "stream_options": USAGE})
    ]
    assert answer.model == "served-name"
    assert [choice.message for choice in answer.choices] == [
        choice.message for choice in (await chat(upstream.engine, request_)).choices
    ]


async def test_the_key_goes_to_the_engine_and_nowhere_else(url: str, upstream: Upstream, request_: ChatRequest) -> None:
    await complete(url, request_, SecretStr("sesame"))
    await complete(url, request_)
    assert upstream.keys == ["Bearer sesame", None]
    assert "sesame" not in repr(vars(OpenAI(url, "m", SecretStr("sesame"))))


async def test_a_server_without_n_is_asked_for_each_choice(url: str, upstream: Upstream, request_: ChatRequest) -> None:
    upstream.knows_n = False
    answer = await complete(url, request_)
    assert [choice.index for choice in answer.choices] == [0, 1, 2, 3, 4, 5]
    assert [asked.n for asked in upstream.asked] == [6, 1, 1, 1, 1, 1]
    assert sorted(asked.seed or 0 for asked in upstream.asked) == [40, 41, 42, 43, 44, 45]
    assert len({choice.message.content for choice in answer.choices}) > 1
    assert answer.usage.completion_tokens > 6


async def test_more_choices_than_asked_for_are_cut(url: str, upstream: Upstream, request_: ChatRequest) -> None:
    upstream.answer = Response((await chat(upstream.engine, request_)).model_dump_json())
    assert len((await complete(url, request_.model_copy(update={"n": 2}))).choices) == 2


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Response("{}", 500), "answered 500"),
        (Response("{}", 404), "answered 404.*end in /v1"),
        (Response("", 307, {"Location": "/v1/elsewhere"}), "answered 307"),
        (Response("not json"), "no completion: body"),
        (Response('{"id": "1", "created": 1, "model": "m", "choices": [{}]}'), r"choices\.0\.index: Field required"),
        (Response('{"id": "1", "created": 1, "model": "m", "choices": []}'), "asked for 6 choices and gave 0"),
        (Response("{}", headers={"Content-Encoding": "br"}), "could not be read"),
    ],
)
async def test_an_unusable_answer_is_an_engine_failure(
    url: str, upstream: Upstream, request_: ChatRequest, answer: Response, message: str
) -> None:
    upstream.answer = answer
    with pytest.raises(EngineFailed, match=message):
        await complete(url, request_)


async def test_no_engine_at_all_is_an_engine_failure(request_: ChatRequest) -> None:
    with served(FastAPI()) as gone:
        pass
    with pytest.raises(EngineFailed, match="did not answer"):
        await complete(gone + "/v1", request_)


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "", "ftp://host/v1", "http://"])
def test_an_engine_url_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(EngineFailed, match="expected the engine's URL to be like"):
        OpenAI(url, "m")


async def test_mines_behind_our_own_server_from_end_to_end(
    url: str, upstream: Upstream, subnet: Subnet, client: MinerClient, request_: ChatRequest
) -> None:
    upstream.knows_n = False
    with served(app(OpenAI(url, "served-name"), subnet.miner, subnet.ledger, Settings())) as miner:
        asking = (client.complete(miner, subnet.miner.hotkey, request_, deadline_seconds=10) for _ in range(4))
        answers = await asyncio.gather(*asking)
        assert [len(answer.response.choices) for answer in answers] == [6] * 4
        upstream.answer = Response("{}", 503)
        with pytest.raises(MinerRefused, match="the engine answered 503") as caught:
            await client.complete(miner, subnet.miner.hotkey, request_, deadline_seconds=10)
    assert caught.value.status == 502
