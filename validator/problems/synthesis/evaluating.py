"""What a program of ``tree`` means: it is made into functions of Python that count their steps, and called.

A step is a turn of a loop, a call, or an item that an operation has to look at. Whatever one of the seven languages
would see otherwise is a Fault: an integer beyond 2**53, an index outside, a divisor that is not positive.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

from evaluator.graders.types import Type
from validator.errors import Fault
from validator.problems.synthesis import tree
from validator.problems.synthesis.tree import Call, Expression, Function, Literal, Name, Operation, Program

LARGEST = 2**53 - 1
Frame = dict[str, Any]
Compute = Callable[[Frame], Any]
Step = Callable[[Frame], Any]
BREAK, CONTINUE = object(), object()


class Evaluator:
    """A program, ready to be called often."""

    def __init__(self, program: Program, most_steps: int = 200_000) -> None:
        self.most_steps = most_steps
        self.steps = 0
        """Of the last call."""
        self._functions: dict[str, Callable[..., Any]] = {}
        for function in program.functions:
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

    def _compiled(self, function: Function) -> Callable[..., Any]:
        names = [name for name, _ in function.parameters]
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


def _bounded(value: Any) -> Any:
    if type(value) is int and not -LARGEST <= value <= LARGEST:
        raise Fault("an integer beyond 2**53")
    return value


def _positive(divisor: int) -> int:
    if divisor <= 0:
        raise Fault(f"a divisor of {divisor}")
    return divisor


def _divide(one: float, other: float) -> float:
    if other == 0:
        raise Fault("a division by zero")
    return one / other


def _index(place: Any, at: Any) -> Any:
    if isinstance(place, dict):
        if at not in place:
            raise Fault(f"no key {at!r}")
    elif not 0 <= at < len(place):
        raise Fault(f"index {at} of {len(place)}")
    return place[at]


def _slice(place: Any, start: int, stop: int) -> Any:
    if not 0 <= start <= stop <= len(place):
        raise Fault(f"a slice from {start} to {stop} of {len(place)}")
    return place[start:stop]


def _number(text: str) -> int:
    digits = text[1:] if text[:1] == "-" else text
    if not (digits.isascii() and digits.isdigit() and len(digits) < 16):
        raise Fault(f"no number: {text!r}")
    return int(text)


def _split(text: str, separator: str) -> list[str]:
    """No parts in an empty text, so that splitting undoes joining."""
    return text.split(separator) if text else []


def _filled(count: int, item: Any) -> list[Any]:
    if not 0 <= count <= 100_000:
        raise Fault(f"a list of {count}")
    return [item] * count


MEANINGS: Mapping[str, Callable[..., Any]] = {
    "add": lambda one, other: _bounded(one + other),
    "sub": lambda one, other: _bounded(one - other),
    "mul": lambda one, other: _bounded(one * other),
    "div": lambda one, other: one // _positive(other),
    "mod": lambda one, other: one % _positive(other),
    "divide": _divide,
    "lt": lambda one, other: one < other,
    "le": lambda one, other: one <= other,
    "gt": lambda one, other: one > other,
    "ge": lambda one, other: one >= other,
    "eq": lambda one, other: one == other,
    "ne": lambda one, other: one != other,
    "not": lambda one: not one,
    "neg": lambda one: -one,
    "abs": abs,
    "min": min,
    "max": max,
    "float": float,
    "floor": lambda one: _bounded(math.floor(one)),
    "str": str,
    "int": _number,
    "ord": ord,
    "chr": lambda code: chr(code) if 32 <= code < 127 else _index("", code),
    "is_digit": str.isdigit,
    "is_letter": str.isalpha,
    "is_upper": str.isupper,
    "is_lower": str.islower,
    "upper": str.upper,
    "lower": str.lower,
    "len": len,
    "index": _index,
    "item": lambda place, at: place[at],
    "slice": _slice,
    "get": lambda place, key, other: place.get(key, other),
    "has": lambda place, item: item in place,
    "keys": sorted,
    "sorted": sorted,
    "reversed": lambda items: items[::-1],
    "copy": list,
    "filled": _filled,
    "some": lambda value: value,
    "sum": lambda items: _bounded(sum(items)) if all(type(item) is int for item in items) else _added(items),
    "split": _split,
    "join": lambda parts, separator: separator.join(parts),
}
COSTLY = frozenset({"slice", "has", "keys", "sorted", "reversed", "copy", "sum", "split", "join", "upper", "lower"})


def _added(items: list[float]) -> float:
    """From left to right, as a loop would: Python's own sum of floats is more exact than that."""
    total = 0.0
    for item in items:
        total += item
    return total
