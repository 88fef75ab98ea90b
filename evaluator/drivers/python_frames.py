"""Frames of JSON over the socket between the completion's process and the tests'."""

import json
import socket
import struct
from typing import Any, Never

from evaluator.drivers.python_wire import Malformed, Oversized

DESCRIPTOR = 3
LARGEST_FRAME = 16 * 1024 * 1024
LENGTH = struct.Struct(">I")


def _never(text: str) -> Never:
    raise Malformed(f"a bare {text[:20]}")


# json.dumps and json.loads with arguments would make these anew for every frame.
_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False, allow_nan=False).encode
_decode = json.JSONDecoder(parse_constant=_never).decode


def send(connection: socket.socket, message: list[Any]) -> None:
    """Send one frame: its length in four bytes, then JSON. Raises Oversized if it is too large, OSError."""
    payload = _encode(message).encode()
    if len(payload) > LARGEST_FRAME:
        raise Oversized(f"more than {LARGEST_FRAME >> 20} MiB")
    connection.sendall(LENGTH.pack(len(payload)) + payload)


def receive(connection: socket.socket) -> Any:
    """Return the next frame's message, or None at the end of the stream. Raises NONSENSE, OSError."""
    header = _exactly(connection, LENGTH.size)
    if not header:
        return None
    (length,) = LENGTH.unpack(header)
    if length > LARGEST_FRAME:
        raise Malformed(f"a frame of {length} bytes; at most {LARGEST_FRAME} are allowed")
    payload = _exactly(connection, length)
    return _decode(payload.decode()) if payload else None


def _exactly(connection: socket.socket, length: int) -> bytes:
    """Return ``length`` bytes, or none at all if the stream ends first."""
    received = connection.recv(min(length, 1 << 20))
    if not received or len(received) == length:
        return received
    buffer = bytearray(received)
    while len(buffer) < length:
        more = connection.recv(min(length - len(buffer), 1 << 20))
        if not more:
            return b""
        buffer += more
    return bytes(buffer)
