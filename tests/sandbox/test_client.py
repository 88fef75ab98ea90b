"""The Python clients: against a real server, and against a small one of our own where a server has to misbehave."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import aclosing, closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from sandbox import errors, wire
from sandbox.client import AsyncClient, Client
from sandbox.errors import BadRequest, ContainerLost, EngineUnavailable, SandboxError, ServerUnreachable, Unauthorized
from sandbox.protocol import Ended, Execution, Limits, Program, Run
from sandbox.wire import Compiling, Event, Queued, Running, Written

ECHO = b"import sys; sys.stdout.buffer.write(sys.stdin.buffer.read() + sys.argv[1].encode())"
SLOW = b"import time; print('begun', flush=True); time.sleep(60)"
SHORT = Program(language="python", source=b"print(1)")
Answer = tuple[int, dict[str, str], str]
ANSWER = Execution(language="python", version="", image="", compile=None, runs=()).model_dump_json()


@pytest.fixture
def client(address: str) -> Iterator[Client]:
    with Client(address) as client:
        yield client


@contextmanager
def answering(answer: Callable[[int], Answer | None]) -> Iterator[tuple[str, list[str]]]:
    """A server that gives ``answer`` to the n-th request, or hangs up; its address, and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            asked.append(f"{self.path} {self.headers.get('Authorization')}")
            found = answer(len(asked))
            if found is None:
                self.connection.close()
                return
            status, headers, text = found
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(text.encode()))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()


def failure(code: str) -> str:
    return json.dumps({"code": code, "message": "why"})


def test_bytes_in_are_bytes_out(client: Client) -> None:
    data = bytes(range(256))
    program = Program(language="python", source=ECHO, runs=(Run(stdin=data, arguments=("é",)), Run(arguments=("b",))))
    execution = client.execute(program)
    assert [run.stdout for run in execution.runs] == [data + "é".encode(), b"b"]


async def test_the_asynchronous_one_does_the_same(address: str) -> None:
    async with AsyncClient(address) as client:
        execution = await client.execute(Program(language="cpp", source=b"int main() { return 3; }"), fresh=True)
        assert (execution.runs[0].ended, execution.runs[0].exit_code) == (Ended.EXITED, 3)
        names = {one.name for one in await client.languages()}
    assert {"python", "cpp"} <= names


def test_tells_the_languages_with_their_versions(client: Client) -> None:
    (python,) = (one for one in client.languages() if one.name == "python")
    assert "py" in python.aliases
    assert (python.version or "").startswith("Python 3")
    assert (python.image or "").startswith("sha256:")


@pytest.mark.parametrize("concurrency", [1, 8])
def test_many_are_answered_in_their_order_and_a_bad_one_costs_only_its_own_answer(
    concurrency: int, client: Client
) -> None:
    programs = [Program(language="python", source=f"print({number})".encode()) for number in range(20)]
    programs[7] = Program(language="cobol", source=b"")
    check_many(client.execute_many(programs, concurrency=concurrency))


async def test_many_at_once_asynchronously_too(address: str) -> None:
    programs = [Program(language="python", source=f"print({number})".encode()) for number in range(20)]
    programs[7] = Program(language="cobol", source=b"")
    async with AsyncClient(address) as client:
        check_many(await client.execute_many(programs, concurrency=8))


def check_many(answers: list[Execution | SandboxError]) -> None:
    assert [number for number, answer in enumerate(answers) if isinstance(answer, BadRequest)] == [7]
    written = [answer.runs[0].stdout for answer in answers if isinstance(answer, Execution)]
    assert written == [f"{number}\n".encode() for number in range(20) if number != 7]


def test_no_programs_have_no_answers(client: Client) -> None:
    assert client.execute_many([]) == []


@pytest.mark.parametrize("concurrency", [1, 5])
async def test_no_more_are_asked_for_at_once_than_wanted(concurrency: int) -> None:
    busy, most, lock = 0, 0, threading.Lock()

    def answer(_: int) -> Answer:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        time.sleep(0.02)
        with lock:
            busy -= 1
        return 200, {}, ANSWER

    with answering(answer) as (url, asked):
        with Client(url) as client:
            client.execute_many([SHORT] * 30, concurrency=concurrency)
        assert 1 <= most <= concurrency
        async with AsyncClient(url) as patient:
            await patient.execute_many([SHORT] * 30, concurrency=concurrency)
        assert 1 <= most <= concurrency
        assert len(asked) == 60


def test_a_stream_tells_what_happens_as_it_happens(client: Client) -> None:
    source = b'#include <cstdio>\nint main() { puts("a"); }'
    events = list(client.stream(Program(language="cpp", source=source)))
    assert [type(event) for event in events] == [Queued, Compiling, Running, Written, Execution]
    assert events[3] == Written(stream="stdout", run=0, data=b"a\n")
    assert isinstance(events[-1], Execution)
    assert events[-1].runs[0].stdout == b"a\n"


async def test_an_asynchronous_stream_too(address: str) -> None:
    async with AsyncClient(address) as client:
        events = [event async for event in client.stream(Program(language="python", source=b"print(2)"))]
    assert isinstance(events[-1], Execution)
    assert Written(stream="stdout", run=0, data=b"2\n") in events


def test_what_leaves_a_stream_stops_its_program(client: Client) -> None:
    with closing(client.stream(Program(language="python", source=SLOW))) as events:
        assert until_written(events).data == b"begun\n"
    assert client.execute(SHORT).runs[0].stdout == b"1\n"


