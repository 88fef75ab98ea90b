"""Runs a completion and answers calls of what it defines on descriptor 3.

Everything here shares an interpreter with hostile code, and that may change all of it: what leaves is only ever data,
and the tests' process treats it so. What is printed, and the exit code, mean nothing to the verdict.

A request is ``[number, verb, subject, name, arguments]``. The subject is the name of something that the completion
defines, or the number of an object that it made before and keeps.
"""

import linecache
import socket
import sys
import types
from typing import Any

from evaluator.drivers.python_frames import DESCRIPTOR, _decode, _encode, receive, send
from evaluator.drivers.python_wire import NONSENSE, Decoder, Encoder, Unplain, parts


def solve(code: str, entry_point: str) -> None:
    """Execute ``code`` as a module called ``solution``, then serve what it defines until the tests hang up."""
    connection = socket.socket(fileno=DESCRIPTOR)
    module = types.ModuleType("solution")
    sys.modules["solution"] = module
    linecache.cache["solution.py"] = (len(code), None, code.splitlines(keepends=True), "solution.py")
    exec(compile(code, "solution.py", "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - it is what we are for
    getattr(module, entry_point)
    server = Server(module.__dict__)
    while (message := receive(connection)) is not None:
        number, *request = message
        try:
            send(connection, [number, *server.answer(*request)])
        except (Unplain, *NONSENSE) as unplain:
            reason = str(unplain) if isinstance(unplain, Unplain) else f"what cannot be told: {unplain!r}"
            send(connection, [number, "unplain", reason[:300]])


class Server:
    """What the completion defined, and the objects that the tests had it make."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.names = names
        self.objects: list[Any] = []

    def answer(self, verb: str, subject: str | int, name: str, call: Any) -> list[Any]:
        """Do as asked; return how it went, what came of it, and each argument container that changed (or None)."""
        decoder = Decoder(classes=self.names)
        arguments, keywords = decoder.decode(call)
        containers = decoder.met
        before = [parts(container) for container in containers]
        encoder = Encoder(containers)
        try:
            outcome = self.outcome(verb, self.perform(verb, subject, name, arguments, keywords), encoder)
        except (Unplain, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever a call raises is its result
            outcome = ["raised", _builtin_name(error), encoder.encode(_message(error))]
        changed = [_changed(container, old) for container, old in zip(containers, before, strict=True)]
        states = [encoder.contents(c) if is_new else None for c, is_new in zip(containers, changed, strict=True)]
        return [*outcome, states]

    def perform(self, verb: str, subject: str | int, name: str, arguments: Any, keywords: Any) -> Any:
        """The value of one request."""
        owner = self.names[subject] if isinstance(subject, str) else self.objects[subject]
        match verb:
            case "call" | "make":
                return owner(*arguments, **keywords)
            case "invoke":
                return getattr(owner, name)(*arguments, **keywords)
            case "write":
                return setattr(owner, name, *arguments)
        return getattr(owner, name)

    def outcome(self, verb: str, value: Any, encoder: Encoder) -> list[Any]:
        """A value as data; or where the tests asked for a class or an object, as the number of what is kept here."""
        if verb == "read" and callable(value):
            return ["method", None]
        if verb != "make":
            try:
                return ["returned", encoder.encode(value)]
            except Unplain:
                if verb == "call":
                    raise
        self.objects.append(value)
        return ["object", len(self.objects) - 1]


def rehearse() -> None:
    """Do all this often enough for the interpreter to have adapted to it before programs are forked."""
    server = Server({"f": lambda *arguments: arguments[0]})
    for _ in range(40):
        for value in (1, "a", 0.5, True, None, [1, 2], ["a", [0.5]], (1, "a"), {"a": 1}, {1, 2}):
            answer = server.answer("call", "f", "", _decode(_encode(Encoder().encode(((value, 2), {})))))
            _encode([1, *answer])


def _changed(container: Any, before: list[Any]) -> bool:
    now = parts(container)
    return len(now) != len(before) or any(new is not old for new, old in zip(now, before, strict=True))


def _message(error: Exception) -> str:
    try:
        return str(error)[:2000]
    except Exception:  # noqa: BLE001 - the completion's own __str__
        return ""


def _builtin_name(error: Exception) -> str:
    """The builtin class of an exception that a test may expect, nearest first."""
    return next(kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins")
