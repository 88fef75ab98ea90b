"""A daemon elsewhere, over HTTP: one body of ``Evaluations``."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

import tenacity
from pydantic import ValidationError

from evaluator.daemon.errors import DaemonUnreachable, KeyTaken, NothingSuch
from evaluator.daemon.protocol import Accepted, Evaluation, Outcome, Outcomes, Submission
from evaluator.suites import Message
from sandbox.errors import BadRequest, Overloaded, Unauthorized

if TYPE_CHECKING:
    import httpx

PAGE = 1000
DETAILS = 100
PAUSE_SECONDS = 0.1, 1.0
TRIES = 8
"""Where an answer is lost or the daemon is being started again; asking again asks for nothing new."""


class _Details(Message):
    evaluations: tuple[Evaluation, ...]


class _Cancelled(Message):
    cancelled: int


class Client:
    """Speaks with the daemon that ``http`` has for its base URL; a key goes into its headers."""

    def __init__(self, http: "httpx.AsyncClient") -> None:
        self._http = http

    async def submit(self, submission: Submission) -> Accepted:
        """See Evaluations. Give the batch and its keys names: only then may this be sent twice, and is."""
        named = submission.batch is not None and all(entry.key is not None for entry in submission.evaluations)
        body = submission.model_dump_json().encode()
        answer = await self._ask("POST", "/v1/evaluations", body, tries=TRIES if named else 1)
        return Accepted.model_validate_json(answer)

    async def outcomes(self, batch: str, after: int = 0) -> AsyncIterator[Outcome]:
        """See Evaluations."""
        pause = PAUSE_SECONDS[0]
        while True:
            answer = await self._ask("GET", f"/v1/batches/{_quoted(batch)}/outcomes?after={after}&most={PAGE}")
            page = Outcomes.model_validate_json(answer)
            for outcome in page.outcomes:
                yield outcome
                after, pause = outcome.number, PAUSE_SECONDS[0]
            if page.done:
                return
            if len(page.outcomes) < PAGE:
                await asyncio.sleep(pause)
                pause = min(1.5 * pause, PAUSE_SECONDS[1])

    async def details(self, evaluations: Sequence[int]) -> tuple[Evaluation, ...]:
        """See Evaluations."""
        found: list[Evaluation] = []
        for start in range(0, len(evaluations), DETAILS):
            query = "&".join(f"id={number}" for number in evaluations[start : start + DETAILS])
            answer = await self._ask("GET", f"/v1/evaluations?{query}")
            found += _Details.model_validate_json(answer).evaluations
        return tuple(found)

    async def cancel(self, batch: str) -> int:
        """See Evaluations."""
        answer = await self._ask("DELETE", f"/v1/batches/{_quoted(batch)}")
        return _Cancelled.model_validate_json(answer).cancelled

    async def _ask(self, method: str, path: str, body: bytes | None = None, tries: int = TRIES) -> bytes:
        return await tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception_type(DaemonUnreachable),
            wait=tenacity.wait_random_exponential(0.2, max=5),
            stop=tenacity.stop_after_attempt(tries),
            reraise=True,
        )(self._ask_once, method, path, body)

    async def _ask_once(self, method: str, path: str, body: bytes | None) -> bytes:
        import httpx

        headers = {"Content-Type": "application/json"} if body is not None else {}
        try:
            answer = await self._http.request(method, path, content=body, headers=headers)
        except httpx.HTTPError as error:
            raise DaemonUnreachable(f"no evaluator answers at {self._http.base_url}: {error!r}") from error
        if answer.is_success:
            return answer.content
        raise _error(answer)


def _quoted(name: str) -> str:
    return quote(name, safe="")


def _error(answer: "httpx.Response") -> Exception:
    from sandbox.server.answers import Failure

    try:
        message = Failure.model_validate_json(answer.content).message
    except ValidationError:
        message = f"status {answer.status_code}"
    match answer.status_code:
        case 400 | 413:
            return BadRequest(message)
        case 401:
            return Unauthorized(message)
        case 404:
            return NothingSuch(message)
        case 409:
            return KeyTaken(message)
        case 429:
            return Overloaded(message, int(answer.headers.get("Retry-After", "1")))
        case _:
            return DaemonUnreachable(message)
