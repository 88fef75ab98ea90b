"""The client, against our server and against servers that mean it harm. All of them real, on loopback."""

import asyncio
import gzip
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest

from chain.identity import Identity, sign_answer
from miner.client import ANSWER_BYTES, MinerClient
from miner.engines.scripted import AnswerBook, Scripted
from miner.errors import MinerMisbehaved, MinerOverloaded, MinerRefused, MinerTimedOut, MinerUnavailable
from miner.protocol import SIGNATURE_HEADER, ChatMessage, ChatRequest, ChatResponse, Choice
from miner.server import app
from miner.settings import Settings
from miner.testing import Subnet, served
from sandbox.serving import listen

REQUEST = ChatRequest(model="any", messages=(ChatMessage(role="user", content="hello"),), seed=1)

Reply = Callable[[dict[str, str], asyncio.StreamWriter], Awaitable[None]]


class Hostile:
    """A TCP server that reads a request as it should and answers as ``reply`` likes; it keeps what it was asked."""

    def __init__(self, *replies: Reply) -> None:
        self._replies = replies
        self.asked: list[dict[str, str]] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in head[1:] if line)}
        await reader.readexactly(int(headers.get("content-length", 0)))
        reply = self._replies[min(len(self.asked), len(self._replies) - 1)]
        self.asked.append(headers)
        try:
            await reply(headers, writer)
            await writer.drain()
        except ConnectionError:
            pass  # The client has hung up, as it should on most of these.
        finally:
            writer.close()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self, "127.0.0.1", 0)
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        server.close()


def message(status: int, body: bytes, headers: dict[str, str]) -> bytes:
    fields = {"Content-Length": str(len(body)), **headers}
    lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def completion(choices: int = 1) -> bytes:
    spoken = ChatMessage(role="assistant", content="hello yourself")
    answered = tuple(Choice(index=index, message=spoken) for index in range(choices))
    return ChatResponse(id="1", created=1, model="m", choices=answered).model_dump_json().encode()


def says(status: int, body: bytes = b"", headers: dict[str, str] | None = None, *, by: Identity | None = None) -> Reply:
    """Reply with this; signed, if ``by`` someone."""

    async def reply(asked: dict[str, str], writer: asyncio.StreamWriter) -> None:
        signature = {}
        if by is not None:
            nonce = asked["x-bittensor-nonce"]
            signature[SIGNATURE_HEADER] = sign_answer(by, nonce=nonce, status=status, body=body)
        writer.write(message(status, body, {**(headers or {}), **signature}))

    return reply


