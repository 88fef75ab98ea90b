"""The processes that read answers: a warm parent forks one for each socket that it is handed.

``python -m evaluator.extraction.readers``, with a socket as standard input. A line in is a list of questions, a line
out what came of each: ``[code or null, null]``, or ``[null, what is wrong with the question]``; in the place of code,
measures are ``measured`` and JSON, or ``unmeasurable`` and why. A reader ends with its socket, the parent with its own.
"""

import contextlib
import importlib
import json
import os
import pkgutil
import resource
import signal
import socket

from evaluator import extraction, metrics
from evaluator.errors import UnknownLanguage
from evaluator.extraction.grammar import grammars
from evaluator.metrics import syntax
from evaluator.protocol import Opening
from sandbox import privileges

CPU_SECONDS = 3.0
"""Of one answer. Programs take milliseconds, the longest answers less than a second."""

MEMORY_BYTES = 2 * 1024**3
BLOATED_BYTES = 512 * 1024**2
"""A reader that has grown beyond this ends after its answer."""


def main() -> None:
    """Load everything, give up what rights there are, and fork until the socket is closed."""
    control = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    _warm()
    privileges.drop()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while True:
        _, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not descriptors:
            return
        if os.fork() == 0:
            control.close()
            with contextlib.suppress(ConnectionError):
                _read(socket.socket(fileno=descriptors[0]))
            os._exit(0)
        os.close(descriptors[0])


def _warm() -> None:
    """Whom we become may not be able to read what is not loaded by now."""
    for module in pkgutil.iter_modules(extraction.__path__):
        importlib.import_module(f"{extraction.__name__}.{module.name}")
    for name in grammars():
        opening = Opening(language=name, prompt="", entry_point="f")
        extraction.extract(opening, f"```{name}\nf\n```\n<div>`f`</div>")
    for name in syntax.languages():
        metrics.measure(name, "")


def _read(asker: socket.socket) -> None:
    with asker.makefile("rb") as lines:
        for questions in lines:
            said = []
            for one in json.loads(questions):
                # Nobody waits for the signal: it ends the process.
                signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
                said.append(_said(*one))
            signal.setitimer(signal.ITIMER_PROF, 0)
            asker.sendall(json.dumps(said).encode() + b"\n")
            if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 > BLOATED_BYTES:
                return


def _said(task: str, *about: str) -> tuple[str | None, str | None]:
    try:
        return (_measured(*about) if task == "measure" else _extracted(*about)), None
    except UnknownLanguage as unknown:
        return None, str(unknown)


def _extracted(language: str, prompt: str, entry_point: str, answer: str) -> str | None:
    return extraction.extract(Opening(language=language, prompt=prompt, entry_point=entry_point), answer)


def _measured(language: str, code: str) -> str:
    try:
        return f"measured {metrics.measure(language, code).model_dump_json()}"
    except metrics.Unmeasurable as why:
        return f"unmeasurable {why}"


if __name__ == "__main__":
    main()
