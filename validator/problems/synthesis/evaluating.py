"""What a program of ``tree`` means: it is made into functions of Python that count their steps, and called.

A step is a turn of a loop, a call, or an item that an operation has to look at. Whatever one of the seven languages
would see otherwise is a Fault: an integer beyond 2**53, an index outside, a divisor that is not positive.
"""

from collections.abc import Callable
from typing import Any

from evaluator.graders.types import Type
from validator.errors import Fault
from validator.problems.synthesis import tree
from validator.problems.synthesis.meanings import COSTLY, MEANINGS
from validator.problems.synthesis.tree import (
    Call,
    Class,
    Expression,
    Field,
    Function,
    Literal,
    Name,
    Operation,
    Program,
    Send,
)

Frame = dict[str, Any]
Compute = Callable[[Frame], Any]
Step = Callable[[Frame], Any]
BREAK, CONTINUE = object(), object()
SELF = "self"
"""In the frame of a method, what holds the fields of its object."""


class Evaluator:
    """A program, ready to be called often."""

    def __init__(self, program: Program, most_steps: int = 200_000) -> None:
        self.most_steps = most_steps
        self.steps = 0
        """Of the last call."""
        self._functions: dict[str, Callable[..., Any]] = {}
        self._fields: dict[str, list[tuple[str, Compute]]] = {}
        for function in program.functions:
            for made_of in function.classes:
                self._prepare(made_of)
            self._functions[function.name] = self._compiled(function)
        self._entry = self._functions[program.entry.name]

    def __call__(self, *arguments: Any) -> Any:
        """The result for such arguments. Raises Fault if there is none, or only after more steps than allowed."""
        self.steps = 0
        return self._entry(*arguments)

    def spend(self, steps: int) -> None:
        """Count ``steps``. Raises Fault when there are too many."""
        self.steps += steps
        if self.steps > self.most_steps:
            raise Fault(f"more than {self.most_steps} steps")

    def _prepare(self, made_of: Class) -> None:
        self._fields[made_of.name] = [(name, self._expression(value)) for name, _, value in made_of.fields]
        for method in made_of.methods:
            self._functions[f"{made_of.name}.{method.name}"] = self._compiled(method, SELF)

    def _compiled(self, function: Function, *more: str) -> Callable[..., Any]:
        names = [*more, *(name for name, _ in function.parameters)]
        body = self._block(function.body)

        def call(*arguments: Any) -> Any:
            self.spend(1)
            left = body(dict(zip(names, arguments, strict=True)))
            if type(left) is not tuple:
                raise Fault(f"{function.name} ended without a result")
            return left[0]

        return call

    def _block(self, body: tuple[tree.Statement, ...]) -> Step:
        steps = [self._statement(part) for part in body]

        def run(frame: Frame) -> Any:
            for step in steps:
                left = step(frame)
                if left is not None:
                    return left
            return None

        return run

    def _statement(self, part: tree.Statement) -> Step:
        """What runs it: None to go on, BREAK, CONTINUE, or a tuple with the function's result."""
        values = [self._expression(value) for value in tree.expressions(part)]
        match part:
            case tree.Declare(name=name) | tree.Assign(name=name):
                return _assigning(name, values[0])
            case tree.Store(name=name):
                return lambda frame: frame[SELF].update({name: values[0](frame)})
            case tree.New(name, made_of):
                fields = self._fields[made_of]
                return lambda frame: frame.update({name: {field: value({}) for field, value in fields}})
            case tree.Put():
                return _putting(*values)
            case tree.Append():
                return lambda frame: values[0](frame).append(values[1](frame))
            case tree.Pop():
                return lambda frame: _popped(values[0](frame))
            case tree.Unpack(names):
                return lambda frame: frame.update(zip(names, values[0](frame), strict=True))
            case tree.If(_, then, otherwise):
                yes, no = self._block(then), self._block(otherwise)
                return lambda frame: yes(frame) if values[0](frame) else no(frame)
            case tree.Leave(loop):
                left = BREAK if loop else CONTINUE
                return lambda frame: left
            case tree.Return():
                return lambda frame: (values[0](frame),)
            case tree.While(_, body):
                return self._while(values[0], self._block(body))
            case tree.ForEach(name, _, body):
                return self._each(name, lambda frame: list(values[0](frame)), self._block(body))
            case tree.ForRange(name, _, _, down, body):
                order = -1 if down else 1
                return self._each(
                    name, lambda frame: range(values[0](frame), values[1](frame))[::order], self._block(body)
                )

    def _while(self, condition: Compute, body: Step) -> Step:
        def run(frame: Frame) -> Any:
            while condition(frame):
                self.spend(1)
                left = body(frame)
                if left is BREAK:
                    return None
                if left is not None and left is not CONTINUE:
                    return left
            return None

        return run

    def _each(self, name: str, items: Compute, body: Step) -> Step:
        def run(frame: Frame) -> Any:
            for item in items(frame):
                frame[name] = item
                self.spend(1)
                left = body(frame)
                if left is BREAK:
                    return None
                if left is not None and left is not CONTINUE:
                    return left
            return None

        return run

    def _expression(self, value: Expression) -> Compute:
        match value:
            case Literal(value=found):
                return lambda frame: found
            case Name(name=name):
                return lambda frame: frame[name]
            case Call(function=name, arguments=arguments):
                function, given = self._functions[name], [self._expression(one) for one in arguments]
                return lambda frame: function(*[one(frame) for one in given])
            case Field(name=name):
                return lambda frame: frame[SELF][name]
            case Send(_, name, made_of, method, arguments):
                function, given = (
                    self._functions[f"{made_of}.{method}"],
                    [self._expression(one) for one in arguments],
                )
                return lambda frame: function(frame[name], *[one(frame) for one in given])
            case Operation(kind, op, operands):
                return self._operation(kind, op, [self._expression(one) for one in operands])

    def _operation(self, kind: Type, op: str, given: list[Compute]) -> Compute:
        match op, given:
            case "and", [left, right]:
                return lambda frame: left(frame) and right(frame)
            case "or", [left, right]:
                return lambda frame: left(frame) or right(frame)
            case "list", _:
                return lambda frame: [one(frame) for one in given]
            case "tuple", _:
                return lambda frame: tuple([one(frame) for one in given])
            case (("map" | "none"), _):
                return (lambda frame: {}) if op == "map" else (lambda frame: None)
        function = MEANINGS[op]
        if op in COSTLY:
            return self._costly(function, given)
        if len(given) == 1:
            (only,) = given
            return lambda frame: function(only(frame))
        if len(given) == 2:
            first, second = given
            return lambda frame: function(first(frame), second(frame))
        return lambda frame: function(*[one(frame) for one in given])

    def _costly(self, function: Callable[..., Any], given: list[Compute]) -> Compute:
        """Something that looks at every item of what it is given."""

        def run(frame: Frame) -> Any:
            values = [one(frame) for one in given]
            self.spend(sum(len(value) if hasattr(value, "__len__") else 1 for value in values))
            return function(*values)

        return run


def _assigning(name: str, value: Compute) -> Step:
    def run(frame: Frame) -> None:
        frame[name] = value(frame)

    return run


def _putting(place: Compute, index: Compute, value: Compute) -> Step:
    def run(frame: Frame) -> None:
        where, at = place(frame), index(frame)
        if isinstance(where, list) and not 0 <= at < len(where):
            raise Fault(f"index {at} of {len(where)}")
        where[at] = value(frame)

    return run


def _popped(items: list[Any]) -> None:
    if not items:
        raise Fault("nothing to pop")
    items.pop()
