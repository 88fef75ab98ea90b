"""A guest that took its agent over may say what it likes: the host loses a container, and nothing else."""

import asyncio
import json
import resource
import socket
import struct
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio

from sandbox import container as containers
from sandbox import deaths, replies, uids
from sandbox import engine as engines
from sandbox import image as images
from sandbox.agent import frames
from sandbox.channel import Channel
from sandbox.container import Container, Part
from sandbox.engine import Engine
from sandbox.errors import ContainerLost
from sandbox.keeper.inside import Inside
from sandbox.meter import Meter
from sandbox.protocol import Limits, Run

PART = Part(("main.py",), {"main.py": b""}, warm=True)
LIMITS = Limits(wall_seconds=0.5, output_bytes=1000)
FACTS: dict[str, Any] = {
    "limit": None, "statuses": [0], "dropped": [[0, 0]], "cpu_seconds": 0.1, "wall_seconds": 0.1, "peak_bytes": 1,
    "exact": True, "pressed": False, "refused": {}, "clean": True, "counted": True,
}  # fmt: skip


def raw(header: bytes, blobs: bytes = b"") -> bytes:
    return frames.LENGTH.pack(len(header)) + header + blobs


def done(**facts: Any) -> bytes:
    return frames.pack({"done": FACTS | facts}, [b"", b""])


def lying(size: object) -> bytes:
    """A frame whose one blob has a size that is none, or not its own."""
    return raw(json.dumps({"out": [0, 0], "blobs": [size]}).encode(), b"x" * 100)


SIZES: tuple[object, ...] = (-1, 0.5, "1", True, None, [], 1001, 10**18, 10**400)
HOSTILE = {
    "nothing": b"",
    "half a length": b"\0\0",
    "half a header": raw(b'{"done": 1}')[:-3],
    "an endless header": b"\xff\xff\xff\xff",
    "no text": raw(b"\xff\xfe"),
    "no JSON": raw(b"{"),
    "a list": raw(b"[1]"),
    "no blobs": raw(b'{"done": {}}'),
    "a hundred thousand brackets": raw(b"[" * 100_000),
    "deep facts": raw(b'{"blobs": [], "done": ' + b'{"a":' * 5_000 + b"1" + b"}" * 5_001),
    "a number of 100,000 digits": raw(b'{"blobs": [], "done": ' + b"9" * 100_000 + b"}"),
    "a name twice": raw(b'{"blobs": [], "failed": "a", "failed": "b"}'),
    "two kinds in one": raw(b'{"blobs": [], "failed": "a", "ready": {}}'),
    "an unknown kind": raw(b'{"blobs": [], "pwned": true}'),
    "ready again": frames.pack({"ready": {}}, []),
    "failed": frames.pack({"failed": "x" * 100_000}, []),
    "failed with half a surrogate pair": raw(b'{"blobs": [], "failed": "\\ud800"}'),
    **{f"a blob of size {size!r}": lying(size) for size in SIZES},
    "a blob that does not come": raw(b'{"out": [0, 0], "blobs": [999]}', b"x"),
    "a hundred thousand blobs": frames.pack({"out": [0, 0]}, [b""] * 100_000),
    "another's stream": frames.pack({"out": [1, 0]}, [b"x"]),
    "a third stream": frames.pack({"out": [0, 2]}, [b"x"]),
    "a stream below zero": frames.pack({"out": [-1, 0]}, [b"x"]),
    "too many files": frames.pack({"done": FACTS}, [b"", b"", b""]),
    "too few streams": frames.pack({"done": FACTS}, [b""]),
    "more than may be written": frames.pack({"out": [0, 0]}, [b"x" * 600]) * 5,
    "no CPU time at all": done(cpu_seconds=float("nan")),
    "endless CPU time": done(cpu_seconds=float("inf")),
    "negative CPU time": done(cpu_seconds=-1.0),
    "CPU time in words": done(cpu_seconds="1"),
    "a peak beyond numbers": done(peak_bytes=10**30),
    "a limit that is none": done(limit="sanity"),
    "no status": done(statuses=[]),
    "a status too many": done(statuses=[0, 0], dropped=[[0, 0], [0, 0]]),
    "a status that is none": done(statuses=[0x137F]),
    "a status of 70 bits": done(statuses=[1 << 70]),
    "a file refused that nobody asked for": done(refused={"x": "y"}),
    "a reason that is no text": raw(done(refused={"x": "?"})[4:].replace(b'"?"', b'"\\ud800"')),
    "a fact too many": done(pwned=True),
    "cleanliness as a number": done(clean=1),
}


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[socket.socket, socket.socket]]:
    """The two ends of what is a container's attached stream; silence is not waited for long."""
    monkeypatch.setattr(containers, "GRACE_SECONDS", 0.2)
    monkeypatch.setattr(deaths, "WAIT_SECONDS", 0.0)
    ours, theirs = socket.socketpair()
    yield ours, theirs
    theirs.close()


