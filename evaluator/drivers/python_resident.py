"""Puts one problem's tests after another to the completions of a lease, each of which lives in a process of its own.

Covered: nothing of a run is left for the next but modules, and what is compiled: the tests run among names of their
own, over a socket of their own, and are such as change nothing else (``evaluator.quiet``). After anything but orderly
answers we ask to be replaced. Not covered: memory that large answers have cost; the sandbox's limits see to that.
"""

import marshal
import os
import socket
import sys
from functools import lru_cache
from typing import Any

from evaluator.drivers.python_frames import DESCRIPTOR
from evaluator.drivers.python_tests import Question, judge

REMEMBERED, LARGEST_REMEMBERED = 256, 16 * 1024
"""Questions whose code is kept, and bytes of one: several completions are judged of each."""


def reside() -> None:
    """Answer what comes over descriptor 3, until whoever asks hangs up."""
    control = socket.socket(fileno=DESCRIPTOR)
    sys.stdout = sys.stderr
    while True:
        told, descriptors, _, _ = socket.recv_fds(control, 1, 2)
        if not told:
            return
        memory, joined = descriptors
        asked = os.pread(memory, os.fstat(memory).st_size, 0)
        os.close(memory)
        with socket.socket(fileno=joined) as connection:
            known = remembered if len(asked) <= LARGEST_REMEMBERED else question
            said, exit_code, is_orderly = judge(known(asked), connection)
            # Before we hang up: the completion is killed where it waits, and need not tidy up.
            control.send(bytes([is_orderly, exit_code]) + f"{said}\n".encode())


def question(asked: bytes) -> Question:
    """Read what ``evaluator.programs`` wrote."""
    magic, prompt, tests, *rest = marshal.loads(asked)  # noqa: S302 - of those whose code we run
    is_ours = magic == sys.modules["_frozen_importlib_external"].MAGIC_NUMBER
    text = tests[1]
    return Question(code(prompt, is_ours), code(tests, is_ours), lambda: text, *rest)


remembered = lru_cache(maxsize=REMEMBERED)(question)


def code(source: tuple[str, str, bytes], is_ours: bool) -> Any:
    """What is compiled already, if for this Python; or the text, compiled."""
    name, text, compiled = source
    return marshal.loads(compiled) if is_ours and compiled else compile(text, name, "exec", optimize=0)  # noqa: S302
