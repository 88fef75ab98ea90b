"""Tests that LiveCodeBench packs: pickled, deflated, in base64. A pickle can run code: only plain values are read."""

import base64
import io
import pickle
import zlib
from typing import Any, NoReturn

from evaluator.errors import BadBenchmark

LARGEST = 1 << 30
"""Bytes, unpacked."""


class _Plain(pickle.Unpickler):
    """Reads builtin values and refuses every name, without which nothing can be called."""

    def find_class(self, module: str, name: str) -> NoReturn:
        raise pickle.UnpicklingError(f"it names {module}.{name}")


def text(where: str, packed: str) -> str:
    """The text that was packed. Raises BadBenchmark."""
    value = _value(where, packed)
    if not isinstance(value, str):
        raise BadBenchmark(f"{where}: expected packed text, got {type(value).__name__}")
    return value


def fields(where: str, packed: str) -> dict[str, Any]:
    """The object that was packed. Raises BadBenchmark."""
    value = _value(where, packed)
    if not isinstance(value, dict):
        raise BadBenchmark(f"{where}: expected a packed object, got {type(value).__name__}")
    return value


def _value(where: str, packed: str) -> Any:
    try:
        unpacker = zlib.decompressobj()
        plain = unpacker.decompress(base64.b64decode(packed, validate=True), LARGEST)
        if not unpacker.eof:
            raise BadBenchmark(f"{where}: packed tests are cut off, or longer than {LARGEST} bytes")
        return _Plain(io.BytesIO(plain)).load()
    except (ValueError, zlib.error, pickle.UnpicklingError, EOFError, IndexError, KeyError, AttributeError) as error:
        raise BadBenchmark(f"{where}: tests that cannot be unpacked: {error}") from error
