"""Bug: an answer that says where a program is wrong, and in what way; read on the host, nothing is run.

The answer is a JSON object with exactly ``lines`` and ``bug``, and may stand in prose: the last such object counts.

What it earns: PLACE for the place and the rest for the kind, times the share of the lines named that are right. A kind
without a right line earns nothing, so that naming lines blindly earns their share in the program however many are
named: of n lines with one wrong, 1/n. Only an answer without fault passes.

Covered: answers that name all lines, the same line often, or no whole numbers; objects in objects, one key twice, more
than one answer; numbers of any length. Not covered: whoever can guess where bugs of this kind mostly are, guesses so.
"""

import json
import re
from typing import Any

from evaluator.graders.facts import one_line, verdict
from evaluator.protocol import Failure, Grader, Problem, Status, Verdict
from evaluator.suites import Bug

PLACE = 0.6
MOST_NAMED = 5
LONGEST_READ = 64 * 1024
LONGEST_OBJECT = 1000
OBJECT = re.compile(r"\{[^{}]*\}")
KEYS = {"lines", "bug"}


class NoAnswer(Exception):
    """The text names no place and kind; the message says why."""


def grade(problem: Problem, tests: Bug, completion: str) -> Verdict:
    """What the answer in ``completion`` is worth."""
    wanted = json.dumps({"lines": tests.lines, "bug": tests.bugs[0]})
    try:
        lines, bug = answer(completion, tests.kinds)
    except NoAnswer as error:
        failure = Failure(case=0, sent="", got=one_line(completion[-400:]), expected=wanted)
        return verdict(Grader.BUG, Status.FAILED, f"no answer: {error}", (), failure=failure, credit=0.0)
    right = len(lines & set(tests.lines)) / len(lines)
    credit = right * (1.0 if bug in tests.bugs else PLACE)
    if credit == 1.0:
        return verdict(Grader.BUG, Status.PASSED, "", (), credit=credit)
    got = one_line(json.dumps({"lines": sorted(lines), "bug": bug}))
    failure = Failure(case=0, sent="", got=got, expected=wanted)
    return verdict(Grader.BUG, Status.FAILED, f"answered {got}", (), failure=failure, credit=credit)


def answer(completion: str, kinds: tuple[str, ...]) -> tuple[set[int], str]:
    """The lines and the kind that the last object in a completion names. Raises NoAnswer."""
    found = OBJECT.findall(completion[-LONGEST_READ:])
    if not found:
        raise NoAnswer('expected a JSON object such as {"lines": [1], "bug": "..."}')
    if len(found[-1]) > LONGEST_OBJECT:
        raise NoAnswer(f"an object of more than {LONGEST_OBJECT} characters")
    try:
        read = json.loads(found[-1], object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise NoAnswer(f"no JSON: {error}") from error
    if set(read) != KEYS:
        raise NoAnswer(f"expected the keys lines and bug, got {', '.join(read)[:100]!r}")
    bug = read["bug"]
    if not isinstance(bug, str) or bug not in kinds:
        raise NoAnswer(f"no kind of bug that was asked for: {str(bug)[:100]!r}")
    return _lines(read["lines"]), bug


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise NoAnswer("a key that stands twice")
    return dict(pairs)


def _lines(value: Any) -> set[int]:
    if not isinstance(value, list) or not value or any(type(line) is not int for line in value):
        raise NoAnswer("expected a list of the numbers of lines")
    if len(value) > MOST_NAMED:
        raise NoAnswer(f"{len(value)} lines; at most {MOST_NAMED} may be named")
    if len(set(value)) != len(value):
        raise NoAnswer("a line that is named twice")
    return set(value)
