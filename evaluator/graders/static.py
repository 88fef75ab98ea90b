"""Static: an answer compared by value and not by text, without running anything.

Covered: the answer is parsed, never evaluated; it must be one literal (``1 or True`` is none), of the same types all
the way down (1, 1.0 and True are three values); in any notation: quotes, bases, white space, order of sets.
"""

import ast
import re
from typing import Any

from evaluator.errors import Ungradable
from evaluator.graders.compare import same_float
from evaluator.graders.facts import one_line, verdict
from evaluator.protocol import Failure, Grader, Problem, Status, Verdict
from evaluator.suites import Static, Tolerance

LONGEST_ANSWER = 64 * 1024
TAGGED = re.compile(r"\[ANSWER\](.*?)(?:\[/ANSWER\]|$)", re.DOTALL)
FENCED = re.compile(r"^ {0,3}```[^\n`]*\n(.*?)^ {0,3}```", re.DOTALL | re.MULTILINE)
LINES = re.compile(r"\d{1,9}(?:\s*(?:-|\u2013|to)\s*\d{1,9})?")
MOST_LINES = 10_000
PLAIN_WORDS = re.compile(r"(?:lines?|L|and|to|[\d\s,;:.\-\u2013\[\](){}#])*", re.IGNORECASE)


class NoValue(Exception):
    """The text is no literal; the message says why."""


def grade(problem: Problem, tests: Static, completion: str) -> Verdict:
    """Compare the answer in ``completion``. Raises Ungradable if what is expected cannot be read itself."""
    read = _lines if tests.answer == "lines" else literal
    try:
        expected = read(tests.expected)
    except NoValue as error:
        raise Ungradable(f"{problem.task_id}: the expected answer is none: {error}") from error
    text = answer(completion)
    failure = Failure(case=0, sent="", got=one_line(text), expected=one_line(tests.expected))
    try:
        got = read(text)
    except NoValue as error:
        return verdict(Grader.STATIC, Status.FAILED, f"no answer: {error}", (), failure=failure)
    if same_literal(got, expected, tests.tolerance):
        return verdict(Grader.STATIC, Status.PASSED, "", ())
    detail = f"answered {failure.got}, expected {failure.expected}"
    return verdict(Grader.STATIC, Status.FAILED, detail, (), failure=failure)


def answer(completion: str) -> str:
    """The part of a completion that is the answer: tagged as one, else the last fenced block, else all of it."""
    text = completion[-2 * LONGEST_ANSWER :]
    for pattern in (TAGGED, FENCED):
        if found := pattern.findall(text):
            return str(found[-1]).strip()
    return text.strip()


def literal(text: str) -> Any:
    """The value of a Python literal, or of the right side of ``assert ... == literal``. Raises NoValue."""
    if len(text) > LONGEST_ANSWER:
        raise NoValue(f"longer than {LONGEST_ANSWER} characters")
    try:
        tree = ast.parse(text.strip())
        if len(tree.body) != 1:
            raise NoValue(f"expected one literal, got {len(tree.body)} statements")
        return _value(_right_side(tree.body[0]))
    except (SyntaxError, ValueError, RecursionError, MemoryError, TypeError, OverflowError) as error:
        raise NoValue(f"not a Python literal: {type(error).__name__}") from error


def _right_side(statement: ast.stmt) -> ast.expr:
    match statement:
        case ast.Expr(value=ast.Compare(ops=[ast.Eq()], comparators=[ast.expr() as right])):
            return right
        case ast.Assert(test=ast.Compare(ops=[ast.Eq()], comparators=[ast.expr() as right]), msg=None):
            return right
        case ast.Expr(value=value):
            return value
    raise NoValue("a statement, not a literal")


def _value(node: ast.expr) -> Any:
    """``node`` evaluated, if it is made of literals alone; inf and nan are numbers too."""
    match node:
        case ast.List(elts=items):
            return [_value(item) for item in items]
        case ast.Tuple(elts=items):
            return tuple([_value(item) for item in items])
        case ast.Set(elts=items):
            return {_value(item) for item in items}
        case ast.Dict(keys=keys, values=items) if all(key is not None for key in keys):
            return {_value(key): _value(item) for key, item in zip(keys, items, strict=True) if key is not None}
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_number(_value(operand))
        case ast.Name(id="inf" | "nan" as name):
            return float(name)
        case ast.Call(func=ast.Name(id="float"), args=[ast.Constant(value=str() as name)], keywords=[]):
            return float(name)
        case ast.Call(func=ast.Name(id="set" | "frozenset"), args=[], keywords=[]):
            return set()
        case ast.Call(func=ast.Name(id="frozenset"), args=[items], keywords=[]):
            return frozenset(_value(items))
    return ast.literal_eval(node)


def _number(value: Any) -> Any:
    if type(value) not in (int, float, complex):
        raise NoValue(f"minus a {type(value).__name__}")
    return value


def same_literal(got: Any, expected: Any, tolerance: Tolerance | None) -> bool:
    """Whether two literals are of the same types and equal, all the way down."""
    if type(got) is not type(expected):
        return False
    match expected:
        case float():
            return same_float(got, expected, tolerance)
        case list() | tuple():
            pairs = zip(got, expected, strict=False)
            return len(got) == len(expected) and all(same_literal(*pair, tolerance) for pair in pairs)
        case set() | frozenset():
            return _typed(got) == _typed(expected)
        case dict():
            keys = {(type(key), key): key for key in got}
            return _typed(got) == _typed(expected) and all(
                same_literal(got[keys[type(key), key]], value, tolerance) for key, value in expected.items()
            )
    return bool(got == expected)


def _typed(items: Any) -> set[tuple[type, Any]]:
    return {(type(item), item) for item in items}


def _lines(text: str) -> set[int]:
    """The numbers of lines that ``text`` names, and ranges of them. Raises NoValue if it says anything else."""
    if not PLAIN_WORDS.fullmatch(text[:LONGEST_ANSWER]):
        raise NoValue("expected numbers of lines and nothing else")
    found: set[int] = set()
    for part in LINES.findall(text[:LONGEST_ANSWER]):
        first, *last = map(int, re.findall(r"\d+", part))
        end = last[0] if last else first
        if end - first > MOST_LINES or len(found) > MOST_LINES:
            raise NoValue(f"more than {MOST_LINES} lines")
        found.update(range(first, end + 1))
    if not found:
        raise NoValue("no number of a line")
    return found
