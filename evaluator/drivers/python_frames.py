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
    """Return the next frame's message, or None at the end of the stream. Raises NONSENSE, OSError.

    A frame and what follows it may arrive together: nobody speaks out of turn, so nothing may follow.
    """
    received = connection.recv(65536)
    while len(received) < LENGTH.size:
        if not (more := connection.recv(65536)):
            return None
        received += more
    (length,) = LENGTH.unpack_from(received)
    if length > LARGEST_FRAME:
        raise Malformed(f"a frame of {length} bytes; at most {LARGEST_FRAME} are allowed")
    if len(received) < LENGTH.size + length:
        buffer = bytearray(received)
        while len(buffer) < LENGTH.size + length:
            if not (more := connection.recv(min(LENGTH.size + length - len(buffer), 1 << 20))):
                return None
            buffer += more
        received = bytes(buffer)
    if len(received) > LENGTH.size + length:
        raise Malformed("more than one frame")
    return _decode(received[LENGTH.size :].decode())
