"""Four numbers of a program: its tokens, its complexity, how deep it nests, and how much of it is said twice.

Covered: layout, comments, documentation and punctuation count for nothing, and names for nothing unless they are long;
what is put into a string counts by its bytes; conditions in expressions, comprehensions and functions in expressions
are decisions like all others; a program that could make code out of text is not measured. Not covered: whether the
program reads well otherwise: names, order, idiom.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from evaluator.extraction.grammar import grammar_of
from evaluator.metrics import LONGEST, Unmeasurable
from evaluator.metrics.syntax import Syntax, syntax_of
from evaluator.suites import Measures

SHORTEST_REPEATED = 10
"""Tokens. Less is said twice in every program."""
PUNCTUATION = frozenset("()]{},;:.\"'`") | {"->", "=>", "::", '"""', "'''", "\n", "string_start", "string_end"}
CHOOSING = frozenset({"else", "elif", "and", "or", "&&", "||", "goto"})
"""Each of them is a decision, wherever it stands."""
TEXTS, NUMBERS = ("string", "char", "escape", "regex"), ("number", "integer", "float", "literal")
PLAIN = re.compile(r"[A-Za-z0-9_$]+", re.ASCII)
FREE_BYTES, FREE_DIGITS, BYTES_A_TOKEN = 16, 4, 4
"""A long name counts for several tokens, digits beyond some for one each, and of a text every byte: it may be code."""
HIDES = re.compile(r"[^\n\t\x20-\x7e\x80-\U0010ffff]|[\x85\u2028\u2029]")
"""What may end a line for one reader and not for another: then a comment is code for one of them."""


@dataclass(slots=True)
class _Entry:
    """A node of the program, in the order of the text."""

    kind: str
    parent: int
    level: int
    cost: int = 0
    """Tokens in it and below."""
    end: int = 0
    """The number of the first entry after it."""
    shape: int = 0
    """The same for all nodes that differ in names alone."""
    text: str = ""
    children: list[int] = field(default_factory=list)


def measured(language: str, code: str) -> Measures:
    """The numbers of ``code``: see ``evaluator.metrics.measure``."""
    syntax = syntax_of(language)
    code = code.replace("\r\n", "\n")
    if found := HIDES.search(code) or (syntax.hides and re.search(syntax.hides, code)):
        raise Unmeasurable(f"{found[0]!r} may hide code")
    source = code.encode("utf-8", "replace")
    if len(source) > LONGEST:
        raise Unmeasurable(f"a program of {len(source)} bytes; at most {LONGEST} are measured")
    root = grammar_of(language).parse(source)
    if root.has_error:
        raise Unmeasurable("it is not well formed throughout")
    entries, complexity = _read(root, syntax)
    _sum_up(entries)
    return Measures(
        tokens=entries[0].cost,
        complexity=complexity,
        depth=max(entry.level for entry in entries),
        repeated=_repeated(entries),
    )


def _read(root: Node, syntax: Syntax) -> tuple[list[_Entry], int]:
    """Every node that counts, and the complexity: a point for each decision, and one for each level that it is deep."""
    entries: list[_Entry] = []
    complexity = 0
    waiting: list[tuple[Node, Node | None, int, int]] = [(root, None, -1, 0)]
    while waiting:
        node, above, parent, level = waiting.pop()
        if "comment" in node.type or (node.type in syntax.documents and _is_text(node)):
            continue
        _refuse(node, syntax)
        if node.type in syntax.nests and node.is_named and not _goes_on(node, above, syntax):
            complexity += 1 + level
            level += 1
        elif node.type in CHOOSING and above is not None and above.type not in syntax.ternaries:
            complexity += 1
        entries.append(_entry(node, parent, level))
        own = len(entries) - 1
        waiting += [(child, node, own, level) for child in reversed(node.children)]
    return entries, complexity


def _entry(node: Node, parent: int, level: int) -> _Entry:
    if node.child_count or node.type in PUNCTUATION or not node.text:
        return _Entry(node.type, parent, level)
    text = node.text.decode("utf-8", "replace")
    if any(word in node.type for word in TEXTS):
        return _Entry(node.type, parent, level, cost=len(node.text), text=text)
    if any(word in node.type for word in NUMBERS):
        return _Entry(node.type, parent, level, cost=max(1, len(text) - FREE_DIGITS), text=text)
    return _Entry(node.type, parent, level, cost=1 + max(0, len(text) - FREE_BYTES) // BYTES_A_TOKEN)


def _is_text(node: Node) -> bool:
    """Whether a statement is one string, and nothing is computed in it."""
    if node.named_child_count != 1 or node.named_children[0].type != "string":
        return False
    return all(part.type != "interpolation" for part in node.named_children[0].children)


def _goes_on(node: Node, above: Node | None, syntax: Syntax) -> bool:
    """Whether ``node`` is the ``if`` of an ``else if``."""
    if above is None or node.type not in syntax.branches:
        return False
    return above.type == "else_clause" or (
        above.type in syntax.branches and above.child_by_field_name("alternative") == node
    )


def _refuse(node: Node, syntax: Syntax) -> None:
    if node.type in syntax.opaque:
        raise Unmeasurable(f"a {node.type.replace('_', ' ')} hides code")
    text = node.text.decode("utf-8", "replace") if node.text and (node.type in syntax.imports or _named(node)) else ""
    if node.type in syntax.imports and not syntax.allows(text):
        raise Unmeasurable(f"no import of a library that is not the language's own: {text[:80]!r}")
    if _named(node) and not PLAIN.fullmatch(text):
        raise Unmeasurable(f"{text[:80]!r} is no plain name")
    if _named(node) and (text in syntax.refused or text.startswith("__")):
        raise Unmeasurable(f"{text!r} is no part of a tidy function")


def _named(node: Node) -> bool:
    return not node.child_count and "identifier" in node.type


def _sum_up(entries: list[_Entry]) -> None:
    """Tokens, ends and shapes, from the leaves up."""
    shapes: dict[tuple[object, ...], int] = {}
    for number in range(len(entries) - 1, -1, -1):
        entry = entries[number]
        entry.end = max([number + 1, *(entries[child].end for child in entry.children)])
        entry.children.reverse()
        held = tuple(entries[child].shape for child in entry.children)
        entry.shape = shapes.setdefault((entry.kind, entry.text, held), len(shapes))
        if entry.parent >= 0:
            above = entries[entry.parent]
            above.cost += entry.cost
            above.children.append(number)


def _repeated(entries: list[_Entry]) -> int:
    """The tokens of what has been said before, each once, the largest parts first."""
    return sum(entries[number].cost for number in _again(entries))


def _again(entries: list[_Entry]) -> Iterator[int]:
    seen: set[int] = set()
    number = 0
    while number < len(entries):
        entry = entries[number]
        if entry.cost >= SHORTEST_REPEATED and entry.shape in seen:
            yield number
            number = entry.end
            continue
        seen.add(entry.shape)
        number += 1
