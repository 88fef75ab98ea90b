"""``python -m miner serve``: the real command, a real ledger, a real validator."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastapi import FastAPI

from miner.client import MinerClient
from miner.engines.scripted import AnswerBook
from miner.protocol import ChatMessage, ChatRequest
from miner.testing import Subnet, served
from sandbox.serving import listen


@pytest.fixture
def book_file(book: AnswerBook, tmp_path: Path) -> Path:
    book.save(tmp_path / "book.json")
    return tmp_path / "book.json"


def command(subnet: Subnet, book_file: Path, *more: str) -> list[str]:
    return [
        *(sys.executable, "-m", "miner", "serve", "--engine", "scripted", "--answers", str(book_file)),
        *("--key", str(subnet.miner_key), "--ledger", str(subnet.path), "--skill", "1", *more),
    ]


@contextmanager
def running(arguments: list[str], **environment: str) -> Iterator[subprocess.Popen[str]]:
    pipe = subprocess.PIPE
    process = subprocess.Popen(arguments, stdin=pipe, stdout=pipe, text=True, env={**os.environ, **environment})
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def announced(subnet: Subnet) -> str:
    neuron = subnet.ledger.metagraph().by_hotkey(subnet.miner.hotkey)
    assert neuron is not None
    assert neuron.endpoint is not None
    return neuron.endpoint


def address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().removeprefix("listening on ").strip()


async def test_announces_itself_answers_and_stops_with_its_parent(
    subnet: Subnet, client: MinerClient, book: AnswerBook, book_file: Path
) -> None:
    words = ("--concurrent", "5", "--leave-out", "refactoring", "--leave-out", "bug-detection")
    with running(command(subnet, book_file, "--stop-on-eof", *words)) as process:
        url = address(process)
        assert announced(subnet) == url
        request = ChatRequest(model="any", messages=(ChatMessage(role="user", content=book.entries[2].prompt),), n=2)
        answer = await client.complete(url, subnet.miner.hotkey, request, deadline_seconds=20)
        assert all(book.entries[2].right.strip() in choice.message.content for choice in answer.response.choices)
        capacity = await client.capacity(url, subnet.miner.hotkey, deadline_seconds=10)
        assert capacity.concurrent_requests == 5
        assert capacity.leaves_out == ("refactoring", "bug_detection")
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
        assert process.wait(timeout=10) == 0


async def test_serves_an_openai_engine_with_its_key_from_the_environment(subnet: Subnet, client: MinerClient) -> None:
    keys = []
    upstream = FastAPI()

    @upstream.middleware("http")
    async def remember(request, call_next):  # type: ignore[no-untyped-def] # FastAPI's own shape
        keys.append(request.headers["Authorization"])
        return await call_next(request)

    @upstream.post("/v1/chat/completions")
    async def complete() -> dict[str, object]:
        choice = {"index": 0, "message": {"role": "assistant", "content": "hi"}, "finish_reason": "length"}
        return {"id": "1", "created": 1, "model": "m", "choices": [choice]}

    with served(upstream) as engine:
        arguments = [
            *(sys.executable, "-m", "miner", "serve", "--engine", "openai", "--engine-url", engine + "/v1"),
            *("--model", "m", "--key", str(subnet.miner_key), "--ledger", str(subnet.path)),
        ]
        with running(arguments, LOVELACE_ENGINE_API_KEY="sesame") as process:
            request = ChatRequest(model="any", messages=(ChatMessage(role="user", content="hello"),))
            answer = await client.complete(address(process), subnet.miner.hotkey, request, deadline_seconds=20)
    assert answer.response.choices[0].finish_reason == "length"
    assert keys == ["Bearer sesame"]


def test_a_miner_in_the_open_announces_what_it_is_told(subnet: Subnet, book_file: Path) -> None:
    more = ("--host", "0.0.0.0", "--endpoint", "http://203.0.113.9:8000")
    with running(command(subnet, book_file, *more)) as process:
        assert address(process).startswith("http://0.0.0.0:")
        assert announced(subnet) == "http://203.0.113.9:8000"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--host", "0.0.0.0"), "--endpoint"),
        (("--skill", "1.5"), "--skill"),
        (("--engine", "openai"), "--engine-url"),
        (("--engine", "magic"), "unknown engine 'magic'"),
        (("--answers", "/nowhere/book.json"), "cannot read the answer book /nowhere/book.json"),
        (("--key", "/nowhere/key"), "/nowhere/key"),
        (("--ledger", "/nowhere/ledger.db"), "/nowhere/ledger.db"),
    ],
)
def test_what_cannot_be_served_is_refused_with_a_reason(
    subnet: Subnet, book_file: Path, more: tuple[str, ...], message: str
) -> None:
    refuses(command(subnet, book_file, *more), message)


def test_a_port_in_use_is_refused_and_nothing_announced(subnet: Subnet, book_file: Path) -> None:
    subnet.ledger.announce(subnet.miner.hotkey, "http://127.0.0.1:1")
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        refuses(command(subnet, book_file, "--port", str(port)), f"cannot listen on 127.0.0.1:{port}")
    assert announced(subnet) == "http://127.0.0.1:1"


def refuses(arguments: list[str], message: str) -> None:
    result = subprocess.run(arguments, capture_output=True, text=True, timeout=60)
    assert result.returncode != 0
    assert message in " ".join(result.stderr.split()), result.stderr
