"""The completion as its tests see it: functions, classes and objects that live in another process.

Covered: nothing but plain data arrives; an answer without its call, twice, out of order, too large or malformed is a
fault that no test can swallow. Whether a name is a function or a class is read off the tests, so that the
completion cannot choose to answer with objects. Two of its objects are never compared: its own ``__eq__``
would decide, so such tests are refused.
"""

import builtins
import reprlib
import socket
from typing import Any, Literal, Never

from evaluator.drivers.python_frames import receive, send
from evaluator.drivers.python_wire import NONSENSE, Decoder, Encoder, Oversized, Unplain, refill

BAD_TESTS = 3
"""Exit code: the tests cannot be run, whatever the completion."""

Status = Literal["passed", "failed", "raised", "ended", "unusable"]
"""The last three: a call raised what the tests did not expect; the completion's process hung up; BAD_TESTS, and why."""


class Broken(BaseException):
    """The completion broke the exchange. Not an Exception, so that a test's own handlers let it through."""


class Link:
    """The exchange with the completion's process: one request, one answer."""

    def __init__(self, connection: socket.socket, classes: dict[str, Any]) -> None:
        self.connection = connection
        self.classes = classes
        self.calls = 0
        self.last: str | None = None
        self.raised: Exception | None = None
        self.fault: tuple[Status, str] | None = None
        self.gave_objects = False

    def ask(self, verb: str, subject: str | int, name: str, arguments: Any, keywords: Any) -> Any:
        """Cross over and come back: with the result, or raising what was raised there. Raises Broken."""
        self.expect_silence()
        self.calls += 1
        encoder = Encoder()
        try:
            call = encoder.encode((arguments, keywords))
            send(self.connection, [self.calls, verb, subject, name, call])
            reply = receive(self.connection)
        except Unplain as unplain:
            self.refuse(unplain)
        except OSError:
            reply = None
        except NONSENSE as error:
            self.break_off("failed", f"its answer to call {self.calls} is malformed: {error}")
        if reply is None:
            self.break_off("ended", f"it ended before it answered call {self.calls}")
        return self.rebuild(verb, encoder.met, reply)

    def rebuild(self, verb: str, containers: list[Any], reply: Any) -> Any:
        """Bring the arguments to their new state, then return or raise what the completion did."""
        try:
            number, kind, *rest = reply
            if number != self.calls or type(number) is not int:
                self.break_off("failed", f"call {self.calls} was answered out of order")
            if kind == "unplain":
                self.break_off("failed", f"call {self.calls} returned {str(rest[0])[:300]}")
            *outcome, states = rest
            decoder = Decoder(containers, self.classes)
            result, error = self.read(decoder, verb, kind, outcome)
            new = [None if state is None else decoder.contents(state) for state in states]
            for container, contents in zip(containers, new, strict=True):
                if contents is not None:
                    refill(container, contents)
        except NONSENSE as nonsense:
            self.break_off("failed", f"its answer to call {self.calls} is malformed: {nonsense}")
        if error is not None:
            self.raised, self.last = error, None
            raise error
        self.last = f"call {self.calls} returned {shown(result)}"
        return result

    def read(self, decoder: Decoder, verb: str, kind: Any, outcome: list[Any]) -> tuple[Any, Exception | None]:
        """Return the result and no error, or an error."""
        if kind == "returned" and verb != "make":
            (result,) = outcome
            return decoder.decode(result), None
        if kind == "object" and verb != "call":
            (index,) = outcome
            self.gave_objects |= verb != "make"
            return Remote(self, int(index)), None
        if kind == "method" and verb == "read":
            return METHOD, None
        name, message = outcome
        return None, exception(str(name), str(decoder.decode(message)))

    def expect_silence(self) -> None:
        """Break off if something arrived that no call asked for, or if the exchange was broken before."""
        if self.fault is not None:
            raise Broken
        try:
            unasked = self.connection.recv(1, socket.MSG_DONTWAIT | socket.MSG_PEEK)
        except OSError:
            return
        if unasked:
            self.break_off("failed", f"it answered before it was asked, after call {self.calls}")

    def refuse(self, unplain: Unplain) -> Never:
        """The tests pass what cannot cross: their fault, unless an earlier answer may have brought it about."""
        if isinstance(unplain, Oversized) or self.gave_objects:
            self.break_off("failed", f"call {self.calls} was to be passed {unplain}")
        self.break_off("unusable", f"the tests pass {unplain}")

    def break_off(self, status: Status, detail: str) -> Never:
        self.fault = (status, detail)
        raise Broken(detail)


METHOD = object()
"""What ``read`` gives for something to be called."""


class Function:
    """A function of the completion's."""

    def __init__(self, link: Link, name: str) -> None:
        self.__name__ = name
        self._link = link

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        return self._link.ask("call", self.__name__, "", arguments, keywords)


class Remote:
    """A class of the completion's, or an object that it keeps; its attributes and methods cross as they are used."""

    def __init__(self, link: Link, subject: str | int) -> None:
        self.__dict__.update(_link=link, _subject=subject)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        if isinstance(self._subject, str):
            return self._link.ask("make", self._subject, "", arguments, keywords)
        return _method(self, "__call__")(*arguments, **keywords)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = self._link.ask("read", self._subject, name, (), {})
        return _method(self, name) if value is METHOD else value

    def __setattr__(self, name: str, value: Any) -> None:
        self._link.ask("write", self._subject, name, (value,), {})

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Remote) and other is not self:
            self._link.refuse(Unplain("two objects of the solution's to be compared, and it would be the judge"))
        return other is self

    def __bool__(self) -> bool:
        for name in ("__bool__", "__len__"):
            try:
                return bool(_method(self, name)())
            except AttributeError:
                continue
        return True

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"<{self._subject} of the solution's>"


def _method(owner: Remote, name: str) -> Any:
    def method(*arguments: Any, **keywords: Any) -> Any:
        return owner._link.ask("invoke", owner._subject, name, arguments, keywords)

    return method


def _special(name: str) -> Any:
    return lambda self, *arguments: _method(self, name)(*arguments)


for _name in ("len", "getitem", "setitem", "delitem", "contains", "iter", "next", "str", "int", "float"):
    setattr(Remote, f"__{_name}__", _special(f"__{_name}__"))


def proxy(link: Link, name: str, is_class: bool) -> Function | Remote:
    """What stands for ``name`` in the tests."""
    return Remote(link, name) if is_class else Function(link, name)


def exception(name: str, message: str) -> Exception:
    """A builtin exception by name; RuntimeError for every other."""
    kind = getattr(builtins, name, None)
    if isinstance(kind, type) and issubclass(kind, Exception):
        try:
            return kind(message)
        except TypeError:  # UnicodeDecodeError and its like cannot be made from a message
            pass
    return RuntimeError(f"{name}: {message}")


def shown(value: object) -> str:
    """A short representation."""
    try:
        return reprlib.repr(value)
    except ValueError:  # an integer of more digits than Python agrees to print
        return f"an enormous {type(value).__name__}"
