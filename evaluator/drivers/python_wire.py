"""Plain data as typed JSON, rebuilt from scratch on the other side.

``evaluator.bundle`` puts this text in front of both drivers, so it imports the standard library only.

Covered, by exact type: None, bool, int, float, complex, str, bytes, bytearray, list, tuple, set, frozenset, dict,
Counter, OrderedDict, deque, range, Decimal, Fraction, dates and times, views of dicts, matches of
regular expressions; NumPy's scalars, as what they
hold. Mutable ones that are met twice, or contain themselves, arrive as one object. An iterator arrives as an iterator
over all that it still had, a namedtuple as one of the same fields, an instance of a class of the solution's or the
tests' as a record: its attributes, in the class of that name where the other side has one. A defaultdict arrives as
dict: its factory is code. Not covered: every other object. It has code of its own, and none may cross.
"""

import collections
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

DEEPEST = 100
LONGEST_ITERATOR = 200_000
SMALL = 2**63
DIRECT = (int, str, bool, float, type(None))
"""What JSON carries as it is."""

KINDS: dict[type, str] = {
    list: "list",
    tuple: "tuple",
    set: "set",
    frozenset: "frozenset",
    dict: "dict",
    defaultdict: "dict",
    Counter: "Counter",
    OrderedDict: "OrderedDict",
    deque: "deque",
    type({}.keys()): "keys",
    type({}.values()): "values",
    type({}.items()): "items",
}
EMPTY: dict[str, Callable[[], Any]] = {
    "list": list,
    "set": set,
    "dict": dict,
    "Counter": Counter,
    "OrderedDict": OrderedDict,
    "deque": deque,
}
"""The mutable kinds: they can be met twice, and be refilled."""
FROZEN: dict[str, Callable[[list[Any]], Any]] = {
    "tuple": tuple,
    "frozenset": frozenset,
    "iterator": iter,
    "keys": lambda items: dict.fromkeys(items).keys(),
    "values": lambda items: dict(enumerate(items)).values(),
    "items": lambda items: dict(items).items(),
}
SPELLED: dict[tuple[str, str], Callable[[Any], str]] = {
    ("decimal", "Decimal"): str,
    ("fractions", "Fraction"): str,
    **{("datetime", name): lambda value: value.isoformat() for name in ("date", "time", "datetime")},
}
"""Classes of the standard library whose values a word tells."""
HOMES = ("tests", "solution")
"""The modules whose classes make records."""


class Found:
    """A regular expression's match, without the expression."""

    def __init__(self, string: str, spans: tuple[tuple[int, int], ...]) -> None:
        self.string, self.regs = string, spans

    def span(self, number: int = 0) -> tuple[int, int]:
        return self.regs[number]

    def group(self, number: int = 0) -> str | None:
        begin, end = self.regs[number]
        return None if begin < 0 else self.string[begin:end]

    def groups(self) -> tuple[str | None, ...]:
        return tuple(self.group(number) for number in range(1, len(self.regs)))

    def start(self, number: int = 0) -> int:
        return self.regs[number][0]

    def end(self, number: int = 0) -> int:
        return self.regs[number][1]


class Unplain(Exception):
    """A value is not plain data; the message completes "it returned ..."."""


class Oversized(Unplain):
    """It would be plain data, were there less of it."""


class Malformed(Exception):
    """What arrived is not a frame of ours."""


NONSENSE = (Malformed, ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError, MemoryError)
"""What rebuilding a value raises where the value is none."""


class Encoder:
    """Values to JSON. A mutable container met before, or in ``known``, becomes a reference to its index."""

    def __init__(self, known: Iterable[Any] = ()) -> None:
        self.met = list(known)
        self._indexes = {id(container): index for index, container in enumerate(self.met)}

    def encode(self, value: Any, depth: int = 0) -> Any:
        kind = type(value)
        if kind is int:
            return value if -SMALL < value < SMALL else ["int", hex(value)]
        if kind is str:
            return (
                value if value.isascii() or _is_text(value) else ["str", value.encode("utf-8", "surrogatepass").hex()]
            )
        if value is None or kind is bool:
            return value
        if kind is float:
            return value if value - value == 0 else ["float", value.hex()]
        if kind in KINDS:
            return self._container(KINDS[kind], value, depth)
        if kind is bytes or kind is bytearray:
            return [kind.__name__, value.hex()]
        return self._other(kind, value, depth)

    def contents(self, container: Any, depth: int = 0) -> list[Any]:
        """Encode what is in a container; a dict's keys and values take turns."""
        return [self.encode(part, depth) for part in parts(container)]

    def _container(self, name: str, value: Any, depth: int) -> list[Any]:
        if name in EMPTY or name == "record":
            if id(value) in self._indexes:
                return ["ref", self._indexes[id(value)]]
            self._indexes[id(value)] = len(self.met)
            self.met.append(value)
        if depth >= DEEPEST:
            raise Oversized(f"containers more than {DEEPEST} deep")
        return [name, self.contents(value, depth + 1)]

    def _other(self, kind: type, value: Any, depth: int) -> Any:
        where = kind.__module__, kind.__name__
        if kind is range:
            return ["range", self.contents((value.start, value.stop, value.step))]
        if kind is complex:
            return ["complex", self.contents((value.real, value.imag))]
        if where in SPELLED:
            return [kind.__name__, SPELLED[where](value)]
        if where == ("datetime", "timedelta"):
            return ["timedelta", [value.days, value.seconds, value.microseconds]]
        if where == ("re", "Match") or kind is Found:
            return ["match", self.contents((value.string, value.regs), depth + 1)]
        if where[0] == "numpy" and isinstance(getattr(value, "shape", None), tuple) and value.shape == ():
            return self.encode(value.item(), depth + 1)
        if kind.__base__ is tuple and isinstance(fields := getattr(kind, "_fields", None), tuple):
            return ["namedtuple", [kind.__name__, list(fields), self._container("tuple", value, depth)]]
        if isinstance(value, Iterator):
            return ["iterator", self.contents(_drained(value), depth + 1)]
        if is_record(kind):
            return ["record", [kind.__name__, self._container("record", value, depth)]]
        raise Unplain(f"an object of type {kind.__name__}, which is not plain data")