async def reset(asked: dict[str, str], writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def ask(client: MinerClient, subnet: Subnet, url: str, seconds: float = 10.0) -> ChatResponse:
    return (await client.complete(url, subnet.miner.hotkey, REQUEST, deadline_seconds=seconds)).response


async def test_asks_our_own_server(client: MinerClient, subnet: Subnet, book: AnswerBook) -> None:
    engine = Scripted(book, 1.0, 1, "scripted", delay_seconds=0.2)
    messages = (ChatMessage(role="user", content=book.entries[0].prompt),)
    with served(app(engine, subnet.miner, subnet.ledger, Settings(concurrent_requests=7))) as url:
        request = ChatRequest(model="any", messages=messages, n=5)
        answer = await client.complete(url, subnet.miner.hotkey, request, deadline_seconds=10)
        capacity = await client.capacity(url + "/", subnet.miner.hotkey, deadline_seconds=10)
    assert all(book.entries[0].right.strip() in choice.message.content for choice in answer.response.choices)
    assert len(answer.response.choices) == 5
    assert 0.15 < answer.latency_seconds < 5
    assert capacity.concurrent_requests == 7


async def test_a_miner_that_turns_us_away_has_refused(subnet: Subnet, scripted: Scripted) -> None:
    with served(app(scripted, subnet.miner, subnet.ledger, Settings())) as url:
        async with httpx.AsyncClient() as http:
            with pytest.raises(MinerRefused, match="not registered") as caught:
                await ask(MinerClient(http, subnet.stranger), subnet, url)
            assert caught.value.status == 403
            with pytest.raises(MinerRefused, match="answered 401") as caught:
                await MinerClient(http, subnet.validator).capacity(url, subnet.stranger.hotkey, deadline_seconds=5)
            assert caught.value.status == 401


async def test_many_at_once_all_come_through_an_overloaded_miner(subnet: Subnet, book: AnswerBook) -> None:
    engine = Scripted(book, 1.0, 1, "scripted", delay_seconds=0.01)
    settings = Settings(concurrent_requests=4, retry_after_seconds=0)
    with served(app(engine, subnet.miner, subnet.ledger, settings)) as url:
        async with httpx.AsyncClient() as http:
            client = MinerClient(http, subnet.validator)
            answers = await asyncio.gather(*(ask(client, subnet, url, 20) for _ in range(24)))
    assert len(answers) == 24


async def test_nobody_there_is_unavailable_after_a_few_tries(client: MinerClient, subnet: Subnet) -> None:
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    listener.close()
    began = time.monotonic()
    with pytest.raises(MinerUnavailable, match="did not answer"):
        await ask(client, subnet, f"http://127.0.0.1:{port}", 30)
    assert 0.6 < time.monotonic() - began < 5


async def test_a_reset_before_an_answer_is_retried_with_a_fresh_nonce(client: MinerClient, subnet: Subnet) -> None:
    hostile = Hostile(reset, reset, says(200, completion(), by=subnet.miner))
    async with hostile.listening() as url:
        assert (await ask(client, subnet, url)).choices[0].message.content == "hello yourself"
    assert len({asked["x-bittensor-nonce"] for asked in hostile.asked}) == 3


async def test_an_answer_broken_off_is_not_retried(client: MinerClient, subnet: Subnet) -> None:
    hostile = Hostile(says(200, completion(), {"Content-Length": "100000"}, by=subnet.miner))
    async with hostile.listening() as url:
        with pytest.raises(MinerUnavailable, match="broke its answer off"):
            await ask(client, subnet, url)
    assert len(hostile.asked) == 1


async def test_an_overloaded_miner_is_asked_again_when_it_said(client: MinerClient, subnet: Subnet) -> None:
    hostile = Hostile(says(429, b"", {"Retry-After": "1"}), says(200, completion(), by=subnet.miner))
    began = time.monotonic()
    async with hostile.listening() as url:
        answer = await client.complete(url, subnet.miner.hotkey, REQUEST, deadline_seconds=10)
    assert 1 <= time.monotonic() - began < 5
    assert answer.latency_seconds < 0.9
    assert len(hostile.asked) == 2


@pytest.mark.parametrize("retry_after", ["60", "9" * 5000, "Wed, 21 Oct 2065 07:28:00 GMT", "-1", "inf", ""])
async def test_overload_beyond_the_deadline_is_said_before_it(
    client: MinerClient, subnet: Subnet, retry_after: str
) -> None:
    began = time.monotonic()
    async with Hostile(says(429, b"busy", {"Retry-After": retry_after})).listening() as url:
        with pytest.raises(MinerOverloaded, match="busy") as caught:
            await ask(client, subnet, url, 0.9)
    assert time.monotonic() - began < 0.9
    assert caught.value.retry_after_seconds in (1, 60)


async def test_an_endless_body_is_cut_off(client: MinerClient, subnet: Subnet) -> None:
    sent = 0

    async def endless(asked: dict[str, str], writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"10000\r\n" + b" " * 65536 + b"\r\n")
            await writer.drain()
            sent += 65536

    async with Hostile(endless).listening() as url:
        with pytest.raises(MinerMisbehaved, match="longer than"):
            await ask(client, subnet, url)
    assert sent < ANSWER_BYTES * 3


async def test_a_drip_feed_ends_at_the_deadline(client: MinerClient, subnet: Subnet) -> None:
    async def drip(asked: dict[str, str], writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.01)

    await _times_out(client, subnet, drip)


async def test_silence_ends_at_the_deadline(client: MinerClient, subnet: Subnet) -> None:
    async def silence(asked: dict[str, str], writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(1)

    await _times_out(client, subnet, silence)


async def test_endless_interim_answers_end_at_the_deadline(client: MinerClient, subnet: Subnet) -> None:
    async def interim(asked: dict[str, str], writer: asyncio.StreamWriter) -> None:
        while not writer.is_closing():
            writer.write(b"HTTP/1.1 102 Processing\r\n\r\n")
            await writer.drain()

    await _times_out(client, subnet, interim)


async def _times_out(client: MinerClient, subnet: Subnet, reply: Reply) -> None:
    began = time.monotonic()
    async with Hostile(reply).listening() as url:
        with pytest.raises(MinerTimedOut, match=r"within 0\.5 s"):
            await ask(client, subnet, url, 0.5)
    assert 0.45 < time.monotonic() - began < 2


async def test_a_signature_must_be_the_miners_own(client: MinerClient, subnet: Subnet) -> None:
    for by in (subnet.stranger, subnet.validator):
        async with Hostile(says(200, completion(), by=by)).listening() as url:
            with pytest.raises(MinerMisbehaved, match="'s for this request"):
                await ask(client, subnet, url)


async def test_the_answer_to_another_request_is_not_accepted(client: MinerClient, subnet: Subnet) -> None:
    signature = sign_answer(subnet.miner, nonce="1", status=200, body=completion())
    async with Hostile(says(200, completion(), {SIGNATURE_HEADER: signature})).listening() as url:
        with pytest.raises(MinerMisbehaved, match="signature"):
            await ask(client, subnet, url)


@pytest.mark.parametrize("signature", ["", "0x", "0xzz", "0x00", "\N{SNOWMAN}", "0x" + "0" * 60_000])
async def test_a_garbled_signature_is_misbehaviour(client: MinerClient, subnet: Subnet, signature: str) -> None:
    async with Hostile(says(200, completion(), {SIGNATURE_HEADER: signature})).listening() as url:
        with pytest.raises(MinerMisbehaved):
            await ask(client, subnet, url)


async def test_an_unsigned_answer_is_misbehaviour(client: MinerClient, subnet: Subnet) -> None:
    async with Hostile(says(200, completion())).listening() as url:
        with pytest.raises(MinerMisbehaved, match="did not sign"):
            await ask(client, subnet, url)


async def test_a_forged_error_is_misbehaviour_but_an_unsigned_one_a_refusal(
    client: MinerClient, subnet: Subnet
) -> None:
    async with Hostile(says(500, b"oh", by=subnet.stranger)).listening() as url:
        with pytest.raises(MinerMisbehaved):
            await ask(client, subnet, url)
    async with Hostile(says(502, b"<h1>Bad\nGateway")).listening() as url:
        with pytest.raises(MinerRefused, match=r"answered 502: '<h1>Bad\\nGateway'"):
            await ask(client, subnet, url)


@pytest.mark.parametrize("status", [201, 204, 301, 302, 307, 308])
@pytest.mark.parametrize("location", ["http://127.0.0.1:1/", "/v1/chat/completions", "gopher://["])
async def test_redirects_and_other_successes_are_misbehaviour(
    client: MinerClient, subnet: Subnet, status: int, location: str
) -> None:
    hostile = Hostile(says(status, b"", {"Location": location}, by=subnet.miner))
    async with hostile.listening() as url:
        with pytest.raises(MinerMisbehaved, match=f"answered {status}"):
            await ask(client, subnet, url)
    assert len(hostile.asked) == 1


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "body: Invalid JSON"),
        (b"[" * 100_000, "body: Invalid JSON: recursion limit"),
        (b'{"id": "1"}', "created: Field required"),
        (completion(2), "was asked for 1 choices and gave 2"),
        (completion(0), "was asked for 1 choices and gave 0"),
        (completion().replace(b"hello", b"\xff"), "body: Invalid JSON"),
    ],
)
async def test_what_is_signed_but_no_completion_is_misbehaviour(
    client: MinerClient, subnet: Subnet, body: bytes, message: str
) -> None:
    async with Hostile(says(200, body, by=subnet.miner)).listening() as url:
        with pytest.raises(MinerMisbehaved, match=message):
            await ask(client, subnet, url)


