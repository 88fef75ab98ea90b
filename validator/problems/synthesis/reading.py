"""The written form of the language, which is a part of Python's, read into ``tree`` with every type known.

A variable is known until the end of the block that it is first assigned in. ``x: list[int] = []`` gives a type where
the value has none. A name that stands for a constant becomes its value; the call of a function that is one expression
becomes that expression. A class stands before the rest; its methods say ``self.field``.
"""

import ast
from collections.abc import Mapping, Sequence
from functools import cache

from evaluator.graders.types import Kind, Type, parse
from validator.errors import BadIdiom
from validator.problems.synthesis import tree
from validator.problems.synthesis.operations import result_of
from validator.problems.synthesis.tree import BOOL, FLOAT, INT, STRING, Expression, Function, Literal, Name, Operation

BINARY = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.FloorDiv: "div", ast.Mod: "mod", ast.Div: "divide"}
COMPARED = {ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Eq: "eq", ast.NotEq: "ne"}
PLAIN = {int: INT, float: FLOAT, bool: BOOL, str: STRING}


def read(
    name: str,
    parameters: Sequence[tuple[str, Type]],
    result: Type,
    code: str,
    constants: Mapping[str, int | float | str],
    functions: Mapping[str, Function],
) -> Function:
    """The function that ``code`` is the body of. Raises BadIdiom with the line that makes no sense.

    ``functions`` are those that it may call, by the names that it calls them by.
    """
    parts = _parsed(code)
    classes = {one.name: one for one in parts if isinstance(one, ast.ClassDef)}
    reader = _Reader(name, result, constants, functions)
    reader.classes = {name: _class(reader, node) for name, node in classes.items()}
    body = reader.block([one for one in parts if not isinstance(one, ast.ClassDef)], dict(parameters))
    return Function(name, tuple(parameters), result, body, tuple(reader.classes.values()))


def _class(outer: "_Reader", node: ast.ClassDef) -> tree.Class:
    """Fields (``name = value`` or ``name: type = value``), then methods, with all their types."""
    found: list[tuple[str, Type, Expression]] = []
    methods: list[Function] = []
    for part in node.body:
        match part:
            case ast.FunctionDef(name, arguments, body, returns=ast.expr() as gives):
                kinds = [(one.arg, parse(ast.unparse(one.annotation))) for one in arguments.args[1:] if one.annotation]
                reader = _Reader(f"{outer.name}: {name}", parse(ast.unparse(gives)), outer.constants, outer.functions)
                reader.fields = {name: kind for name, kind, _ in found}
                methods.append(Function(name, tuple(kinds), reader.result, reader.block(body, dict(kinds))))
            case _:
                field = outer.statement(part, {})
                if not isinstance(field, tree.Declare):
                    raise outer.wrong(None, f"neither a field nor a method in class {node.name}")
                found.append((field.name, field.kind, field.value))
    return tree.Class(node.name, tuple(found), tuple(methods))


@cache
def _parsed(code: str) -> list[ast.stmt]:
    return ast.parse(code).body


