"""The generation server, spoken to over real HTTP by someone who signs by hand."""

import asyncio
import json
import random
import socket
import time
from collections.abc import Iterator
from queue import SimpleQueue

import httpx
import pytest
from bittensor import http_auth

from chain.errors import ChainUnreachable
from chain.identity import Identity, sign_request, verify_answer
from chain.protocol import Metagraph
from miner.admission import Admission
from miner.engines.scripted import AnswerBook, Scripted
from miner.errors import Code, EngineFailed, Refused
from miner.protocol import SIGNATURE_HEADER, ChatRequest, ChatResponse
from miner.server import app
from miner.settings import Settings
from miner.testing import Subnet, served

CHAT = "/v1/chat/completions"
SETTINGS = Settings(concurrent_requests=2, retry_after_seconds=3, body_seconds=0.5, metagraph_seconds=0)


class Switchable:
    """An engine that fails, or waits until it is released, when told to; it tells what happens to it."""

    model = "switchable"

    def __init__(self, inner: Scripted) -> None:
        self.failing = False
        self.held = False
        self._inner = inner
        self._events: SimpleQueue[str] = SimpleQueue()
        self._released = asyncio.Event()

    async def complete(self, request: ChatRequest) -> ChatResponse:
        if self.failing:
            raise EngineFailed("the engine answered 500")
        self._loop = asyncio.get_running_loop()
        self._events.put("began")
        try:
            if self.held:
                await self._released.wait()
        except asyncio.CancelledError:
            self._events.put("cancelled")
            raise
        return await self._inner.complete(request)

    async def close(self) -> None:
        self._events.put("closed")

    def release(self) -> None:
        self._loop.call_soon_threadsafe(self._released.set)

    async def saw(self, *expected: str) -> None:
        """Return when these events came to pass, in this order."""
        for event in expected:
            assert await asyncio.to_thread(self._events.get, timeout=10) == event


@pytest.fixture
def engine(scripted: Scripted) -> Switchable:
    return Switchable(scripted)


@pytest.fixture
def url(subnet: Subnet, engine: Switchable) -> Iterator[str]:
    with served(app(engine, subnet.miner, subnet.ledger, SETTINGS)) as address:
        yield address


def chat(book: AnswerBook, **fields: object) -> bytes:
    messages = [{"role": "user", "content": book.entries[0].prompt}]
    return json.dumps({"model": "any", "messages": messages, **fields}).encode()


def signed(
    subnet: Subnet, path: str, body: bytes, *, method: str = "POST", by: Identity | None = None
) -> dict[str, str]:
    return sign_request(by or subnet.validator, method=method, path=path, body=body, receiver=subnet.miner.hotkey)


def post(subnet: Subnet, url: str, body: bytes, by: Identity | None = None) -> httpx.Response:
    return httpx.post(url + CHAT, content=body, headers=signed(subnet, CHAT, body, by=by))


def check_signature(subnet: Subnet, response: httpx.Response) -> None:
    verify_answer(
        hotkey=subnet.miner.hotkey,
        nonce=response.request.headers["X-Bittensor-Nonce"],
        status=response.status_code,
        body=response.content,
        signature=response.headers[SIGNATURE_HEADER],
    )


def refusal(response: httpx.Response) -> tuple[int, str, str]:
    error = response.json()["error"]
    assert error.keys() == {"message", "type", "code"}
    return response.status_code, error["code"], error["message"]


def test_a_validator_gets_a_signed_completion(subnet: Subnet, url: str, book: AnswerBook) -> None:
    response = post(subnet, url, chat(book, n=3, unknown_field=1))
    check_signature(subnet, response)
    answer = ChatResponse.model_validate_json(response.content)
    assert [choice.index for choice in answer.choices] == [0, 1, 2]
    assert answer.model == "scripted"


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/v1/capacity", {"concurrent_requests": 2, "leaves_out": []}), ("/v1/models?page=1", "switchable")],
)
def test_capacity_and_models_are_signed_too(subnet: Subnet, url: str, path: str, expected: object) -> None:
    response = httpx.get(url + path, headers=signed(subnet, path, b"", method="GET"))
    check_signature(subnet, response)
    assert response.json() == expected or response.json()["data"][0]["id"] == expected


def test_only_health_is_open_to_all(url: str) -> None:
    assert httpx.get(url + "/healthz").json() == {"status": "ok"}
    for path in ("/v1/models", "/v1/capacity", "/openapi.json", "/docs", "/nowhere", "//healthz", "/healthz/"):
        response = httpx.get(url + path)
        assert refusal(response)[:2] == (401, "unauthenticated"), path
        assert response.headers["WWW-Authenticate"] == "btauth/1"
        assert SIGNATURE_HEADER not in response.headers