async def test_a_compressed_answer_is_not_unpacked(client: MinerClient, subnet: Subnet) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    async with Hostile(says(200, bomb, {"Content-Encoding": "gzip"}, by=subnet.miner)).listening() as url:
        with pytest.raises(MinerMisbehaved, match="compressed"):
            await ask(client, subnet, url)


@pytest.mark.parametrize(
    "babble", [b"SSH-2.0-OpenSSH_9.9\r\n", message(302, b"", {"Location": "\x7f"}), b"HTTP/1.1 200\r\n" * 9999]
)
async def test_what_is_not_http_is_unavailable(client: MinerClient, subnet: Subnet, babble: bytes) -> None:
    async def reply(asked: dict[str, str], writer: asyncio.StreamWriter) -> None:
        writer.write(babble)

    async with Hostile(reply).listening() as url:
        with pytest.raises(MinerUnavailable):
            await ask(client, subnet, url)


@pytest.mark.parametrize(
    "endpoint", ["", "127.0.0.1:80", "ftp://127.0.0.1", "http://", "http://a:b:c", "file:///etc", "http://\x00"]
)
async def test_an_endpoint_that_is_no_address_is_misbehaviour(
    client: MinerClient, subnet: Subnet, endpoint: str
) -> None:
    with pytest.raises(MinerMisbehaved, match="announced"):
        await ask(client, subnet, endpoint)


async def test_cookies_that_a_miner_sets_are_not_sent_back(client: MinerClient, subnet: Subnet) -> None:
    hostile = Hostile(says(200, completion(), {"Set-Cookie": "track=me"}, by=subnet.miner))
    async with hostile.listening() as url:
        await ask(client, subnet, url)
        await ask(client, subnet, url)
    assert "cookie" not in hostile.asked[1]
