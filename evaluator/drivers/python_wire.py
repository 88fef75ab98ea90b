"""Plain data over a socket: typed JSON in frames, rebuilt from scratch on the other side.

``evaluator.programs`` puts this text in front of both drivers, so it imports the standard library only.

Covered: None, bool, int, float, str, bytes, list, tuple, set, frozenset and dict, by exact type, to any size a frame
holds; lists, dicts and sets that are met twice, or contain themselves, arrive as one object. The dict subclasses of
``collections`` arrive as dict. Not covered: every other object. It has code of its own, and none may cross.
"""

import json
import socket
import struct
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterable
from typing import Any

DESCRIPTOR = 3
LARGEST_FRAME = 16 * 1024 * 1024
DEEPEST = 100
SMALL = 2**63

KINDS: dict[type, str] = {list: "list", tuple: "tuple", set: "set", frozenset: "frozenset", dict: "dict"}
KINDS |= dict.fromkeys((OrderedDict, defaultdict, Counter), "dict")
MUTABLE = ("list", "set", "dict")


class Unplain(Exception):
    """A value is not plain data; the message completes "it returned ..."."""


class Malformed(Exception):
    """What arrived is not a frame of ours."""


class Encoder:
    """Values to JSON. A mutable container met before, or in ``known``, becomes a reference to its index."""

    def __init__(self, known: Iterable[Any] = ()) -> None:
        self.met = list(known)
        self._indexes = {id(container): index for index, container in enumerate(self.met)}

    def encode(self, value: Any, depth: int = 0) -> Any:
        kind = type(value)
        if value is None or kind is bool:
            return value
        if kind is int:
            return value if -SMALL < value < SMALL else ["int", hex(value)]
        if kind is float:
            return ["float", value.hex()]
        if kind is str:
            return value if _is_text(value) else ["str", value.encode("utf-8", "surrogatepass").hex()]
        if kind is bytes:
            return ["bytes", value.hex()]
        if kind not in KINDS:
            raise Unplain(f"an object of type {kind.__name__}, which is not plain data")
        return self._container(KINDS[kind], value, depth)

    def contents(self, container: Any, depth: int = 0) -> list[Any]:
        """Encode what is in a container; a dict's keys and values take turns."""
        if isinstance(container, dict):
            return [self.encode(part, depth) for item in container.items() for part in item]
        return [self.encode(item, depth) for item in container]

    def _container(self, name: str, value: Any, depth: int) -> list[Any]:
        if name in MUTABLE:
            if id(value) in self._indexes:
                return ["ref", self._indexes[id(value)]]
            self._indexes[id(value)] = len(self.met)
            self.met.append(value)
        if depth == DEEPEST:
            raise Unplain(f"containers more than {DEEPEST} deep")
        return [name, self.contents(value, depth + 1)]


class Decoder:
    """The inverse of Encoder. Besides Malformed it raises what the builtins raise for nonsense, see ``NONSENSE``."""

    def __init__(self, known: Iterable[Any] = ()) -> None:
        self.met = list(known)

    def decode(self, node: Any, depth: int = 0) -> Any:
        if node is None or type(node) in (bool, int, str):
            return node
        kind, payload = node
        match kind, payload:
            case "ref", int():
                return self.met[payload]
            case "int", str():
                return int(payload, 16)
            case "float", str():
                return float.fromhex(payload)
            case "str", str():
                return bytes.fromhex(payload).decode("utf-8", "surrogatepass")
            case "bytes", str():
                return bytes.fromhex(payload)
            case (("list" | "set" | "dict" | "tuple" | "frozenset"), list()):
                return self._container(kind, payload, depth)
        raise Malformed(f"no such kind: {str(kind)[:20]!r}")

    def contents(self, nodes: list[Any], depth: int = 0) -> list[Any]:
        if depth > DEEPEST:
            raise Malformed(f"containers more than {DEEPEST} deep")
        return [self.decode(node, depth) for node in nodes]

    def _container(self, kind: str, nodes: list[Any], depth: int) -> Any:
        match kind:
            case "tuple":
                return tuple(self.contents(nodes, depth + 1))
            case "frozenset":
                return frozenset(self.contents(nodes, depth + 1))
        container: Any = {"list": list, "set": set, "dict": dict}[kind]()
        self.met.append(container)
        refill(container, self.contents(nodes, depth + 1))
        return container


NONSENSE = (Malformed, ValueError, TypeError, LookupError, OverflowError, RecursionError, MemoryError)


def refill(container: Any, contents: list[Any]) -> None:
    """Replace what is in a list, set or dict, in place."""
    container.clear()
    if isinstance(container, list):
        container.extend(contents)
    elif isinstance(container, set):
        container.update(contents)
    else:
        for key, value in zip(contents[::2], contents[1::2], strict=True):
            container[key] = value


def send(connection: socket.socket, message: list[Any]) -> None:
    """Send one frame: its length in four bytes, then JSON. Raises Unplain if it is too large, OSError."""
    payload = json.dumps(message, separators=(",", ":")).encode()
    if len(payload) > LARGEST_FRAME:
        raise Unplain(f"more than {LARGEST_FRAME >> 20} MiB")
    connection.sendall(struct.pack(">I", len(payload)) + payload)


def receive(connection: socket.socket) -> Any:
    """Return the next frame's message, or None at the end of the stream. Raises NONSENSE, OSError."""
    header = _exactly(connection, 4)
    if not header:
        return None
    (length,) = struct.unpack(">I", header)
    if length > LARGEST_FRAME:
        raise Malformed(f"a frame of {length} bytes; at most {LARGEST_FRAME} are allowed")
    payload = _exactly(connection, length)
    if len(payload) < length:
        return None
    return json.loads(payload, parse_int=_small, parse_float=_never, parse_constant=_never)


def _exactly(connection: socket.socket, length: int) -> bytes:
    """Return ``length`` bytes, or none at all if the stream ends first."""
    received = bytearray()
    while len(received) < length:
        chunk = connection.recv(min(length - len(received), 1 << 20))
        if not chunk:
            return b""
        received += chunk
    return bytes(received)


def _small(digits: str) -> int:
    # Larger ones travel as hexadecimal: decimal digits take quadratic time.
    if len(digits) > 20:
        raise Malformed("an integer of more than 20 digits")
    return int(digits)


def _never(text: str) -> None:
    raise Malformed(f"a bare {text[:20]}")


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