class Decoder:
    """The inverse of Encoder; it raises ``NONSENSE``. ``classes`` has what records and namedtuples are made of."""

    def __init__(self, known: Iterable[Any] = (), classes: Mapping[str, Any] | None = None) -> None:
        self.met = list(known)
        self._classes = classes or {}

    def decode(self, node: Any, depth: int = 0) -> Any:
        if type(node) in DIRECT:
            return node
        kind, payload = node
        if type(payload) is list:
            if kind in EMPTY:
                container = EMPTY[kind]()
                self.met.append(container)
                refill(container, self.contents(payload, depth + 1))
                return container
            if kind in FROZEN:
                return FROZEN[kind](self.contents(payload, depth + 1))
            return self._assembled(kind, payload, depth + 1)
        if kind == "ref" and type(payload) is int:
            return self.met[payload]
        if type(payload) is not str:
            raise Malformed(f"no such kind: {str(kind)[:20]!r}")
        return _spelled(kind, payload)

    def contents(self, nodes: list[Any], depth: int = 0) -> list[Any]:
        if depth > DEEPEST:
            raise Malformed(f"containers more than {DEEPEST} deep")
        return [node if type(node) in DIRECT else self.decode(node, depth) for node in nodes]

    def _assembled(self, kind: Any, payload: list[Any], depth: int) -> Any:
        match kind, payload:
            case "range", [int(), int(), int()]:
                return range(*payload)
            case "complex", [_, _]:
                return complex(*self.contents(payload, depth))
            case "match", [_, _]:
                string, spans = self.contents(payload, depth)
                return Found(str(string), tuple((int(begin), int(end)) for begin, end in spans))
            case "timedelta", [int(), int(), int()]:
                return _datetime().timedelta(*payload)
            case "namedtuple", [str(name), list(fields), [_, list(nodes)]]:
                own = self._classes.get(name)
                is_ours = isinstance(own, type) and issubclass(own, tuple) and getattr(own, "_fields", 0) == (*fields,)
                made: Any = own if is_ours else collections.namedtuple(name, fields)
                return tuple.__new__(made, self._row(nodes, len(fields), depth))
            case "record", [str(), ["ref", int(index)]]:
                return self.met[index]
            case "record", [str(name), ["record", list(nodes)]]:
                own = self._classes.get(name)
                record: Any = object.__new__(own if isinstance(own, type) and is_record(own) else _stand_in(name))
                self.met.append(record)
                refill(record, self.contents(nodes, depth))
                return record
        raise Malformed(f"no such kind: {str(kind)[:20]!r}")

    def _row(self, nodes: list[Any], length: int, depth: int) -> list[Any]:
        if len(nodes) != length:
            raise Malformed(f"{len(nodes)} items for {length} fields")
        return self.contents(nodes, depth)


def parts(container: Any) -> list[Any]:
    """What is in a container, flat."""
    if isinstance(container, dict):
        return [part for item in container.items() for part in item]
    if is_record(type(container)):
        return [part for item in container.__dict__.items() for part in item]
    return list(container)


def refill(container: Any, contents: list[Any]) -> None:
    """Replace what is in a mutable container, in place."""
    kind = type(container)
    if kind is list or kind is deque:
        container.clear()
        container.extend(contents)
    elif kind is set:
        container.clear()
        container.update(contents)
    else:
        target = container if isinstance(container, dict) else container.__dict__
        target.clear()
        for key, value in zip(contents[::2], contents[1::2], strict=True):
            target[key] = value


def is_record(kind: type) -> bool:
    """Whether a class is the solution's or the tests' own, down to ``object``, and has instances with attributes."""
    return (
        all(base.__module__ in HOMES for base in kind.__mro__[:-1])
        and kind.__dictoffset__ != 0
        and not (issubclass(kind, type))
    )


def _stand_in(name: str) -> type:
    return type(name[:100], (), {"__module__": HOMES[0]})


def _drained(iterator: Iterator[Any]) -> list[Any]:
    items: list[Any] = []
    for item in iterator:
        if len(items) == LONGEST_ITERATOR:
            raise Oversized(f"an iterator over more than {LONGEST_ITERATOR} items")
        items.append(item)
    return items


def _spelled(kind: str, payload: str) -> Any:
    match kind:
        case "int":
            return int(payload, 16)
        case "float":
            return float.fromhex(payload)
        case "str":
            return bytes.fromhex(payload).decode("utf-8", "surrogatepass")
        case "bytes":
            return bytes.fromhex(payload)
        case "bytearray":
            return bytearray.fromhex(payload)
        case "Decimal":
            import decimal

            return decimal.Decimal(payload)
        case "Fraction":
            import fractions

            numerator, _, denominator = payload.partition("/")
            return fractions.Fraction(int(numerator), int(denominator or 1))
        case "date" | "time" | "datetime":
            return getattr(_datetime(), kind).fromisoformat(payload)
    raise Malformed(f"no such kind: {str(kind)[:20]!r}")


def _datetime() -> Any:
    import datetime

    return datetime


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
