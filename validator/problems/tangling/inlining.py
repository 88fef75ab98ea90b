"""One long function of many: the bodies of those that are called stand where they were called, with flags for results.

Nothing is moved past a test that guards it: a call in the right half of ``and`` and ``or``, or in the condition of a
``while``, stays one.
"""

import random
from dataclasses import dataclass, replace

from validator.problems.synthesis import tree
from validator.problems.synthesis.tree import (
    BOOL,
    Call,
    Expression,
    Function,
    Leave,
    Literal,
    Name,
    Operation,
    Program,
    Return,
    Statement,
)
from validator.problems.tangling.knots import Knots
from validator.problems.tangling.naming import FALSE, TRUE, Known, Names, beginning, returns

LONGEST = 90
"""Statements; beyond that, calls stay calls."""


def tangled(program: Program, rng: random.Random) -> Program:
    """A program that does the same, and is a burden to read."""
    entry = program.entry
    names = Names({function.name for function in program.functions} | {name for name, _ in entry.parameters})
    body = _Inliner(program, Knots(rng, names), names).whole()
    return tree.pruned(Program((*program.functions[:-1], replace(entry, body=_read_alone(body)))))


@dataclass(frozen=True, slots=True)
class _Exit:
    """Where a result goes instead of being returned."""

    target: Name
    done: Name
    """A flag that is up when there is a result."""
    looping: bool = False
    """Whether a loop has to be left first."""