@pytest_asyncio.fixture
async def guest(ends: tuple[socket.socket, socket.socket], engine: None) -> AsyncIterator[Container]:
    """The host's view of a container in which somebody else does the talking."""
    client = engines.connect()
    meter = Meter(None, None, None, unified=True)
    block = uids.claim()
    channel = await Channel.open(ends[0])
    yield Container("nobody", images.find(client), {}, Inside(Engine(client)), channel, block, meter)
    channel.close()
    block.release()
    client.close()


def chunk(data: bytes) -> bytes:
    return struct.pack(">BxxxI", 1, len(data)) + data


def speak(theirs: socket.socket, data: bytes) -> threading.Thread:
    def send() -> None:
        try:
            theirs.sendall(data)
        except OSError:
            return

    thread = threading.Thread(target=send)
    thread.start()
    return thread


@pytest.mark.parametrize("said", HOSTILE.values(), ids=HOSTILE.keys())
async def test_costs_a_container_and_nothing_else(
    said: bytes, guest: Container, ends: tuple[socket.socket, socket.socket]
) -> None:
    thread = speak(ends[1], chunk(said))
    with pytest.raises(ContainerLost) as lost:
        await guest.step([PART], LIMITS)
    assert len(str(lost.value)) < 2_000
    ends[1].close()
    thread.join()


async def test_an_honest_agent_is_understood(guest: Container, ends: tuple[socket.socket, socket.socket]) -> None:
    said = frames.pack({"out": [0, 1]}, [b"out"]) + frames.pack({"done": FACTS}, [b"a", b"b", b"file"])
    thread = speak(ends[1], chunk(said))
    step, _ = await guest.step([PART], LIMITS, Run(collect=("x",)))
    thread.join()
    assert (step.stdout, step.stderr, step.files) == (b"a", b"outb", {"x": b"file"})


async def test_a_second_ending_is_not_the_next_steps(
    guest: Container, ends: tuple[socket.socket, socket.socket]
) -> None:
    thread = speak(ends[1], chunk(done() + done()))
    await guest.step([PART], LIMITS)
    with pytest.raises(ContainerLost, match="out of turn"):
        await guest.step([PART], LIMITS)
    thread.join()


async def test_endless_words_do_not_fill_the_hosts_memory(
    guest: Container, ends: tuple[socket.socket, socket.socket]
) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    stopped = threading.Event()

    def flood() -> None:
        data = b"x" * (1 << 20)
        try:
            ends[1].sendall(struct.pack(">BxxxI", 1, 0xFFFFFFF0) + frames.LENGTH.pack(20))
            ends[1].sendall(b'{"failed": "", "x": ')
            while not stopped.is_set():
                ends[1].sendall(data)
        except OSError:
            return

    thread = threading.Thread(target=flood)
    thread.start()
    with pytest.raises(ContainerLost):
        await guest.step([PART], LIMITS)
    stopped.set()
    ends[1].shutdown(socket.SHUT_RDWR)
    await asyncio.to_thread(thread.join)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


async def test_endless_empty_frames_end_with_the_step(
    guest: Container, ends: tuple[socket.socket, socket.socket]
) -> None:
    def flood() -> None:
        data = chunk(frames.pack({"out": [0, 0]}, [b""]) * 1000)
        try:
            while True:
                ends[1].sendall(data)
        except OSError:
            return

    thread = threading.Thread(target=flood)
    thread.start()
    with pytest.raises(ContainerLost, match="silent"):
        await guest.step([PART], LIMITS)
    ends[1].shutdown(socket.SHUT_RDWR)
    await asyncio.to_thread(thread.join)


@pytest.mark.parametrize(
    "header",
    [{}, {"ready": []}, {"ready": {"python": 3}}, {"ready": {"python": "\ud800"}}, {"ready": {"python": "x" * 2000}}],
    ids=str,
)
def test_a_bad_greeting_is_a_lost_container(header: dict[str, Any]) -> None:
    with pytest.raises(ContainerLost):
        replies.understood({"blobs": [], **header})
