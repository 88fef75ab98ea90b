"""Answers calls of a function that tests in another process are about, and reports what they decided.

Covered: all that leaves is plain values, the names of builtin exceptions, and never more than an answer to a call; what
arrives is data. The function, its source, and which of many it is, stay in this process. Not covered: how long an
answer takes, which tests may measure.
"""

import builtins
import json
import os
import socket
import sys
from collections.abc import Callable
from io import BufferedIOBase
from typing import Any

from evaluator.drivers.python_plain import LARGEST_LINE, UNFIT, line, packed, told, unpacked

DESCRIPTOR = 3
MOST_CALLS = 5_000
BROKEN = 3
"""Exit code: there is no such function, whatever the tests."""


def serve(code: str, entry_point: str) -> None:
    """Answer calls of what ``code`` defines until the tests have decided or hung up; report on standard output."""
    report, sys.stdout = sys.stdout, sys.stderr
    names: dict[str, Any] = {"__name__": "solution"}
    try:
        exec(compile(code, "solution.py", "exec"), names)  # noqa: S102 - a problem's own source
        function = names[entry_point]
    except BaseException as error:  # noqa: BLE001 - the problem cannot be used, however it came about
        print(f"the implementation is broken: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(BROKEN)
    with socket.socket(fileno=DESCRIPTOR) as connection, connection.makefile("rwb") as stream:
        said, calls = converse(stream, function)
    print(json.dumps({"said": said, "calls": calls}), file=report, flush=True)


def converse(stream: BufferedIOBase, function: Callable[..., Any]) -> tuple[str, int]:
    """What the tests said in the end ("accepted", or anything else), and how often they called."""
    for calls in range(MOST_CALLS + 1):
        try:
            text = stream.readline(LARGEST_LINE)
            verb, *given = told(text)
            if verb == "said":
                return ("accepted" if given == ["accepted"] else "rejected"), calls
            stream.write(line(answer(function, *given)))
            stream.flush()
        except (OSError, *UNFIT):
            return "nonsense", calls
    return "too much", MOST_CALLS


def answer(function: Callable[..., Any], positional: Any, named: Any) -> list[Any]:
    """What calling ``function`` comes to."""
    try:
        arguments, keywords = unpacked(positional), unpacked(named)
        return ["returned", packed(function(*arguments, **keywords))]
    except Exception as error:  # noqa: BLE001 - whatever a call raises is its result
        return ["raised", next(kind.__name__ for kind in type(error).__mro__ if hasattr(builtins, kind.__name__))]