class _Inliner:
    """Writes the last function of a program anew."""

    def __init__(self, program: Program, knots: Knots, names: Names) -> None:
        self.entry = program.entry
        self.functions = {function.name: function for function in program.functions}
        self.knots = knots
        self.names = names
        self.written = 0

    def whole(self) -> tuple[Statement, ...]:
        """The body of the function that is called from outside."""
        known: Known = {name: Name(kind, name) for name, kind in self.entry.parameters}
        return (*self.knots.flags(), *self._block(self.entry.body, known, None))

    def _block(self, body: tuple[Statement, ...], known: Known, leave: _Exit | None) -> tuple[Statement, ...]:
        known = dict(known)
        out: list[Statement] = []
        for place, part in enumerate(body):
            out += self._statement(part, known, leave)
            rest = body[place + 1 :]
            if isinstance(part, Return | Leave) or not rest:
                break
            if leave and returns(part):
                if not leave.looping:
                    unfinished = Operation(BOOL, "eq", (leave.done, FALSE))
                    out.append(tree.If(unfinished, self._block(rest, known, leave)))
                    break
                if not isinstance(part, tree.If):
                    out.append(tree.If(leave.done, (Leave(True),)))
        if leave and leave.looping and body and returns(body[-1]) and not isinstance(body[-1], tree.If | Return):
            out.append(tree.If(leave.done, (Leave(True),)))
        return tuple(out)

    def _statement(self, part: Statement, known: Known, leave: _Exit | None) -> list[Statement]:
        """What stands for ``part``: what it needs first, and itself, tangled."""
        self.written += 1
        first: list[Statement] = []
        values = [self._value(value, known, first, part) for value in tree.expressions(part)]
        match part:
            case tree.Declare(name, kind, _):
                known[name] = Name(kind, self.names.fresh(name))
                made: list[Statement] = [tree.Declare(_named(known, name), kind, values[0])]
            case tree.Assign(name, _):
                made = self.knots.assign(tree.Assign(_named(known, name), values[0]))
            case tree.Put():
                made = self.knots.put(tree.Put(values[0], values[1], values[2]))
            case tree.Append():
                made = self.knots.append(tree.Append(values[0], values[1]))
            case tree.Pop():
                made = [tree.Pop(values[0])]
            case tree.Unpack(names, value):
                made = [tree.Unpack(self._unpacked(names, value, known), values[0])]
            case Return():
                made = self._returned(values[0], leave)
            case Leave():
                made = [part]
            case _:
                made = self._compound(part, values, known, leave)
        return [*first, *made]

    def _compound(
        self, part: Statement, values: list[Expression], known: Known, leave: _Exit | None
    ) -> list[Statement]:
        inside = replace(leave, looping=True) if leave else None
        match part:
            case tree.If(_, then, otherwise):
                whole = tree.If(values[0], self._block(then, known, leave), self._block(otherwise, known, leave))
                return self.knots.choice(whole)
            case tree.While(_, body):
                return [tree.While(values[0], self._block(body, known, inside))]
            case tree.ForEach(name, items, body):
                held = items.kind.of[0] if items.kind.of else tree.STRING
                own = {**known, name: Name(held, self.names.fresh(name))}
                loop = tree.ForEach(_named(own, name), values[0], self._block(body, own, inside))
                return self.knots.each(loop, held)
            case tree.ForRange(name, _, _, down, body):
                own = {**known, name: Name(tree.INT, self.names.fresh(name))}
                return self.knots.count(
                    tree.ForRange(_named(own, name), values[0], values[1], down, self._block(body, own, inside))
                )
        raise AssertionError(part)

    def _unpacked(self, names: tuple[str, ...], value: Expression, known: Known) -> tuple[str, ...]:
        for name, kind in zip(names, value.kind.of, strict=True):
            if name != "_":
                known[name] = Name(kind, self.names.fresh(name))
        return tuple(name if name == "_" else _named(known, name) for name in names)

    def _returned(self, value: Expression, leave: _Exit | None) -> list[Statement]:
        if leave is None:
            return self.knots.result(value)
        made: list[Statement] = [tree.Assign(leave.target.name, value), tree.Assign(leave.done.name, TRUE)]
        return [*made, Leave(True)] if leave.looping else made

    def _value(self, value: Expression, known: Known, first: list[Statement] | None, part: Statement) -> Expression:
        """``value`` in the new names; calls in it are worked off in ``first``, where that is possible."""
        if isinstance(part, tree.While):
            first = None
        match value:
            case Literal():
                return value
            case Name(name=name):
                return known[name]
            case Operation(kind, op, operands):
                later = None if op in ("and", "or") else first
                head = [self._value(one, known, first, part) for one in operands[:1]]
                return Operation(kind, op, (*head, *(self._value(one, known, later, part) for one in operands[1:])))
            case Call(kind, function, arguments):
                given = tuple(self._value(one, known, first, part) for one in arguments)
                if first is None or self.written > LONGEST or self.functions[function].classes:
                    return Call(kind, function, given)
                return self._inlined(self.functions[function], given, first)
        raise AssertionError(value)  # fields and methods: only functions with classes have them

    def _inlined(self, function: Function, given: tuple[Expression, ...], first: list[Statement]) -> Name:
        """The variable that holds the result of ``function``, after what is added to ``first``."""
        known: Known = {}
        for (name, kind), value in zip(function.parameters, given, strict=True):
            if not isinstance(value, Name | Literal):
                held = Name(kind, self.names.fresh(name))
                first.append(tree.Declare(held.name, kind, value))
                value = held
            known[name] = value
        target = Name(function.result, self.names.fresh("result"))
        *body, last = function.body
        if isinstance(last, Return) and not any(map(returns, body)):
            for part in body:
                first += self._statement(part, known, None)
            value = self._value(last.value, known, first, last)
            first.append(tree.Declare(target.name, target.kind, value))
            return target
        done = Name(BOOL, self.names.fresh("done"))
        first.append(tree.Declare(target.name, target.kind, beginning(target.kind)))
        first.append(tree.Declare(done.name, BOOL, FALSE))
        first += self._block(function.body, known, _Exit(target, done))
        return target


def _named(known: Known, name: str) -> str:
    found = known[name]
    assert isinstance(found, Name)
    return found.name


def _read_alone(body: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """``body`` without flags that nothing asks for."""
    values = [value for part in tree.statements(body) for one in tree.expressions(part) for value in tree.walk(one)]
    read = {value.name for value in values if isinstance(value, Name)}
    return _without(body, read)


def _without(body: tuple[Statement, ...], read: set[str]) -> tuple[Statement, ...]:
    kept: list[Statement] = []
    for part in body:
        match part:
            case tree.Declare(name=name) | tree.Assign(name=name) if name.startswith("done") and name not in read:
                continue
            case tree.If(condition, then, otherwise):
                kept.append(tree.If(condition, _without(then, read), _without(otherwise, read)))
            case tree.While() | tree.ForEach() | tree.ForRange():
                kept.append(replace(part, body=_without(part.body, read)))
            case _:
                kept.append(part)
    return tuple(kept)