@pytest.mark.parametrize("what", ["body", "path", "method", "signature", "hotkey", "receiver", "nonce", "no receiver"])
def test_an_altered_request_is_401(subnet: Subnet, url: str, book: AnswerBook, what: str) -> None:
    body = chat(book)
    headers = signed(subnet, CHAT, body)
    method, path = "POST", CHAT
    match what:
        case "body":
            body = body.replace(b"any", b"ant")
        case "path":
            path += "?x=1"
        case "method":
            method = "PUT"
        case "signature":
            headers["X-Bittensor-Signature"] = "0x" + "00" * 64
        case "hotkey":
            headers["X-Bittensor-Hotkey"] = subnet.stranger.hotkey
        case "receiver":
            headers = sign_request(
                subnet.validator, method="POST", path=CHAT, body=body, receiver=subnet.stranger.hotkey
            )
        case "nonce":
            headers["X-Bittensor-Nonce"] = str(int(headers["X-Bittensor-Nonce"]) + 1)
        case "no receiver":
            headers = http_auth.sign(subnet.validator._keypair, method="POST", path=CHAT, body=body)
    assert refusal(httpx.request(method, url + path, content=body, headers=headers))[:2] == (401, "unauthenticated")


def test_garbled_credentials_are_401_whatever_is_in_them(subnet: Subnet, url: str, book: AnswerBook) -> None:
    chance = random.Random(1)
    junk = [
        "",
        "0",
        "-1",
        "9" * 4000,
        "9" * 5000,
        "NaN",
        "0x",
        "0x" + "ff" * 63,
        "\xff\xfe",
        "5" * 48,
        "ed25519",
        "1,1",
    ]
    body = chat(book)
    with httpx.Client() as http:
        for _ in range(300):
            headers = signed(subnet, CHAT, body)
            name = chance.choice([*headers, "X-Bittensor-Crypto"])
            value = chance.choice(junk)
            headers[name] = value
            response = http.post(
                url + CHAT, content=body, headers=[(k.encode(), v.encode("latin-1")) for k, v in headers.items()]
            )
            assert response.status_code == 401, (name, value)


@pytest.mark.parametrize("age_seconds", [11, -3])
def test_a_stale_request_is_401_and_says_clock(subnet: Subnet, url: str, book: AnswerBook, age_seconds: int) -> None:
    body = chat(book)
    headers = http_auth.sign(
        subnet.validator._keypair,
        method="POST",
        path=CHAT,
        body=body,
        receiver_ss58=subnet.miner.hotkey,
        nonce_ns=time.time_ns() - age_seconds * 1_000_000_000,
    )
    status, code, message = refusal(httpx.post(url + CHAT, content=body, headers=headers))
    assert (status, code) == (401, "unauthenticated")
    assert "clock" in message


def test_a_replayed_request_is_401(subnet: Subnet, url: str, book: AnswerBook) -> None:
    body = chat(book)
    headers = signed(subnet, CHAT, body)
    assert httpx.post(url + CHAT, content=body, headers=headers).status_code == 200
    assert refusal(httpx.post(url + CHAT, content=body, headers=headers))[0] == 401


def test_an_unregistered_hotkey_is_403_and_told_so_under_signature(subnet: Subnet, url: str, book: AnswerBook) -> None:
    response = post(subnet, url, chat(book), by=subnet.stranger)
    assert refusal(response)[:2] == (403, "not_registered")
    check_signature(subnet, response)


def test_a_hotkey_without_permit_is_403(subnet: Subnet, url: str, book: AnswerBook) -> None:
    for identity in (subnet.without_permit, subnet.miner):
        assert refusal(post(subnet, url, chat(book), by=identity))[:2] == (403, "no_permit")


def test_a_body_too_large_is_413_even_if_it_does_not_say_how_large(subnet: Subnet, url: str) -> None:
    body = b"x" * (3 * 1024 * 1024)
    assert refusal(post(subnet, url, body))[:2] == (413, "too_large")
    chunks = (body[start : start + 65536] for start in range(0, len(body), 65536))
    response = httpx.post(url + CHAT, content=chunks, headers=signed(subnet, CHAT, body))
    assert refusal(response)[:2] == (413, "too_large")


def test_the_largest_body_allowed_arrives(subnet: Subnet, url: str, book: AnswerBook) -> None:
    body = chat(book)
    assert post(subnet, url, body + b" " * (SETTINGS.body_bytes - len(body))).status_code == 200


