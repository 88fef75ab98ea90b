"""Detours that change nothing: each takes one statement, and gives some that do the same."""

import random
from dataclasses import replace

from evaluator.graders.types import Type
from validator.problems.synthesis import tree
from validator.problems.synthesis.tree import BOOL, INT, Expression, Literal, Name, Operation, Statement
from validator.problems.tangling.naming import FALSE, TRUE, Names, changes, goes_on, returns

TEMPORARY, INVERTED, SPLIT, AGAIN, DOUBLED, INDEXED, SHIFTED, WHILE = 0.4, 0.6, 0.8, 0.35, 0.5, 0.9, 0.5, 0.7
"""How often each is done where it can be."""
MOST_DOUBLED, MOST_LOOPS_DOUBLED, LONGEST_DOUBLED = 4, 2, 12
"""Statements, loops, and statements in such a loop: a copy has copies in it."""


class Knots:
    """Ties them, as random numbers say."""

    def __init__(self, rng: random.Random, names: Names) -> None:
        self.rng = rng
        self.names = names
        self.dead = Name(BOOL, names.fresh(rng.choice(["debug", "legacy", "strict", "checked"])))
        self.doubled = self.loops_doubled = 0

    def flags(self) -> list[Statement]:
        """What all begins with: a flag that never changes, and is asked for again and again."""
        start: list[Statement] = [tree.Declare(self.dead.name, BOOL, TRUE)]
        return [*start, tree.If(_is(self.dead, False), (tree.Assign(self.dead.name, TRUE),))]

    def assign(self, part: tree.Assign) -> list[Statement]:
        """A variable's other value."""
        first, value = self._held(part.value)
        return [*first, *self._twice(replace(part, value=value))]

    def append(self, part: tree.Append) -> list[Statement]:
        """One more item."""
        first, value = self._held(part.value)
        return [*first, *self._twice(replace(part, value=value))]

    def put(self, part: tree.Put) -> list[Statement]:
        """An item in its place."""
        first, index = self._held(part.index)
        return [*first, *self._twice(replace(part, index=index))]

    def result(self, value: Expression) -> list[Statement]:
        """The end of the function."""
        answer = self.names.fresh("answer")
        return [tree.Declare(answer, value.kind, value), tree.Return(Name(value.kind, answer))]

    def choice(self, part: tree.If) -> list[Statement]:
        """One of two blocks: asked the other way round, in two steps, or again."""
        match part.condition:
            case Operation(_, "and", (left, right)) if self._wants(SPLIT) and not _declares(part.otherwise):
                inner = tree.If(right, part.then, part.otherwise)
                return self.choice(tree.If(left, (inner,), part.otherwise))
        if part.otherwise and self._wants(INVERTED):
            return [tree.If(_is(part.condition, False), part.otherwise, part.then)]
        if self._wants(AGAIN):
            flag = Name(BOOL, self.names.fresh("ok"))
            again = tree.If(_is(flag, True), part.then)
            return [tree.Declare(flag.name, BOOL, part.condition), tree.If(flag, (again,), part.otherwise)]
        return [part]

    def each(self, part: tree.ForEach, held: Type) -> list[Statement]:
        """A loop over items, by their numbers."""
        first: list[Statement] = []
        items = part.items
        if not isinstance(items, Name):
            items = Name(items.kind, self.names.fresh("data"))
            first.append(tree.Declare(items.name, items.kind, part.items))
        if changes(part.body, items.name) or not self._wants(INDEXED):
            return [*first, *self._loop([replace(part, items=items)])]
        index = Name(INT, self.names.fresh("idx"))
        size = Operation(INT, "len", (items,))
        at: Expression = index
        start: Expression = Literal(INT, 0)
        stop = size
        if self._wants(SHIFTED):
            start, stop = Literal(INT, 1), Operation(INT, "add", (size, Literal(INT, 1)))
            at = Operation(INT, "sub", (index, Literal(INT, 1)))
        item = tree.Declare(part.name, held, Operation(held, "index", (items, at)))
        return [*first, *self.count(tree.ForRange(index.name, start, stop, False, (item, *part.body)))]

    def count(self, part: tree.ForRange) -> list[Statement]:
        """A loop over numbers, with a counter of its own."""
        ends = isinstance(part.body[-1], tree.Leave | tree.Return)
        if part.down or ends or goes_on(part.body) or changes(part.body, part.name) or not self._wants(WHILE):
            return self._loop([part])
        number, limit = Name(INT, part.name), Name(INT, self.names.fresh("limit"))
        more = tree.Assign(number.name, Operation(INT, "add", (number, Literal(INT, 1))))
        loop = tree.While(Operation(BOOL, "lt", (number, limit)), (*part.body, more))
        declared = [tree.Declare(number.name, INT, part.start), tree.Declare(limit.name, INT, part.stop)]
        return self._loop([*declared, loop])

    def _loop(self, parts: list[Statement]) -> list[Statement]:
        """A loop and what it needs, as it is, or in both branches of a question whose answer is known."""
        size = sum(1 for _ in tree.statements(tuple(parts)))
        if self.loops_doubled >= MOST_LOOPS_DOUBLED or size > LONGEST_DOUBLED or not self._wants(DOUBLED):
            return parts
        self.loops_doubled += 1
        return [tree.If(_is(self.dead, False), tuple(parts), tuple(parts))]

    def _held(self, value: Expression) -> tuple[list[Statement], Expression]:
        """``value`` by way of a variable that nothing else needs."""
        if not isinstance(value, Operation) or not value.operands or not self._wants(TEMPORARY):
            return [], value
        name = self.names.fresh("tmp")
        return [tree.Declare(name, value.kind, value)], Name(value.kind, name)

    def _twice(self, part: Statement) -> list[Statement]:
        """The same in both branches of a question whose answer is known."""
        if self.doubled >= MOST_DOUBLED or returns(part) or not self._wants(DOUBLED):
            return [part]
        self.doubled += 1
        return [tree.If(self.dead, (part,), (part,))]

    def _wants(self, share: float) -> bool:
        return self.rng.random() < share


def _is(value: Expression, wanted: bool) -> Expression:
    """The question whether something is true, asked at length."""
    return Operation(BOOL, "eq", (value, TRUE if wanted else FALSE))


def _declares(body: tuple[Statement, ...]) -> bool:
    return any(
        isinstance(part, tree.Declare | tree.Unpack | tree.ForEach | tree.ForRange) for part in tree.statements(body)
    )
