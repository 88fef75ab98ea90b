"""Plain values as JSON, between a suite of tests and the function under test: nothing else can cross.

Covered, by exact type: None, bool, int, float, str, list, tuple, dict. ``evaluator.bundle`` puts this text in front of
both drivers, so it imports the standard library only.
"""

import json
from typing import Any

LARGEST_LINE = 1 << 20
DEEPEST = 40
SCALARS = (type(None), bool, int, float, str)
UNFIT = (ValueError, TypeError, LookupError, AttributeError, RecursionError, MemoryError)
"""What reading a line raises where it is none of ours."""


class Unplain(TypeError):
    """A value is not plain data."""


def packed(value: Any, depth: int = 0) -> Any:
    """``value`` as JSON has it. Raises Unplain."""
    kind = type(value)
    if kind in SCALARS:
        return value
    if depth > DEEPEST:
        raise Unplain(f"more than {DEEPEST} deep")
    if kind is list:
        return [packed(item, depth + 1) for item in value]
    if kind is tuple:
        return {"tuple": [packed(item, depth + 1) for item in value]}
    if kind is dict:
        return {"dict": [packed(pair, depth + 1) for pair in value.items()]}
    raise Unplain(f"{kind.__name__} is not plain data")


def unpacked(node: Any, depth: int = 0) -> Any:
    """The inverse of ``packed``. Raises ``UNFIT``."""
    if depth > 2 * DEEPEST:
        raise Unplain("too deep")
    if type(node) is list:
        return [unpacked(item, depth + 1) for item in node]
    if type(node) is dict:
        ((name, items),) = node.items()
        found = [unpacked(item, depth + 1) for item in items]
        return {"tuple": tuple, "dict": dict}[name](found)
    return node


def line(message: Any) -> bytes:
    """One message. Raises ``UNFIT``."""
    return json.dumps(message).encode() + b"\n"


def told(text: bytes) -> Any:
    """What a line says. Raises ``UNFIT``."""
    return json.loads(text)