class _Reader:
    """Reads one function."""

    def __init__(
        self,
        name: str,
        result: Type,
        constants: Mapping[str, int | float | str],
        functions: Mapping[str, Function],
    ) -> None:
        self.name = name
        self.result = result
        self.constants = constants
        self.functions = functions
        self.classes: dict[str, tree.Class] = {}
        self.fields: dict[str, Type] = {}
        """Of the object, in a method."""
        self.objects: dict[str, tree.Class] = {}
        """By the variables that stand for them."""

    def block(self, body: list[ast.stmt], known: dict[str, Type]) -> tuple[tree.Statement, ...]:
        inside = dict(known)
        return tuple(self.statement(part, inside) for part in body)

    def statement(self, part: ast.stmt, known: dict[str, Type]) -> tree.Statement:
        match part:
            case ast.Assign([ast.Name(name)], ast.Call(ast.Name(made_of), [])) if made_of in self.classes:
                self.objects[name] = self.classes[made_of]
                return tree.New(name, made_of)
            case ast.Assign([ast.Attribute(ast.Name("self"), name)], value):
                return self.store(name, value, known)
            case ast.AugAssign(ast.Attribute(ast.Name("self"), name) as place, op, value):
                return self.store(name, ast.BinOp(place, op, value), known)
            case ast.Assign([ast.Name(name)], value):
                return self.assign(name, self.value(value, known), known)
            case ast.AnnAssign(ast.Name(name), kind, ast.expr() as value):
                return self.assign(name, self.value(value, known, parse(ast.unparse(kind))), known)
            case ast.Assign([ast.Tuple(names)], value):
                return self.unpack(names, self.value(value, known), known)
            case ast.Assign([ast.Subscript(place, index)], value):
                found = self.value(place, known)
                return tree.Put(found, self.value(index, known), self.value(value, known, found.kind.of[-1]))
            case ast.AugAssign(ast.Name(name) as place, op, value):
                return self.assign(name, self.value(ast.BinOp(place, op, value), known), known)
            case ast.AugAssign(ast.Subscript(place, index) as target, op, value):
                changed = self.value(ast.BinOp(target, op, value), known)
                return tree.Put(self.value(place, known), self.value(index, known), changed)
            case ast.Expr(ast.Call(ast.Attribute(place, "append"), [item])):
                found = self.value(place, known)
                return tree.Append(found, self.value(item, known, found.kind.of[0]))
            case ast.Expr(ast.Call(ast.Attribute(place, "pop"), [])):
                return tree.Pop(self.value(place, known))
            case ast.Return(ast.expr() as value):
                return tree.Return(self.expected(value, known, self.result))
            case ast.Break() | ast.Continue():
                return tree.Leave(isinstance(part, ast.Break))
        return self.compound(part, known)

    def compound(self, part: ast.stmt, known: dict[str, Type]) -> tree.Statement:
        match part:
            case ast.If(test, body, orelse):
                then, otherwise = self.block(body, known), self.block(orelse, known)
                return tree.If(self.expected(test, known, BOOL), then, otherwise)
            case ast.While(test, body):
                return tree.While(self.expected(test, known, BOOL), self.block(body, known))
            case ast.For(ast.Name(name), ast.Call(ast.Name("range"), bounds), body):
                return self.count(name, bounds, body, known)
            case ast.For(ast.Name(name), items, body):
                found = self.value(items, known)
                held = found.kind.of[0] if found.kind.kind is Kind.LIST else STRING
                return tree.ForEach(name, found, self.block(body, {**known, name: held}))
            case ast.For(ast.Tuple(names), items, body):
                found = self.value(items, known)
                pair = next(name for name in ("pair", "other_pair", "third_pair") if name not in known)
                inside = {**known, pair: found.kind.of[0]}
                first = self.unpack(names, Name(found.kind.of[0], pair), inside)
                return tree.ForEach(pair, found, (first, *self.block(body, inside)))
        raise self.wrong(part, "no such statement")

    def count(self, name: str, bounds: list[ast.expr], body: list[ast.stmt], known: dict[str, Type]) -> tree.ForRange:
        """``range(stop)``, ``range(start, stop)``, or ``range(start, stop, -1)`` for start - 1 down to stop."""
        values = [self.expected(bound, known, INT) for bound in bounds[:2]]
        start = Literal(INT, 0) if len(values) == 1 else values[0]
        inside = self.block(body, {**known, name: INT})
        if len(bounds) == 3:
            return tree.ForRange(name, values[1], values[0], True, inside)
        return tree.ForRange(name, start, values[-1], False, inside)

    def assign(self, name: str, value: Expression, known: dict[str, Type]) -> tree.Statement:
        if name in known:
            if known[name] != value.kind:
                raise self.wrong(None, f"{name} is {known[name]}, and gets {value.kind}")
            return tree.Assign(name, value)
        known[name] = value.kind
        return tree.Declare(name, value.kind, value)

    def store(self, name: str, value: ast.expr, known: dict[str, Type]) -> tree.Store:
        if name not in self.fields:
            raise self.wrong(value, f"there is no field {name}")
        return tree.Store(name, self.expected(value, known, self.fields[name]))

    def unpack(self, names: list[ast.expr], value: Expression, known: dict[str, Type]) -> tree.Unpack:
        found = tuple(name.id for name in names if isinstance(name, ast.Name))
        known |= {name: kind for name, kind in zip(found, value.kind.of, strict=True) if name != "_"}
        return tree.Unpack(found, value)

    def expected(self, value: ast.expr, known: dict[str, Type], kind: Type) -> Expression:
        found = self.value(value, known, kind)
        if found.kind != kind:
            raise self.wrong(value, f"expected {kind}, got {found.kind}")
        return found

    def value(self, part: ast.expr, known: dict[str, Type], wanted: Type | None = None) -> Expression:
        match part:
            case ast.Constant(None) if wanted:
                return Operation(wanted, "none", ())
            case ast.Constant(bool() | int() | float() | str() as value):
                return Literal(PLAIN[type(value)], value)
            case ast.Name(name) if name in known:
                return Name(known[name], name)
            case ast.Name(name) if name in self.constants:
                return Literal(PLAIN[type(self.constants[name])], self.constants[name])
            case ast.Attribute(ast.Name("self"), name) if name in self.fields:
                return tree.Field(self.fields[name], name)
            case ast.List([]) | ast.Dict([], []) if wanted:
                return Operation(wanted, "list" if isinstance(part, ast.List) else "map", ())
            case ast.List([_, *_] as items):
                held = wanted.of[0] if wanted else None
                found = tuple(self.value(item, known, held) for item in items)
                return Operation(tree.list_of(found[0].kind), "list", found)
            case ast.Tuple(items):
                found = tuple(self.value(item, known) for item in items)
                return Operation(Type(Kind.TUPLE, tuple(one.kind for one in found)), "tuple", found)
        return self.compute(part, known)

    def compute(self, part: ast.expr, known: dict[str, Type]) -> Expression:
        match part:
            case ast.BinOp(left, op, right):
                return self.apply(part, BINARY[type(op)], (left, right), known)
            case ast.BoolOp(op, [*rest, last]):
                first = rest[0] if len(rest) == 1 else ast.BoolOp(op, rest)
                return self.apply(part, "and" if isinstance(op, ast.And) else "or", (first, last), known)
            case ast.Compare(left, [ast.In()], [right]):
                return self.apply(part, "has", (right, left), known)
            case ast.Compare(left, [ast.NotIn()], [right]):
                return Operation(BOOL, "not", (self.apply(part, "has", (right, left), known),))
            case ast.Compare(left, [op], [right]):
                return self.apply(part, COMPARED[type(op)], (left, right), known)
            case ast.UnaryOp(ast.USub(), ast.Constant(int() | float() as value)):
                return Literal(PLAIN[type(value)], -value)
            case ast.UnaryOp(op, operand):
                return self.apply(part, "not" if isinstance(op, ast.Not) else "neg", (operand,), known)
            case ast.Subscript(place, ast.Slice(lower, upper)):
                start, stop = lower or ast.Constant(0), upper or ast.Call(ast.Name("len"), [place], [])
                return self.apply(part, "slice", (place, start, stop), known)
            case ast.Subscript(place, index):
                return self.indexed(part, place, index, known)
            case ast.Call(ast.Name(name), arguments) if name in self.functions:
                return self.call(part, self.functions[name], [self.value(one, known) for one in arguments])
            case ast.Call(ast.Name(name), arguments):
                return self.apply(part, name, tuple(arguments), known)
            case ast.Call(ast.Attribute(ast.Name(target), name), arguments) if target in self.objects:
                return self.send(part, target, name, [self.value(one, known) for one in arguments])
            case ast.Call(ast.Attribute(place, name), arguments):
                return self.apply(part, name, (place, *arguments), known)
        raise self.wrong(part, "no such expression, or a name that is not known")

    def indexed(self, part: ast.expr, place: ast.expr, index: ast.expr, known: dict[str, Type]) -> Expression:
        found = self.value(place, known)
        if found.kind.kind is not Kind.TUPLE:
            return self.apply(part, "index", (place, index), known)
        at = self.value(index, known)
        if not isinstance(at, Literal):
            raise self.wrong(part, "which item of the tuple?")
        return Operation(found.kind.of[int(at.value)], "item", (found, at))

    def apply(self, part: ast.expr, op: str, operands: Sequence[ast.expr], known: dict[str, Type]) -> Expression:
        values = tuple(self.value(operand, known) for operand in operands)
        kinds = tuple(value.kind for value in values)
        result = result_of(op, kinds)
        if result is None:
            raise self.wrong(part, f"no {op} of {', '.join(map(str, kinds))}")
        return _simplified(Operation(result, op, values))

    def send(self, part: ast.expr, target: str, name: str, given: list[Expression]) -> tree.Send:
        made_of = self.objects[target]
        for method in made_of.methods:
            if (method.name, [kind for _, kind in method.parameters]) == (name, [value.kind for value in given]):
                return tree.Send(method.result, target, made_of.name, name, tuple(given))
        raise self.wrong(part, f"{made_of.name} has no such method")

    def call(self, part: ast.expr, function: Function, given: list[Expression]) -> Expression:
        if [value.kind for value in given] != [kind for _, kind in function.parameters]:
            raise self.wrong(part, f"{function.name} takes other arguments")
        match function.body:
            case (tree.Return(value),) if all(isinstance(one, Name | Literal) for one in given):
                names = [name for name, _ in function.parameters]
                return tree.substitute(value, dict(zip(names, given, strict=True)))
        return tree.Call(function.result, function.name, tuple(given))

    def wrong(self, part: ast.AST | None, why: str) -> BadIdiom:
        written = f" in {ast.unparse(part)!r}" if part else ""
        return BadIdiom(f"{self.name}: {why}{written}")


def _simplified(value: Operation) -> Expression:
    """Without a constant that changes nothing, and without the sum of something and a negative number."""
    match value:
        case Operation(_, "mul", (other, Literal(_, 1))) | Operation(_, "add" | "sub", (other, Literal(_, 0))):
            return other if other.kind == INT else value
        case Operation(kind, "add" | "sub" as op, (other, Literal(held, int() as number))) if number < 0:
            return Operation(kind, "sub" if op == "add" else "add", (other, Literal(held, -number)))
    return value