async def test_what_leaves_an_asynchronous_stream_stops_its_program(address: str) -> None:
    async with (
        AsyncClient(address) as client,
        aclosing(client.stream(Program(language="python", source=SLOW))) as events,
    ):
        async for event in events:
            if isinstance(event, Written):
                break
        assert (await client.execute(SHORT)).runs[0].stdout == b"1\n"


def until_written(events: Iterator[Event]) -> Written:
    return next(event for event in events if isinstance(event, Written))


def test_an_execution_can_be_stopped_by_its_id(client: Client) -> None:
    events = client.stream(Program(language="python", source=SLOW))
    queued = next(events)
    assert isinstance(queued, Queued)
    until_written(events)
    assert client.stop(queued.id)
    with pytest.raises(errors.Stopped):
        list(events)
    assert not client.stop(queued.id)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "bad_request", BadRequest),
        (401, "unauthorized", Unauthorized),
        (413, "body_too_large", errors.BodyTooLarge),
        (422, "too_long", errors.TooLong),
        (502, "container_lost", ContainerLost),
        (500, "internal", SandboxError),
        (418, "new", SandboxError),
    ],
)
def test_errors_are_named_by_their_code_and_not_tried_again(status: int, code: str, kind: type[SandboxError]) -> None:
    with answering(lambda _: (status, {}, failure(code))) as (url, asked), Client(url, "key") as client:
        with pytest.raises(kind, match="why") as caught:
            client.execute(SHORT)
        assert type(caught.value) is kind
        assert asked == ["/v1/execute Bearer key"]


def test_every_error_that_has_a_code_is_known_by_it() -> None:
    found = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, SandboxError)]
    kinds = [kind for kind in found if "code" in vars(kind)]
    named = {type(wire.named(kind.code, "")) for kind in kinds}
    assert named == set(kinds)


@pytest.mark.parametrize("status", [429, 503, 504])
async def test_overload_is_tried_again_after_as_long_as_the_server_says(status: int) -> None:
    def answer(number: int) -> Answer:
        return (200, {}, ANSWER) if number % 2 == 0 else (status, {"Retry-After": "1"}, failure("queue_full"))

    with answering(answer) as (url, asked):
        began = time.monotonic()
        with Client(url) as client:
            client.execute(SHORT)
        async with AsyncClient(url) as patient:
            await patient.execute(SHORT)
        assert time.monotonic() - began >= 2
        assert len(asked) == 4


@pytest.mark.parametrize("code", ["queue_full", "engine_unavailable"])
async def test_patience_ends_with_the_servers_own_error(code: str) -> None:
    kind = {"queue_full": errors.QueueFull, "engine_unavailable": EngineUnavailable}[code]
    with answering(lambda _: (503, {}, failure(code))) as (url, asked):
        with Client(url, patience_seconds=0.5) as client, pytest.raises(kind, match="why"):
            client.execute(SHORT)
        assert len(asked) > 1
        async with AsyncClient(url, patience_seconds=0.5) as patient:
            with pytest.raises(kind, match="why"):
                await patient.execute(SHORT)


def test_a_server_that_hangs_up_is_asked_again() -> None:
    with answering(lambda number: None if number == 1 else (200, {}, ANSWER)) as (url, asked), Client(url) as client:
        client.execute(SHORT)
        assert len(asked) == 2


async def test_nobody_there_is_an_error_after_a_while() -> None:
    with Client("http://127.0.0.1:1", patience_seconds=0.3) as client:
        with pytest.raises(ServerUnreachable, match="no answer from the sandbox server at http"):
            client.execute(SHORT)
        with pytest.raises(ServerUnreachable):
            client.execute_many([SHORT] * 3)
        with pytest.raises(ServerUnreachable):
            client.stop("x")
    async with AsyncClient("http://127.0.0.1:1", patience_seconds=0.3) as patient:
        with pytest.raises(ServerUnreachable):
            await patient.execute_many([SHORT] * 3)


def test_another_server_is_an_error() -> None:
    with answering(lambda _: (200, {}, "<html>")) as (url, _), Client(url) as client:
        with pytest.raises(ServerUnreachable, match="does not answer as a sandbox server does"):
            client.execute(SHORT)
        with pytest.raises(ServerUnreachable, match="ended a stream before its result"):
            list(client.stream(SHORT))
    with (
        answering(lambda _: (404, {}, "nothing here")) as (url, _),
        Client(url) as client,
        pytest.raises(ServerUnreachable, match="answers 404: 'nothing here'"),
    ):
        client.execute(SHORT)


def test_an_answer_may_take_as_long_as_the_limits_allow() -> None:
    limits = Limits(wall_seconds=100)
    order = wire.order(Program(language="python", source=b"", runs=(Run(), Run()), limits=limits), fresh=False)
    assert (order.timeout.read or 0) >= 200 + Program(language="c", source=b"").compile_limits.wall_seconds


def test_a_stream_ends_with_the_error_that_it_tells_of() -> None:
    text = ': keep-alive\n\nevent: queued\ndata: {"id": "a", "ahead": 0}\n\n'
    text += f"event: error\ndata: {failure('container_lost')}\n\n"
    with answering(lambda _: (200, {}, text)) as (url, _), Client(url) as client:
        events = client.stream(SHORT)
        assert next(events) == Queued(id="a", ahead=0)
        with pytest.raises(ContainerLost, match="why"):
            next(events)


async def test_a_full_server_serves_everybody_in_the_end(narrow: str) -> None:
    program = Program(language="python", source=b"import time; time.sleep(0.1)")
    with Client(narrow) as client:
        answers = await asyncio.to_thread(client.execute_many, [program] * 12, concurrency=12)
    assert [type(answer) for answer in answers] == [Execution] * 12
