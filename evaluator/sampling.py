"""Samples from a model: any server that speaks OpenAI's chat API is asked, and the answers go to a samples file.

Each answer is written as it comes, with its number (``sample_id``), so that a rerun asks for what is missing only.
"""

import asyncio
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import httpx
from pydantic import BaseModel, Field, SecretStr, ValidationError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt

from evaluator.asking import ask
from evaluator.errors import CannotWrite, NoSamples
from evaluator.protocol import Problem

ATTEMPTS = 6
LONGEST_ANSWER = 256 * 1024 * 1024
"""Bytes of one HTTP body."""
LONGEST_WAIT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Model:
    """What is asked, and how."""

    url: str
    """Ends in ``/v1``, as OpenAI's own clients spell it."""
    name: str = ""
    """The server's only one, if not given."""
    n: int = 1
    temperature: float = 0.8
    max_tokens: int = 2048
    concurrency: int = 8
    seed: int | None = None
    timeout_seconds: float = 600.0
    api_key: SecretStr | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """What a sample's line says of it."""
        return {"model": self.name, "temperature": self.temperature, "max_tokens": self.max_tokens}


class _Message(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Answer(BaseModel):
    choices: tuple[_Choice, ...] = Field(min_length=1)


class _Named(BaseModel):
    id: str


class _Models(BaseModel):
    data: tuple[_Named, ...] = Field(min_length=1)


class _Busy(Exception):
    """Worth asking again."""

    def __init__(self, why: str, retry_after_seconds: float = 0.0) -> None:
        super().__init__(why)
        self.retry_after_seconds = retry_after_seconds


class Unanswered(Exception):
    """This request has no answer; another may have."""


class Server:
    """An OpenAI-compatible server. Use as ``async with Server(model) as server``. Raises NoSamples for a URL that is
    none."""

    def __init__(self, model: Model) -> None:
        if not re.match(r"https?://[^/]", model.url):
            raise NoSamples(f"expected the model's URL to be like http://127.0.0.1:8000/v1, got {model.url!r}")
        headers = {"Accept-Encoding": "identity"}
        if model.api_key is not None:
            headers["Authorization"] = f"Bearer {model.api_key.get_secret_value()}"
        self._url = model.url.rstrip("/")
        self._model = model
        timeout = httpx.Timeout(model.timeout_seconds, connect=10.0)
        self._http = httpx.AsyncClient(headers=headers, timeout=timeout, limits=httpx.Limits(), trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def only_model(self) -> str:
        """The name of the server's first model. Raises NoSamples."""
        try:
            return _Models.model_validate_json(await self._retried("GET", "/models", None)).data[0].id
        except (_Busy, Unanswered, ValidationError) as error:
            raise NoSamples(f"{self._url}/models does not say which model there is: {error}") from error

    async def complete(self, text: str, n: int, seed: int | None) -> tuple[_Choice, ...]:
        """At most ``n`` answers to ``text``, and at least one. Raises Unanswered, and NoSamples where no other request
        would do better."""
        request = {
            "model": self._model.name,
            "messages": [{"role": "user", "content": text}],
            "n": n,
            "temperature": self._model.temperature,
            "max_tokens": self._model.max_tokens,
        }
        if seed is not None:
            request["seed"] = seed
        try:
            body = await self._retried("POST", "/chat/completions", request)
            return _Answer.model_validate_json(body).choices[:n]
        except _Busy as error:
            raise Unanswered(f"{error}, {ATTEMPTS} times") from error
        except ValidationError as error:
            fault = error.errors(include_url=False, include_input=False)[0]
            raise Unanswered(f"the answer is no chat completion: {fault['loc']}: {fault['msg']}") from error

    async def _retried(self, method: str, path: str, request: dict[str, Any] | None) -> bytes:
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(_Busy), wait=_wait_seconds, stop=stop_after_attempt(ATTEMPTS), reraise=True
        ):
            with attempt:
                return await self._once(method, path, request)
        raise AssertionError("unreachable")

    async def _once(self, method: str, path: str, request: dict[str, Any] | None) -> bytes:
        body = bytearray()
        try:
            async with self._http.stream(method, self._url + path, json=request) as response:
                async for chunk in response.aiter_bytes():
                    body += chunk
                    if len(body) > LONGEST_ANSWER:
                        raise Unanswered(f"the answer is longer than {LONGEST_ANSWER} bytes")
        except httpx.TransportError as error:
            raise _Busy(f"the server did not answer: {error or type(error).__name__}") from error
        said = f"the server answered {response.status_code}: {' '.join(body.decode(errors='replace').split())[:200]}"
        match response.status_code:
            case 200:
                return bytes(body)
            case 401 | 403 | 404:
                raise NoSamples(f"{self._url}{path}: {said}")
            case 408 | 429:
                raise _Busy(said, _retry_after(response))
            case status if status >= 500:
                raise _Busy(said, _retry_after(response))
        raise Unanswered(said)


async def sample(problems: Sequence[Problem], model: Model, path: Path, told: Callable[[int], None]) -> dict[str, str]:
    """Bring ``path`` to ``model.n`` samples of each problem, and return why there are fewer, by task_id.

    ``told`` hears how many samples came, at first of those that were there. Raises NoSamples if the file has samples
    of another model or the server refuses everybody, and CannotWrite.
    """
    async with Server(model) as server:
        there = _there(path, model)
        told(sum(number < model.n for numbers in there.values() for number in numbers))
        failures: dict[str, str] = {}
        slots = asyncio.Semaphore(model.concurrency)
        with _opened(path) as file:

            async def fill(problem: Problem) -> None:
                missing = [number for number in range(model.n) if number not in there.get(problem.task_id, ())]
                async with slots:
                    try:
                        async for line in _samples(server, problem, model, missing):
                            file.write(json.dumps(line) + "\n")
                            file.flush()
                            told(1)
                    except Unanswered as error:
                        failures[problem.task_id] = str(error)

            try:
                async with asyncio.TaskGroup() as group:
                    for problem in problems:
                        group.create_task(fill(problem))
            except ExceptionGroup as errors:
                raise errors.exceptions[0] from errors
    return failures


async def _samples(server: Server, problem: Problem, model: Model, missing: list[int]) -> Any:
    """The lines of the samples that are missing. A server that does not know ``n`` is asked again."""
    text = ask(problem)
    while missing:
        seed = None if model.seed is None else model.seed + missing[0]
        for choice in await server.complete(text, len(missing), seed):
            yield {
                "task_id": problem.task_id,
                "completion": choice.message.content or "",
                "sample_id": missing.pop(0),
                "finish_reason": choice.finish_reason,
                **model.fields,
            }


def _there(path: Path, model: Model) -> dict[str, set[int]]:
    """The numbers of the samples in the file, by task. Raises NoSamples if they are not of ``model``."""
    found: dict[str, set[int]] = {}
    for number, fields in enumerate(_kept(path), start=1):
        if any(fields.get(key) != value for key, value in model.fields.items()):
            other = {key: fields.get(key) for key in model.fields}
            raise NoSamples(f"{path}, line {number}: a sample of {other}, not of {model.fields}; give another file")
        found.setdefault(fields["task_id"], set()).add(fields["sample_id"])
    return found


def _kept(path: Path) -> Iterable[dict[str, Any]]:
    """The samples in the file; a last line that a kill cut short is removed."""
    if not path.exists():
        return
    if path.suffix == ".gz":
        raise NoSamples(f"{path}: samples of a model are written to a plain file, not to a gzipped one")
    data = path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if whole != data:
        with path.open("r+b") as file:
            file.truncate(len(whole))
    for number, line in enumerate(whole.splitlines(), start=1):
        try:
            fields = json.loads(line)
            if isinstance(fields["task_id"], str) and isinstance(fields["sample_id"], int):
                yield fields
                continue
        except (ValueError, KeyError, TypeError):
            pass
        raise NoSamples(f"{path}, line {number}: not a sample that a model was asked for; give another file")


def _opened(path: Path) -> IO[str]:
    try:
        return path.open("a", encoding="utf-8")
    except OSError as error:
        raise CannotWrite(f"{path}: cannot be written: {error.strerror}") from error


def _retry_after(response: httpx.Response) -> float:
    try:
        return min(max(float(response.headers.get("retry-after", 0)), 0.0), LONGEST_WAIT_SECONDS)
    except ValueError:
        return 0.0


def _wait_seconds(state: RetryCallState) -> float:
    """What the server asked for; else longer and longer."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after_seconds if isinstance(error, _Busy) else 0.0
    return asked or min(0.25 * 2**state.attempt_number, LONGEST_WAIT_SECONDS)
