"""The docstring in an answer, and its examples as plain data. Nothing of an answer is ever run.

Covered: an example is one call of the function with literals, which fit the types of its parameters, and the literal
or the exception that it is said to come to; whatever else stands behind ``>>>`` is refused, with the line. Texts,
examples and their number are bounded. Not covered: whether the words around the examples say anything that is true.
"""

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from evaluator.graders import static, types, values
from evaluator.suites import Docstring

LONGEST_ANSWER = 64 * 1024
LONGEST_DOCSTRING = 16 * 1024
LONGEST_EXAMPLE = 2_000
MOST_EXAMPLES = 30
PROMPT, MORE = ">>>", "..."
TRACEBACK = "Traceback (most recent call last):"
QUOTED = re.compile(r'\A[rRuU]?("""|\'\'\'|"|\')(.*)\1\Z', re.DOTALL)
NOT_LITERAL = (ValueError, TypeError, SyntaxError, RecursionError, MemoryError)
"""What ast.literal_eval raises."""
RAISED = re.compile(r"([A-Za-z_][\w.]*)(?:: (.*))?")


class NoExamples(Exception):
    """The answer is no docstring with examples that can be run; the message says why."""


@dataclass(frozen=True, slots=True)
class Example:
    """A call, and what it is said to come to."""

    written: str
    arguments: tuple[Any, ...]
    """One for each parameter, of its type."""
    returned: str | None
    """A literal; None if it raises."""
    raised: tuple[str, str] | None
    """The exception's name and message; None if it returns."""


@dataclass(frozen=True, slots=True)
class _Written:
    """An example as it stands in the text."""

    source: str
    wanted: str


def docstring(entry_point: str, completion: str) -> str:
    """The docstring of the function in an answer, which is it, its text, or the function that has it.

    Raises NoExamples.
    """
    text = completion[-LONGEST_ANSWER:]
    blocks = static.FENCED.findall(text)
    told = [block for block in blocks if PROMPT in block]
    body = (told or blocks or [text])[-1]
    found = inspect.cleandoc(_of_function(entry_point, body) or _unquoted(body))
    if len(found) > LONGEST_DOCSTRING:
        raise NoExamples(f"a docstring of {len(found)} characters; at most {LONGEST_DOCSTRING} are read")
    return found


def examples(entry_point: str, tests: Docstring, text: str) -> tuple[Example, ...]:
    """The examples in a docstring. Raises NoExamples if there is none, or one that is no plain example."""
    found = []
    for number, written in enumerate(_written(text), 1):
        if number > MOST_EXAMPLES:
            raise NoExamples(f"more than {MOST_EXAMPLES} examples")
        if len(written.source) + len(written.wanted) > LONGEST_EXAMPLE:
            raise NoExamples(f"example {number} is longer than {LONGEST_EXAMPLE} characters")
        try:
            found.append(_example(entry_point, tests, written))
        except NoExamples as error:
            raise NoExamples(f"example {number}, {written.source[:100]!r}: {error}") from error
    if not found:
        raise NoExamples(f"the docstring has no example: no line begins with {PROMPT}")
    return tuple(found)


def prose(text: str) -> str:
    """The words of a docstring that are not in an example."""
    lines, inside = [], False
    for line in text.splitlines():
        inside = line.strip().startswith(PROMPT) or (inside and bool(line.strip()))
        if not inside:
            lines.append(line)
    return "\n".join(lines)


def _of_function(entry_point: str, body: str) -> str | None:
    """The docstring of the function, if ``body`` is code that has it; or the text, if it is nothing but a string."""
    try:
        statements = ast.parse(inspect.cleandoc(body)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for statement in statements:
        if isinstance(statement, ast.FunctionDef) and statement.name == entry_point:
            return ast.get_docstring(statement)
    match statements:
        case [ast.Expr(ast.Constant(str() as text))]:
            return text
    return None


def _unquoted(body: str) -> str:
    quoted = QUOTED.match(body.strip())
    return quoted[2] if quoted else body


def _written(text: str) -> Iterator[_Written]:
    """Every example: from its prompt to the next one, or to a blank line, as doctest reads it."""
    source: list[str] = []
    wanted: list[str] = []
    for line in [*map(str.strip, text.splitlines()), ""]:
        begins = line.startswith(PROMPT)
        if source and (begins or not line):
            yield _Written("\n".join(source), "\n".join(wanted))
            source, wanted = [], []
        if begins:
            source.append(line.removeprefix(PROMPT).strip())
        elif source and line:
            if line.startswith(MORE) and not wanted:
                source.append(line.removeprefix(MORE).strip())
            else:
                wanted.append(line)


def _example(entry_point: str, tests: Docstring, written: _Written) -> Example:
    arguments = _arguments(_call(entry_point, written.source), tests)
    if written.wanted.startswith(TRACEBACK):
        raised = RAISED.fullmatch(written.wanted.splitlines()[-1])
        if raised is None:
            raise NoExamples("its traceback does not end with the name of an exception")
        return Example(written.source, arguments, None, (raised[1], raised[2] or ""))
    if not written.wanted and not tests.result.startswith("optional"):
        raise NoExamples("it does not say what comes back")
    return Example(written.source, arguments, written.wanted or "None", None)


def _call(entry_point: str, source: str) -> ast.Call:
    try:
        found = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise NoExamples("it is no expression") from error
    match found:
        case ast.Call(func=ast.Name(name)) if name == entry_point:
            return found
    raise NoExamples(f"it is no call of {entry_point}, and nothing else is allowed")


def _arguments(call: ast.Call, tests: Docstring) -> tuple[Any, ...]:
    names = [name for name, _ in tests.parameters]
    given = [keyword.arg for keyword in call.keywords]
    if len(call.args) + len(given) != len(names) or sorted(map(str, given)) != sorted(names[len(call.args) :]):
        raise NoExamples(f"it has to give each of {', '.join(names)} once")
    nodes = [*call.args, *(keyword.value for name in names for keyword in call.keywords if keyword.arg == name)]
    return tuple(_value(node, *parameter) for node, parameter in zip(nodes, tests.parameters, strict=True))


def _value(node: ast.expr, name: str, kind: str) -> Any:
    try:
        return fit(types.parse(kind), ast.literal_eval(node))
    except values.Misfit as misfit:
        raise NoExamples(f"{name} has to be of type {kind}: {misfit}") from misfit
    except NOT_LITERAL as error:
        raise NoExamples(f"{name} is no literal") from error


def fit(kind: types.Type, literal: Any) -> Any:
    """A Python literal as a value of type ``kind``. Raises values.Misfit."""
    return values.fit(kind, _as_sent(literal))


def _as_sent(literal: Any) -> Any:
    match literal:
        case dict():
            return values.Pairs([(_as_sent(key), _as_sent(value)) for key, value in literal.items()])
        case list():
            return [_as_sent(item) for item in literal]
        case tuple():
            return tuple(map(_as_sent, literal))
    return literal
