"""Runs a completion and answers calls of its entry point on descriptor 3.

Everything here shares an interpreter with hostile code, and that may change all of it: what leaves is only ever data,
and the tests' process treats it so. What is printed, and the exit code, mean nothing to the verdict.
"""

import linecache
import socket
import sys
import types
from collections.abc import Callable
from typing import Any

from evaluator.drivers.python_wire import DESCRIPTOR, Decoder, Encoder, Unplain, receive, send


def solve(code: str, entry_point: str) -> None:
    """Execute ``code`` as a module called ``solution``, then serve ``entry_point`` until the tests hang up."""
    connection = socket.socket(fileno=DESCRIPTOR)
    module = types.ModuleType("solution")
    sys.modules["solution"] = module
    linecache.cache["solution.py"] = (len(code), None, code.splitlines(keepends=True), "solution.py")
    exec(compile(code, "solution.py", "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - it is what we are for
    function = getattr(module, entry_point)
    while (message := receive(connection)) is not None:
        number, call = message
        try:
            send(connection, [number, *answer(function, call)])
        except Unplain as unplain:
            send(connection, [number, "unplain", str(unplain)])


def answer(function: Callable[..., Any], call: Any) -> list[Any]:
    """Call ``function``; return how it went, what came of it, and each argument container that changed (or None)."""
    decoder = Decoder()
    arguments, keywords = decoder.decode(call)
    containers = decoder.met
    before = [_parts(container) for container in containers]
    encoder = Encoder(containers)
    try:
        result = function(*arguments, **keywords)
    except Exception as error:  # noqa: BLE001 - whatever a call raises is its result
        outcome = ["raised", _builtin_name(error), encoder.encode(str(error)[:2000])]
    else:
        outcome = ["returned", encoder.encode(result)]
    changed = [_changed(container, parts) for container, parts in zip(containers, before, strict=True)]
    states = [encoder.contents(c) if is_new else None for c, is_new in zip(containers, changed, strict=True)]
    return [*outcome, states]


def _parts(container: Any) -> list[Any]:
    if isinstance(container, dict):
        return [part for item in container.items() for part in item]
    return list(container)


def _changed(container: Any, parts: list[Any]) -> bool:
    now = _parts(container)
    return len(now) != len(parts) or any(new is not old for new, old in zip(now, parts, strict=True))


def _builtin_name(error: Exception) -> str:
    """The builtin class of an exception that a test may expect, nearest first."""
    return next(kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins")
