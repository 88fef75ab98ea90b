"""Answers are compared as programs, whatever their wrapper named things."""

import pytest

from validator.drift.similarity import BOTTOM, DIGITS, LONGEST, hashes, similarity, sketch

PROGRAM = "def mean(rows):\n    total = 0\n    for row in rows:\n        total += row\n    return total / len(rows)\n"
RENAMED = "def f(xs):\n    s = 0\n    for x in xs:\n        s += x\n    return s / len(xs)\n"
OTHER = "def worst(rows):\n    while rows and rows[-1] < 3:\n        rows.pop()\n    return max(rows, default=None)\n"


def alike(first: str, second: str) -> float:
    return similarity(hashes(sketch(first)), hashes(sketch(second)))


def test_names_comments_blanks_and_the_words_around_make_no_difference() -> None:
    assert sketch(f"Sure, here:\n```python\n{RENAMED}```\nIt adds {PROGRAM!r}") == sketch(PROGRAM)
    assert sketch(PROGRAM.replace("    total = 0", "    total  =  0  # none yet\n\n")) == sketch(PROGRAM)


def test_another_program_is_less_alike() -> None:
    assert alike(PROGRAM, RENAMED) == 1.0
    assert alike(PROGRAM, OTHER) < 0.3
    assert alike(PROGRAM, OTHER) < alike(PROGRAM, PROGRAM.replace("+=", "-=")) < 1.0


def test_it_is_symmetric() -> None:
    assert alike(PROGRAM, OTHER) == alike(OTHER, PROGRAM)


@pytest.mark.parametrize("text", ["", "\n", "x", "x y", "```\n```"])
def test_whatever_is_said_can_be_compared(text: str) -> None:
    assert alike(text, text) == 1.0
    assert 0 <= alike(text, PROGRAM) <= 1


def test_what_is_kept_is_bounded() -> None:
    long = " ".join(f"{at} + {at * at} *" for at in range(100_000))
    assert len(sketch(long)) == BOTTOM * DIGITS
    assert sketch(long[:LONGEST]) == sketch(long)
