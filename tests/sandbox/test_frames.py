"""Frames: what is packed is read again, over a real pipe."""

import os
import threading

import pytest

from sandbox.agent import frames


def read_from_pipe(data: bytes) -> tuple[frames.Header, list[bytes]] | None:
    """What the agent makes of ``data`` and the end of the stream behind it."""
    reader, writer = os.pipe()

    def send() -> None:
        frames.write(writer, data)
        os.close(writer)

    sending = threading.Thread(target=send)
    sending.start()
    try:
        return frames.read(reader)
    finally:
        sending.join()
        os.close(reader)


@pytest.mark.parametrize(
    "blobs",
    [[], [b""], [b"\0\xff", b"", b"\n"], [bytes(range(256)) * 20_000]],
    ids=["none", "empty", "bytes", "5 MB, beyond the pipe"],
)
def test_what_is_packed_is_read(blobs: list[bytes]) -> None:
    header = {"step": {"name": "é\ud800\0"}}
    assert read_from_pipe(frames.pack(header, blobs)) == ({**header, "blobs": [len(blob) for blob in blobs]}, blobs)


def test_only_one_frame_is_taken_off_the_stream() -> None:
    first, second = frames.pack({"number": 1}, [b"one"]), frames.pack({"number": 2}, [])
    reader, writer = os.pipe()
    frames.write(writer, first + second)
    os.close(writer)
    assert [frames.read(reader), frames.read(reader), frames.read(reader)] == [
        ({"number": 1, "blobs": [3]}, [b"one"]),
        ({"number": 2, "blobs": []}, []),
        None,
    ]
    os.close(reader)


def test_a_stream_that_ends_within_a_frame_is_the_end() -> None:
    whole = frames.pack({"step": 1}, [b"blob"])
    assert {read_from_pipe(whole[:length]) is None for length in range(len(whole))} == {True}


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"1", b"{}", b'{"blobs": 1}', b"\xff\xfe\xff"])
def test_what_is_no_header_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        frames.parse(text)
