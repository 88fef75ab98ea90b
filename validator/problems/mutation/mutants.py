"""Mutants: a program, wrong in one place, as a person might have got it wrong."""

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from tree_sitter import Node

from evaluator.extraction.grammar import Grammar, grammar_of
from evaluator.extraction.source import Definition, Source, encoded
from validator.errors import NotMutable
from validator.problems.mutation.rewriting import Edit, Place, rewrite, text_of
from validator.problems.mutation.rules import Bug, Dialect, Rule, dialect_of, operators
from validator.problems.mutation.variables import Variables

WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A program that differs from its original in one place."""

    source: str
    operator: str
    bug: Bug
    lines: tuple[int, ...]
    """The changed ones, counted from 1 in ``source``; where lines are missing, the two around the gap."""
    before: str
    after: str


def mutants(language: str, source: str, entry_point: str, seed: int, helpers: tuple[str, ...] = ()) -> Iterator[Mutant]:
    """Every mutant of ``entry_point`` (a function, a method, a class) and its ``helpers`` in ``source``.

    ``seed`` decides their order, in which the operators take turns. Each parses as well as the original and no two have
    the same text; nothing outside the bodies of what was named is touched. Whether one answers otherwise is not known:
    see ``distinct``. ``source`` is parsed in this process: it must be a trusted one. Raises NotMutable.
    """
    dialect, grammar = dialect_of(language), grammar_of(language)
    original = Source(grammar, source)
    spans = [_span(original, name) for name in (entry_point, *helpers)]
    errors = _errors(original.root)
    texts, variables = {source}, Variables(dialect, original)
    needed = frozenset[str]().union(*(variables.within(*span) for span in spans if dialect.unused_is_error))
    for operator, edit in _ordered(_edits(dialect, original, variables, spans), seed):
        code = original.code[: edit.start] + encoded(edit.text) + original.code[edit.end :]
        text = code.decode("utf-8", "surrogatepass")
        if text not in texts and not _unused(needed, edit, original, text) and _errors(grammar.parse(code)) <= errors:
            texts.add(text)
            yield _mutant(operator, original.code, edit, text)


def _span(source: Source, name: str) -> tuple[int, int]:
    """Where the body of what is called ``name`` begins and ends."""
    owner, _, last = name.rpartition(".")
    found = [d for d in source.definitions if d.name == last and owner in ("", d.container) and not d.is_stub]
    if not found:
        raise NotMutable(f"the program defines no {name!r}: {source.text()[:200]!r}")
    chosen: Definition = min(reversed(found), key=lambda d: d.is_class)
    return chosen.body, chosen.end


def _edits(
    dialect: Dialect, source: Source, variables: Variables, spans: list[tuple[int, int]]
) -> Iterator[tuple[str, Edit]]:
    """Each edit once, by the first of the operators that make it."""
    seen = set()
    for name, operator in operators().items():
        for rule in dialect.operators.get(name, ()):
            into = rule.into if isinstance(rule.into, dict) and rule.into else operator.into
            for captures in _matches(source.grammar, rule, source.root):
                place = Place(dialect, rule, into, captures, source.code, variables)
                for edit in rewrite(rule.rewrite or operator.rewrite, place):
                    if edit not in seen and any(start <= edit.start and edit.end <= end for start, end in spans):
                        seen.add(edit)
                        yield name, edit


def _matches(grammar: Grammar, rule: Rule, root: Node) -> Iterator[dict[str, Node]]:
    for match in grammar.matches(rule.query, root):
        captures = {name: nodes[-1] for name, nodes in match.items()}
        site = captures.get("site", root)
        if rule.without and site.parent is not None and re.search(rule.without, text_of(site.parent)):
            continue
        if not rule.unless or not any(node.type in rule.unless for node in _around(site)):
            yield captures


def _around(node: Node) -> Iterator[Node]:
    """What is around ``node``, up to the statement that it is in."""
    above = node.parent
    while above is not None and not above.type.endswith(("block", "compound_statement", "statement_list")):
        yield above
        above = above.parent


def _ordered(edits: Iterator[tuple[str, Edit]], seed: int) -> Iterator[tuple[str, Edit]]:
    """All edits, shuffled, the operators taking turns as long as they have any."""
    chance = random.Random(seed)  # noqa: S311  an order, not a secret
    queues: dict[str, list[Edit]] = {}
    for operator, edit in edits:
        queues.setdefault(operator, []).append(edit)
    for queue in queues.values():
        chance.shuffle(queue)
    turns = list(queues)
    chance.shuffle(turns)
    while turns:
        for operator in turns:
            yield operator, queues[operator].pop()
        turns = [operator for operator in turns if queues[operator]]


def _unused(needed: frozenset[str], edit: Edit, original: Source, text: str) -> set[str]:
    """Those of the variables ``needed`` that the edit leaves in one place only, that of their declaration."""
    gone = needed & set(WORD.findall(original.text(edit.start, edit.end)))
    left = Counter(WORD.findall(text)) if gone else Counter()
    return {name for name in gone if left[name] == 1}


def _errors(root: Node) -> int:
    """How many nodes are no code."""
    if not root.has_error:
        return 0
    return int(root.is_error or root.is_missing) + sum(map(_errors, root.children))


def _mutant(operator: str, code: bytes, edit: Edit, text: str) -> Mutant:
    before = code[edit.start : edit.end].decode("utf-8", "surrogatepass")
    return Mutant(text, operator, operators()[operator].bug, _lines(code, edit, before), before, edit.text)


def _lines(code: bytes, edit: Edit, before: str) -> tuple[int, ...]:
    """The lines of the mutant in which it differs."""
    first = code.count(b"\n", 0, edit.start) + 1
    if not edit.text and before.endswith("\n"):
        return (first - 1, first) if first > 1 else (first,)
    old, new = before.split("\n"), edit.text.split("\n")
    if len(old) == len(new):
        return tuple(first + n for n, pair in enumerate(zip(old, new, strict=True)) if len(set(pair)) > 1)
    begin = _shared(old[:-1], new[:-1])
    end = _shared(old[:begin:-1], new[:begin:-1])
    return tuple(range(first + begin, first + len(new) - end))


def _shared(some: list[str], others: list[str]) -> int:
    """How many lines both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(some, others, strict=False)))
