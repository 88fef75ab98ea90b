"""How tangled a program is, by numbers that its layout, names and comments do not change.

``measure`` parses in this process: what strangers wrote is for ``evaluator.extraction.apart.reader``.
"""

from evaluator.suites import Measures

LONGEST = 100_000
"""Bytes of a program that is measured."""


class Unmeasurable(Exception):
    """The program cannot be measured; the message says why."""


def measure(language: str, code: str) -> Measures:
    """The numbers of ``code``. Raises Unmeasurable, and UnknownLanguage."""
    from evaluator.metrics.measuring import measured

    return measured(language, code)