def test_a_body_that_does_not_arrive_is_408(url: str) -> None:
    address = httpx.URL(url)
    with socket.create_connection((address.host, address.port or 0), timeout=5) as line:
        line.sendall(f"POST {CHAT} HTTP/1.1\r\nHost: miner\r\nContent-Length: 100\r\n\r\n{{".encode())
        assert line.recv(4096).startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "body: Invalid JSON"),
        (b"{", "body: Invalid JSON"),
        (b"[]", "body: Input should be an object"),
        (b"[" * 100_000, "body: Invalid JSON: recursion limit"),
        (b'{"model": "m", "messages": []}', "messages: Tuple should have at least 1 item"),
        (b'{"model": "m", "messages": [{"role": "user"}]}', "messages.0.content: Field required"),
        (b'{"model": "m", "messages": [{"role": "robot", "content": "c"}]}', "messages.0.role: Input should be"),
        (b'{"model": "m", "messages": [{"role": "user", "content": "\xff"}]}', "body: Invalid JSON"),
        (b'{"model": "m", "messages": [{"role": "user", "content": "c"}], "n": 129}', "n: Input should be less than"),
        (b'{"model": "m", "messages": [{"role": "user", "content": "c"}], "temperature": NaN}', "temperature: "),
    ],
)
def test_a_malformed_request_is_400_and_says_where(subnet: Subnet, url: str, body: bytes, message: str) -> None:
    response = post(subnet, url, body)
    status, code, said = refusal(response)
    assert (status, code) == (400, "bad_request")
    assert message in said
    check_signature(subnet, response)


def test_unknown_paths_and_methods_are_refused_under_signature(subnet: Subnet, url: str) -> None:
    for method, path, expected in (("GET", "/nowhere", (404, "not_found")), ("GET", CHAT, (405, "method_not_allowed"))):
        response = httpx.request(method, url + path, headers=signed(subnet, path, b"", method=method))
        assert refusal(response)[:2] == expected
        check_signature(subnet, response)


def test_a_failing_engine_is_502(subnet: Subnet, url: str, engine: Switchable, book: AnswerBook) -> None:
    engine.failing = True
    response = post(subnet, url, chat(book))
    assert refusal(response) == (502, "engine_failed", "the engine answered 500")
    check_signature(subnet, response)


async def test_an_engine_that_takes_too_long_is_502_and_stopped(
    subnet: Subnet, engine: Switchable, book: AnswerBook
) -> None:
    engine.held = True
    with served(app(engine, subnet.miner, subnet.ledger, Settings(engine_seconds=0.05))) as url:
        assert refusal(post(subnet, url, chat(book)))[:2] == (502, "engine_failed")
    await engine.saw("began", "cancelled", "closed")


async def test_one_more_than_the_capacity_is_429_at_once(
    subnet: Subnet, url: str, engine: Switchable, book: AnswerBook
) -> None:
    engine.held = True
    body = chat(book)
    async with httpx.AsyncClient(timeout=20) as http:

        async def ask() -> httpx.Response:
            return await http.post(url + CHAT, content=body, headers=signed(subnet, CHAT, body))

        working = [asyncio.create_task(ask()) for _ in range(2)]
        await engine.saw("began", "began")
        refused = await ask()
        assert refusal(refused)[:2] == (429, "overloaded")
        assert refused.headers["Retry-After"] == "3"
        check_signature(subnet, refused)
        capacity = await http.get(url + "/v1/capacity", headers=signed(subnet, "/v1/capacity", b"", method="GET"))
        assert capacity.status_code == 200
        engine.release()
        assert [response.status_code for response in await asyncio.gather(*working)] == [200, 200]
        assert (await ask()).status_code == 200


async def test_a_caller_that_hangs_up_frees_its_place(
    subnet: Subnet, url: str, engine: Switchable, book: AnswerBook
) -> None:
    engine.held = True
    body = chat(book)
    async with httpx.AsyncClient() as http:
        for _ in range(5):
            asking = asyncio.create_task(http.post(url + CHAT, content=body, headers=signed(subnet, CHAT, body)))
            await engine.saw("began")
            asking.cancel()
            await engine.saw("cancelled")


class Wire:
    """A way to the chain that can be cut."""

    def __init__(self, subnet: Subnet) -> None:
        self.subnet = subnet
        self.cut = False
        self.reads = 0

    def read(self) -> Metagraph:
        self.reads += 1
        if self.cut:
            raise ChainUnreachable("cut off")
        return self.subnet.ledger.metagraph()


async def test_the_metagraph_is_read_once_in_a_while_and_outlives_the_chain(subnet: Subnet) -> None:
    now = 0.0
    wire = Wire(subnet)
    admission = Admission(wire.read, 5.0, clock=lambda: now)
    await asyncio.gather(*(admission.admit(subnet.validator.hotkey) for _ in range(10)))
    assert wire.reads == 1
    now, wire.cut = 6.0, True
    await admission.admit(subnet.validator.hotkey)
    await admission.admit(subnet.validator.hotkey)
    assert wire.reads == 2


async def test_without_any_metagraph_nobody_is_let_in(subnet: Subnet) -> None:
    wire = Wire(subnet)
    wire.cut = True
    admission = Admission(wire.read, 0.0)
    with pytest.raises(Refused) as caught:
        await admission.admit(subnet.validator.hotkey)
    assert caught.value.code is Code.CHAIN_UNREACHABLE
    wire.cut = False
    await admission.admit(subnet.validator.hotkey)
