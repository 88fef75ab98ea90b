"""Frames between the host and the agent: a JSON header and any number of byte strings.

Layout: ``u32`` length of the header, the header (``{"blobs": [n, …], …}``), then the blobs one after another.
"""

import json
import os
import struct
from typing import Any

HEADER_LIMIT = 1024 * 1024
SHORTCUT = "/runs/.host"
"""Where the agent listens for a host that can reach into its file system."""
LENGTH = struct.Struct(">I")

Header = dict[str, Any]


def pack(header: Header, blobs: list[bytes]) -> bytes:
    """One frame, ready to send."""
    text = json.dumps({**header, "blobs": [len(blob) for blob in blobs]}).encode()
    return b"".join([LENGTH.pack(len(text)), text, *blobs])


def parse(text: bytes) -> Header:
    """The header in ``text``. Raises ValueError if it is not one."""
    header = json.loads(text)
    if not isinstance(header, dict) or not isinstance(header.get("blobs"), list):
        raise ValueError("not a frame header")  # noqa: TRY004  the caller sent it, as text
    return header


def read(descriptor: int) -> tuple[Header, list[bytes]] | None:
    """Block for the next frame on ``descriptor``; None when the other side is gone."""
    prefix = read_exactly(descriptor, LENGTH.size)
    if prefix is None:
        return None
    text = read_exactly(descriptor, LENGTH.unpack(prefix)[0])
    if text is None:
        return None
    header = parse(text)
    blobs = []
    for length in header["blobs"]:
        blob = read_exactly(descriptor, length)
        if blob is None:
            return None
        blobs.append(blob)
    return header, blobs


def read_exactly(descriptor: int, length: int) -> bytes | None:
    """Exactly ``length`` bytes, or None at the end of the stream."""
    parts = []
    while length:
        part = os.read(descriptor, min(length, 1024 * 1024))
        if not part:
            return None
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def write(descriptor: int, data: bytes) -> None:
    """All of ``data``, blocking."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
