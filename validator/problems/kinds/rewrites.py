"""The same function, written otherwise: what a suite of tests must accept, if it tests what is specified and no more.

Comparisons are turned round, conditions negated with their branches exchanged, sums and products of integers written
the other way round, and a map is filled in the opposite order. Floats are left as they are: their sums would differ.
"""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace

from evaluator.graders.types import Kind, Type
from validator.problems.synthesis import tree
from validator.problems.synthesis.operations import SORTABLE
from validator.problems.synthesis.tree import Function, If, Name, Operation, Program

TURNED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le", "eq": "eq", "ne": "ne"}
COMMUTING = frozenset({"add", "mul"})


def rewritten(program: Program) -> Program:
    """A program with the same results, whatever it is given; the keys of a map may come in another order."""
    functions = [_function(function) for function in program.functions]
    return Program((*functions[:-1], *_reordered(functions[-1])))


def _function(function: Function) -> Function:
    body = _everywhere(function.body, _turned)
    return replace(function, body=body)  # type: ignore[arg-type]  # of statements, as before


def _everywhere(part: object, change: Callable[[object], object]) -> object:
    """``part`` with ``change`` made to it and to all in it, the innermost first."""
    if isinstance(part, tuple):
        return tuple(_everywhere(one, change) for one in part)
    if is_dataclass(part) and not isinstance(part, Type | type):
        inner = {one.name: _everywhere(getattr(part, one.name), change) for one in fields(part)}
        return change(replace(part, **inner))
    return part


def _turned(part: object) -> object:
    match part:
        case Operation(kind, op, (left, right)) if op in TURNED:
            return Operation(kind, TURNED[op], (right, left))
        case Operation(Type(Kind.INT) as kind, op, (left, right)) if op in COMMUTING:
            return Operation(kind, op, (right, left))
        case If(condition, then, (_, *_) as otherwise):
            return If(Operation(tree.BOOL, "not", (condition,)), otherwise, then)
    return part


def _reordered(entry: Function) -> tuple[Function, ...]:
    """``entry``; where it returns a map, under another name, and behind what fills the map from its last key on."""
    kind = entry.result
    if kind.kind is not Kind.MAP or kind.of[0].kind not in SORTABLE:
        return (entry,)
    inner = replace(entry, name=f"{entry.name}_unordered")
    made, other = Name(kind, "found_map"), Name(kind, "turned_map")
    key = Name(kind.of[0], "found_key")
    keys = Operation(tree.list_of(key.kind), "keys", (made,))
    call = tree.Call(kind, inner.name, tuple(Name(held, name) for name, held in entry.parameters))
    body: tuple[tree.Statement, ...] = (
        tree.Declare(made.name, kind, call),
        tree.Declare(other.name, kind, Operation(kind, "map", ())),
        tree.ForEach(
            key.name,
            Operation(keys.kind, "reversed", (keys,)),
            (tree.Put(other, key, Operation(kind.of[1], "index", (made, key))),),
        ),
        tree.Return(other),
    )
    return inner, replace(entry, body=body)
