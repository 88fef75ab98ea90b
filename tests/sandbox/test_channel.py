"""The host's end of the stream, against an engine's end that misbehaves."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from sandbox.agent import frames
from sandbox.channel import Channel
from sandbox.errors import ContainerLost

OUT, ERR = 1, 2


def multiplexed(stream: int, data: bytes) -> bytes:
    """One chunk as Docker's attach stream has it."""
    return struct.pack(">BxxxI", stream, len(data)) + data


@pytest_asyncio.fixture
async def ends() -> AsyncIterator[tuple[Channel, socket.socket]]:
    """The channel, and the engine's end of its socket."""
    ours, theirs = socket.socketpair()
    channel = await Channel.open(ours)
    yield channel, theirs
    channel.close()
    theirs.close()


async def test_takes_frames_out_of_chunks_of_any_size(ends: tuple[Channel, socket.socket]) -> None:
    channel, engine = ends
    frame = frames.pack({"done": 1}, [b"one", b""]) + frames.pack({"out": 2}, [b"two"])
    for index in range(len(frame)):
        engine.sendall(multiplexed(ERR, b"noise") + multiplexed(OUT, frame[index : index + 1]))
    assert await channel.receive() == ({"done": 1, "blobs": [3, 0]}, [b"one", b""])
    assert await channel.receive() == ({"out": 2, "blobs": [3]}, [b"two"])


async def test_sends_a_frame_and_the_stream_behind_it(ends: tuple[Channel, socket.socket]) -> None:
    channel, engine = ends
    stream = bytes(range(256)) * 20_000
    sending = asyncio.create_task(channel.send({"step": 1}, [b"blob"], stream))
    wanted = frames.pack({"step": 1}, [b"blob"]) + stream
    got = await asyncio.to_thread(frames.read_exactly, engine.fileno(), len(wanted))
    await sending
    assert got == wanted


async def test_an_oversize_header_is_not_waited_for(ends: tuple[Channel, socket.socket]) -> None:
    channel, engine = ends
    engine.sendall(multiplexed(OUT, frames.LENGTH.pack(frames.HEADER_LIMIT + 1)))
    with pytest.raises(ContainerLost, match=f"a header of {frames.HEADER_LIMIT + 1} bytes"):
        await channel.receive()


@pytest.mark.parametrize("text", [b"not json", b"[]", b'{"no": "blobs"}', b"\xff"])
async def test_what_is_no_header_is_a_lost_container(text: bytes, ends: tuple[Channel, socket.socket]) -> None:
    channel, engine = ends
    engine.sendall(multiplexed(OUT, frames.LENGTH.pack(len(text)) + text))
    with pytest.raises(ContainerLost, match="the agent sent no frame"):
        await channel.receive()


@pytest.mark.parametrize("length", [0, 3, 6, 20])
async def test_a_stream_that_ends_early_is_a_lost_container(length: int, ends: tuple[Channel, socket.socket]) -> None:
    channel, engine = ends
    engine.sendall(multiplexed(OUT, frames.pack({"done": 1}, [b"blob"]))[:length])
    engine.shutdown(socket.SHUT_WR)
    with pytest.raises(ContainerLost, match=r"^the container is gone$"):
        await channel.receive()


async def test_the_message_has_what_the_agent_last_said(ends: tuple[Channel, socket.socket]) -> None:
    channel, engine = ends
    engine.sendall(multiplexed(ERR, b"early " * 2000) + multiplexed(ERR, b"OSError: \xff no space\n"))
    engine.shutdown(socket.SHUT_WR)
    with pytest.raises(ContainerLost, match=r"it said: .*OSError: \ufffd no space$") as lost:
        await channel.receive()
    assert len(str(lost.value)) < 5000


async def test_sending_to_a_container_that_is_gone_is_a_lost_container(ends: tuple[Channel, socket.socket]) -> None:
    channel, engine = ends
    engine.close()
    with pytest.raises(ContainerLost):
        await channel.send({"step": 1}, [], bytes(64 * 1024 * 1024))
