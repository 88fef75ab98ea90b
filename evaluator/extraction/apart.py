"""Extraction and measuring in processes of their own, which a hostile answer may take down without taking us with it.

What tree-sitter does about errors can take time and memory that grow with the square of the text: 6 kB of ``x=>`` cost
its C grammar 3 s and 1 GB. Covered: such a text costs ``readers.CPU_SECONDS`` and ``readers.MEMORY_BYTES`` at most,
twice, and crashes nothing of ours. Not covered: a grammar with a hole that runs code; if we were root when the readers
were started, they are nobody, and otherwise they have our user's rights.
"""

import contextlib
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence

from evaluator import metrics
from evaluator.errors import NoReader, UnknownLanguage
from evaluator.extraction import LONGEST_ANSWER, Asked
from evaluator.suites import Measures

READERS = 4
"""At once. One answer takes some milliseconds of one CPU."""

PATIENCE_SECONDS = 300.0
"""For one answer, whose CPU time has a limit of its own: only a machine in trouble takes so long."""

Question = tuple[str, ...]
"""``extract``, language, prompt, entry point, answer; or ``measure``, language, code."""

Said = tuple[str | None, str | None]
"""The code, if any, and what was wrong with the question."""

CANARY: Question = ("extract", "python", "def f():\n", "f", "    return 1\n")


class Reader:
    """Processes that extract: started when first needed, another one after a death, and gone with ours."""

    def __init__(self) -> None:
        self._turns = threading.BoundedSemaphore(READERS)
        self._lock = threading.Lock()
        self._parent: _Parent | None = None
        self._idle: list[socket.socket] = []

    def start(self) -> None:
        """Start now. Needed before giving up root, for whom one becomes may not be able to start Python.

        Raises NoReader.
        """
        with self._turns:
            self._idle.append(self._proven())

    def extract(self, problem: Asked, answer: str) -> str | None:
        """Return what ``extraction.extract`` does, or None for a text that no reader survives.

        Raises the same, and NoReader.
        """
        if len(answer) > LONGEST_ANSWER:
            return None
        return self._heard(_question(problem, answer))

    def measure(self, language: str, code: str) -> Measures | None:
        """Return what ``metrics.measure`` does, or None for a program that no reader survives.

        Raises the same, and NoReader.
        """
        if len(code) > metrics.LONGEST:
            raise metrics.Unmeasurable(f"a program of {len(code)} characters; at most {metrics.LONGEST} are measured")
        said = self._heard(("measure", language, code))
        if said is None:
            return None
        kind, _, text = said.partition(" ")
        if kind == "unmeasurable":
            raise metrics.Unmeasurable(text)
        return Measures.model_validate_json(text)

    def _heard(self, question: Question) -> str | None:
        """What a reader says, or None if two die of the question. Raises UnknownLanguage, NoReader."""
        with self._turns:
            # The first reader's death may have another cause than this answer: a second one hears it out.
            with contextlib.suppress(ConnectionError, IndexError):
                return self._asked(self._idle.pop(), question)
            reader = self._proven()
            try:
                return self._asked(reader, question)
            except ConnectionError:
                return None

    def extract_all(self, asked: Sequence[tuple[Asked, str]]) -> dict[int, str | None]:
        """What ``extract`` returns for many at once, by their places.

        Of those that are missing nothing is known: ask for each by itself. One that no reader survives takes all along.
        """
        with self._turns, contextlib.suppress(ConnectionError, NoReader):
            try:
                reader = self._idle.pop()
            except IndexError:
                reader = self._proven()
            said = self._hear(reader, [_question(problem, answer) for problem, answer in asked])
            return {place: code for place, (code, problem) in enumerate(said) if problem is None}
        return {}

    def _asked(self, reader: socket.socket, question: Question) -> str | None:
        """Raises UnknownLanguage, and ConnectionError if the reader dies of it."""
        ((code, problem),) = self._hear(reader, [question])
        if problem is not None:
            raise UnknownLanguage(problem)
        return code

    def _hear(self, reader: socket.socket, questions: list[Question]) -> list[Said]:
        """What ``reader`` says, which is free again then. Raises ConnectionError if it dies of it."""
        try:
            said = _answered(reader, questions)
        except BaseException:
            reader.close()
            raise
        self._idle.append(reader)
        return said

    def _proven(self) -> socket.socket:
        """A new reader, which has read an answer known to be good: if it can't, so can't we, and it is no verdict."""
        ours, theirs = socket.socketpair()
        ours.settimeout(PATIENCE_SECONDS)
        try:
            with theirs:
                self._fork(theirs)
            _answered(ours, [CANARY])
        except OSError as error:
            ours.close()
            raise NoReader(f"no process could be started to read answers in: {error}") from error
        return ours

    def _fork(self, end: socket.socket) -> None:
        """Have the parent of all readers fork one that listens at ``end``. Raises OSError."""
        with self._lock:
            parent = self._parent or _Parent()
            try:
                parent.fork(end)
            except ConnectionError:
                parent.close()
                parent = _Parent()
                parent.fork(end)
            self._parent = parent


class _Parent:
    """The process that forks readers; it ends when our end of its socket is closed. Raises OSError."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                (sys.executable, "-m", "evaluator.extraction.readers"),
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the process that it works for
            )

    def fork(self, end: socket.socket) -> None:
        """Have a reader listen at ``end``. Raises ConnectionError."""
        socket.send_fds(self._socket, [b"."], [end.fileno()])

    def close(self) -> None:
        """Wait for its end."""
        self._socket.close()
        self._process.wait()


def _question(problem: Asked, answer: str) -> Question:
    return "extract", problem.language, problem.prompt, problem.entry_point, answer


def _answered(reader: socket.socket, questions: list[Question]) -> list[Said]:
    """What it says to each question. Raises ConnectionError."""
    try:
        reader.sendall(json.dumps(questions).encode() + b"\n")
        with reader.makefile("rb") as lines:
            said = [(code, problem) for code, problem in json.loads(lines.readline())]
    except (TimeoutError, ValueError, TypeError, RecursionError) as error:
        raise ConnectionError("a reader died, or lost its mind") from error
    if len(said) != len(questions) or not all(isinstance(one, str | None) for pair in said for one in pair):
        raise ConnectionError("a reader lost its mind")
    return said


reader = Reader()
