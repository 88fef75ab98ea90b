"""Extraction in a process of its own, which a hostile answer may take down without taking us with it.

What tree-sitter does about errors can take time and memory that grow with the square of the text: 6 kB of ``x=>`` cost
its C grammar 3 s and 1 GB. Covered: such a text costs CPU_SECONDS and MEMORY_BYTES at most, crashing nothing of ours.
Not covered: a grammar with a hole that runs code; the process has our user's rights.
"""

import contextlib
import threading
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from evaluator.errors import NoReader, UnknownLanguage
from evaluator.extraction import LONGEST_ANSWER, Asked, extract

CPU_SECONDS = 3.0
"""Of one answer. Programs take milliseconds, the longest answers less than a second."""

MEMORY_BYTES = 2 * 1024**3
READERS = 2

Question = tuple[str, str, str, str]


CANARY: Question = ("python", "def f():\n", "f", "    return 1\n")


class Reader:
    """Processes that extract; started when first needed, anew after a death, and gone with ours."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None

    def start(self) -> None:
        """Start now. Needed before giving up root, for whom one becomes may not be able to start Python."""
        self._current().submit(_extracted, CANARY).result()

    def extract(self, problem: Asked, answer: str) -> str | None:
        """Return what ``extraction.extract`` does, or None for a text that no process survives.

        Raises the same, and NoReader.
        """
        if len(answer) > LONGEST_ANSWER:
            return None
        question = (problem.language, problem.prompt, problem.entry_point, answer)
        pool = self._current()
        try:
            return pool.submit(_extracted, question).result()
        except BrokenProcessPool:
            self._discard(pool)
        return _alone(question)

    def extract_all(self, asked: Sequence[tuple[Asked, str]]) -> dict[int, str | None]:
        """What ``extract`` says of each, by its index, for the price of one way there and back.

        Those are missing that raise, and all of them if no process survives one: ``extract`` says more of each.
        """
        pool = self._current()
        questions = [
            (problem.language, problem.prompt, problem.entry_point, answer)
            for problem, answer in asked
            if len(answer) <= LONGEST_ANSWER
        ]
        if len(questions) < len(asked):
            return {}
        try:
            return pool.submit(_all_extracted, questions).result()
        except BrokenProcessPool:
            self._discard(pool)
            return {}

    def _current(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                self._pool = _started(READERS)
            return self._pool

    def _discard(self, pool: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._pool is pool:
                self._pool = None
        pool.shutdown(wait=False)


def _alone(question: Question) -> str | None:
    """Another answer may have broken the pool: in a process of its own, this one is heard out.

    A known-good answer goes first: if that one fails, so do we, and it is no verdict. Raises NoReader.
    """
    with _started(1) as pool:
        try:
            pool.submit(_extracted, CANARY).result()
        except BrokenProcessPool as error:
            raise NoReader(
                "no process to read answers in could be started; does __main__ guard what it runs?"
            ) from error
        try:
            return pool.submit(_extracted, question).result()
        except BrokenProcessPool:
            return None


def _started(readers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(readers, mp_context=get_context("forkserver"), initializer=_confine)


def _confine() -> None:
    import resource
    import signal

    threading.Thread(target=_end_with_parent, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that we work for
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _end_with_parent() -> None:
    """A killed parent cannot tell its readers to end, and they would wait for it for ever."""
    import os
    from multiprocessing import parent_process
    from multiprocessing.connection import wait

    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _extracted(question: Question) -> str | None:
    import signal

    from evaluator.protocol import Opening

    language, prompt, entry_point, answer = question
    # Nobody waits for the signal: it ends the process.
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
    try:
        return extract(Opening(language=language, prompt=prompt, entry_point=entry_point), answer)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _all_extracted(questions: list[Question]) -> dict[int, str | None]:
    found = {}
    for index, question in enumerate(questions):
        with contextlib.suppress(UnknownLanguage):
            found[index] = _extracted(question)
    return found


reader = Reader()
