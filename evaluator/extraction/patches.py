"""Unified diffs against the code that a prompt shows, applied."""

import re
from dataclasses import dataclass

HUNK = re.compile(r"^@@[^\n]*$", re.MULTILINE)
HEADER = re.compile(r"^(?:--- |\+\+\+ |diff --git |index [0-9a-f]|new file|\*\*\* |\\ No newline)")
LABELS = frozenset({"diff", "patch", "udiff"})
START = re.compile(r"^(?:diff --git |--- \S.*\n\+\+\+ |@@ )", re.MULTILINE)
MOST_HUNKS = 200
LONGEST_DIFF = 20_000
"""Characters. A longer one is not applied; what it would leave is read."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines that go, and those that come in their place; context is in both."""

    old: tuple[str, ...]
    new: tuple[str, ...]


def patched(base: str, diff: str) -> str:
    """Return ``base`` with the diff's hunks applied, wherever after the one before they fit.

    A hunk that fits nowhere may be against code that was never shown: then what the diff would leave is returned.
    """
    lines, at = base.rstrip("\n").split("\n"), 0
    hunks = _hunks(diff)
    for hunk in hunks:
        place = _place(lines, hunk.old, at) if len(diff) <= LONGEST_DIFF else None
        if place is None:
            return "\n".join(line for one in hunks for line in one.new) + "\n"
        lines[place : place + len(hunk.old)] = hunk.new
        at = place + len(hunk.new)
    return "\n".join(lines) + "\n"


def bare_diff(text: str) -> str:
    """The diff that ``text`` is or ends in, outside of any fence; "" if there is none."""
    start = START.search(text)
    return text[start.start() :] if start and HUNK.search(text) else ""


def is_diff(label: str, code: str) -> bool:
    """Whether a fenced block is a diff, by what it says or is."""
    return label in LABELS or bool(START.match(code) and HUNK.search(code))


def _hunks(diff: str) -> list[Hunk]:
    parts = HUNK.split(diff, MOST_HUNKS)
    return [hunk for part in (parts[1:] or parts) if (hunk := _hunk(part)).new or hunk.old]


def _hunk(part: str) -> Hunk:
    old, new = [], []
    for line in part.strip("\n").split("\n"):
        if HEADER.match(line):
            continue
        text = line[1:]
        if not line.startswith("+"):
            old.append(text)
        if not line.startswith("-"):
            new.append(text)
    return Hunk(tuple(old), tuple(new))


def _place(lines: list[str], old: tuple[str, ...], start: int) -> int | None:
    """Where ``old`` stands in ``lines``, whatever white space ends them. Nothing old belongs at the end."""
    if not old:
        return len(lines)
    wanted, present = [line.rstrip() for line in old], [line.rstrip() for line in lines]
    last = len(present) - len(wanted)
    return next((at for at in range(start, last + 1) if present[at : at + len(wanted)] == wanted), None)
