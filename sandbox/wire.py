"""What the clients send and read: requests, answers, events of a stream, and which failures are worth another try."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeVar

import httpx
import tenacity
from pydantic import TypeAdapter, ValidationError

from sandbox import errors
from sandbox.errors import SandboxError, ServerUnreachable
from sandbox.protocol import Bytes, Execution, Message, Program

CONNECT_SECONDS = 10.0
GRACE_SECONDS = 60.0
"""How long an answer may take beyond what the program's limits allow: it may have to queue."""
LONGEST_WAIT_SECONDS = 60.0
JSON = {"Content-Type": "application/json"}
AGAIN = (429, 503, 504)
HUNG_UP = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)
"""Nobody listens, or somebody did and went. An execution changes nothing but its answer, so it may be sent again."""


BACKOFF = tenacity.wait_exponential(0.1, max=10) + tenacity.wait_random(0, 0.2)


class LanguageInfo(Message, extra="ignore"):
    """One language that a server runs."""

    name: str
    aliases: tuple[str, ...]
    compiled: bool
    version: str | None = None
    image: str | None = None


class Queued(Message):
    """The first event: how to call the execution, and how many go before it."""

    id: str
    ahead: int


class Compiling(Message):
    """The compiler starts."""


class Running(Message):
    """A run starts."""

    run: int


class Written(Message):
    """Something that the program wrote; the compiler where ``run`` is None."""

    stream: Literal["stdout", "stderr"]
    run: int | None
    data: Bytes


class Restarted(Message):
    """The container was lost: what this step told so far is void."""

    run: int | None


Event = Queued | Compiling | Running | Written | Restarted | Execution
"""What a stream tells; the Execution comes last."""
_EVENTS: dict[str, type[Event]] = {
    "queued": Queued,
    "compile": Compiling,
    "run": Running,
    "stdout": Written,
    "stderr": Written,
    "restarted": Restarted,
    "result": Execution,
}
_LANGUAGES: TypeAdapter[tuple[LanguageInfo, ...]] = TypeAdapter(tuple[LanguageInfo, ...])


T = TypeVar("T")


class _Order(Program):
    """A program on the wire."""

    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """One POST: what is sent, and how long its answer may take."""

    content: bytes
    timeout: httpx.Timeout


def order(program: Program, *, fresh: bool) -> Order:
    """``program`` as it is sent."""
    wanted = _Order.model_construct(**dict(program), fresh=fresh)
    seconds = program.compile_limits.wall_seconds + len(program.runs) * program.limits.wall_seconds + GRACE_SECONDS
    content = wanted.to_json(exclude_defaults=True)
    return Order(content, httpx.Timeout(seconds, connect=CONNECT_SECONDS, pool=None))


def execution_of(response: httpx.Response) -> Execution:
    """The facts in an answer. Raises ServerUnreachable."""
    return _parsed(TypeAdapter(Execution), response)


def languages_of(response: httpx.Response) -> tuple[LanguageInfo, ...]:
    """The languages in an answer. Raises ServerUnreachable."""
    return _parsed(_LANGUAGES, response)


def check(response: httpx.Response) -> httpx.Response:
    """``response``, read, if it is no refusal. Raises the error that it tells of, as Again if it may pass."""
    if response.is_success:
        return response
    error = _refusal(response)
    if response.status_code in AGAIN:
        raise Again(error, _seconds(response.headers.get("Retry-After")))
    raise error


class Again(Exception):
    """``error`` may pass: worth another try, after ``seconds`` if the server says when."""

    def __init__(self, error: SandboxError, seconds: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.seconds = seconds


def retrying(patience_seconds: float) -> dict[str, Any]:
    """How tenacity is to try again: for so long, and when the server says, if it says."""
    return {
        "retry": tenacity.retry_if_exception_type(Again),
        "wait": _wait,
        "stop": tenacity.stop_before_delay(patience_seconds),
        "retry_error_callback": _give_up,
    }


def unreachable(url: httpx.URL | str, error: httpx.HTTPError) -> SandboxError | Again:
    """``error`` in our words; as Again where the server hung up or does not listen."""
    ours = ServerUnreachable(f"no answer from the sandbox server at {url}: {str(error) or type(error).__name__}")
    return Again(ours) if isinstance(error, HUNG_UP) else ours


def cut_off(url: httpx.URL) -> SandboxError:
    """What to raise when a stream ends without a result."""
    return ServerUnreachable(f"the sandbox server at {url} ended a stream before its result")


class Events:
    """Server-sent events, line by line."""

    def __init__(self) -> None:
        self._name = ""
        self._data: list[str] = []

    def read(self, line: str) -> Event | None:
        """The event that ``line`` completes, if it does. Raises the error that an event tells of."""
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self._name = value
        elif name == "data":
            self._data.append(value)
        elif not line and self._data:
            name, data = self._name, "\n".join(self._data)
            self._name, self._data = "", []
            return _event(name, data)
        return None


def _event(name: str, data: str) -> Event:
    try:
        found = json.loads(data)
        if name == "error":
            raise named(found["code"], found["message"])
        if name in ("stdout", "stderr"):
            found["stream"] = name
        return _EVENTS[name].model_validate(found)
    except (KeyError, TypeError, ValueError) as error:
        raise ServerUnreachable(f"expected a sandbox server's event; got {name!r}: {data[:200]!r}") from error


def named(code: str, message: str) -> SandboxError:
    """The error that is called ``code`` on the wire."""
    kind = _kinds().get(code)
    return SandboxError(f"{code}: {message}") if kind is None else kind(message)


@cache
def _kinds() -> dict[str, type[SandboxError]]:
    found = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, SandboxError)]
    return {kind.code: kind for kind in found if "code" in vars(kind) and kind is not SandboxError}


def _refusal(response: httpx.Response) -> SandboxError:
    try:
        told = response.json()
        return named(told["code"], told["message"])
    except (KeyError, TypeError, ValueError):
        return ServerUnreachable(f"{response.url} answers {response.status_code}: {response.text[:200]!r}")


def _parsed(kind: TypeAdapter[T], response: httpx.Response) -> T:
    try:
        return kind.validate_json(response.content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise ServerUnreachable(f"{response.url} does not answer as a sandbox server does: {first['msg']}") from error


def _seconds(header: str | None) -> float | None:
    """Retry-After in seconds; a date, which our servers never send, counts as none."""
    return float(header) if header and header.isdigit() else None


def _wait(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, Again) and error.seconds is not None:
        return min(error.seconds, LONGEST_WAIT_SECONDS)
    return BACKOFF(state)


def _give_up(state: tenacity.RetryCallState) -> Any:
    error = state.outcome.exception() if state.outcome else None
    assert isinstance(error, Again)
    raise error.error
