"""A sandbox server's clients: the words of ``sandbox.protocol`` in and out, over HTTP.

``Client`` and ``AsyncClient`` do the same. Both try again, for ``patience_seconds`` in all, what is worth it: 429, 503
and 504, as long after as the server says, and a server that does not listen or hangs up. Errors are SandboxErrors.
"""

import asyncio
import contextlib
import threading
from collections.abc import AsyncGenerator, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Self

import httpx
import tenacity

from sandbox import wire
from sandbox.errors import SandboxError, ServerUnreachable, Unauthorized
from sandbox.protocol import Execution, Program
from sandbox.wire import Event, LanguageInfo

PATIENCE_SECONDS = 120.0
CONCURRENCY = 16
FATAL = (ServerUnreachable, Unauthorized)
"""Errors that every program of a batch would meet."""
UNLIMITED = httpx.Limits(max_connections=None, max_keepalive_connections=None)
EXECUTE, STREAM, LANGUAGES = "/v1/execute", "/v1/execute/stream", "/v1/languages"


class Client:
    """For threads and scripts; any number of threads may share one. Use it as a context, or ``close`` it."""

    def __init__(self, url: str, key: str | None = None, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._http = httpx.Client(base_url=url, headers=_headers(key), limits=UNLIMITED)
        self._patience = patience_seconds

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def execute(self, program: Program, *, fresh: bool = False) -> Execution:
        """Compile once, run each run, tell the facts. ``fresh`` demands a container that nobody used before."""
        order = wire.order(program, fresh=fresh)
        return wire.execution_of(self._send("POST", EXECUTE, order))

    def execute_many(
        self, programs: Iterable[Program], *, concurrency: int = CONCURRENCY
    ) -> list[Execution | SandboxError]:
        """Each program's execution, or why there is none, in order; ``concurrency`` of them at a time.

        Raises what every other program would meet too: ServerUnreachable, Unauthorized.
        """
        answers: dict[int, Execution | SandboxError] = {}
        waiting, turn = enumerate(programs), threading.Lock()

        def work() -> None:
            while True:
                with turn:
                    number, program = next(waiting, (0, None))
                if program is None:
                    return
                try:
                    answers[number] = self.execute(program)
                except FATAL:
                    raise
                except SandboxError as error:
                    answers[number] = error

        with ThreadPoolExecutor(concurrency) as threads:
            for worker in [threads.submit(work) for _ in range(concurrency)]:
                worker.result()
        return [answers[number] for number in range(len(answers))]

    def stream(self, program: Program, *, fresh: bool = False) -> Generator[Event, None, None]:
        """What happens, as it happens; the Execution last. Close the generator to stop the program."""
        order, events = wire.order(program, fresh=fresh), wire.Events()
        response = self._send("POST", STREAM, order, stream=True)
        try:
            for line in response.iter_lines():
                if event := events.read(line):
                    yield event
                    if isinstance(event, Execution):
                        return
            raise wire.cut_off(self._http.base_url)
        except httpx.HTTPError as error:
            raise _final(self._http.base_url, error) from error
        finally:
            response.close()

    def stop(self, execution: str) -> bool:
        """Stop the execution of that id; whether there was one."""
        try:
            return self._http.delete(f"/v1/executions/{execution}").status_code == httpx.codes.NO_CONTENT
        except httpx.HTTPError as error:
            raise _final(self._http.base_url, error) from error

    def languages(self) -> tuple[LanguageInfo, ...]:
        """What the server runs."""
        return wire.languages_of(self._send("GET", LANGUAGES))

    def _send(self, method: str, path: str, order: wire.Order | None = None, *, stream: bool = False) -> httpx.Response:
        """The answer, if it is no refusal; unread if it is a ``stream``."""

        def attempt() -> httpx.Response:
            try:
                response = self._http.send(_request(self._http, method, path, order), stream=stream)
                if stream and not response.is_success:
                    response.read()
            except httpx.HTTPError as error:
                raise wire.unreachable(self._http.base_url, error) from error
            return wire.check(response)

        found: httpx.Response = tenacity.Retrying(**wire.retrying(self._patience))(attempt)
        return found


class AsyncClient:
    """For one event loop. Use it as a context, or ``close`` it."""

    def __init__(self, url: str, key: str | None = None, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._http = httpx.AsyncClient(base_url=url, headers=_headers(key), limits=UNLIMITED)
        self._patience = patience_seconds

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Hang up."""
        await self._http.aclose()

    async def execute(self, program: Program, *, fresh: bool = False) -> Execution:
        """Compile once, run each run, tell the facts. ``fresh`` demands a container that nobody used before."""
        order = wire.order(program, fresh=fresh)
        return wire.execution_of(await self._send("POST", EXECUTE, order))

    async def execute_many(
        self, programs: Iterable[Program], *, concurrency: int = CONCURRENCY
    ) -> list[Execution | SandboxError]:
        """Each program's execution, or why there is none, in order; ``concurrency`` of them at a time.

        Raises what every other program would meet too: ServerUnreachable, Unauthorized.
        """
        answers: dict[int, Execution | SandboxError] = {}
        waiting = enumerate(programs)

        async def work() -> None:
            for number, program in waiting:
                try:
                    answers[number] = await self.execute(program)
                except FATAL:
                    raise
                except SandboxError as error:
                    answers[number] = error

        workers = [asyncio.create_task(work()) for _ in range(concurrency)]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
        return [answers[number] for number in range(len(answers))]

    async def stream(self, program: Program, *, fresh: bool = False) -> AsyncGenerator[Event, None]:
        """What happens, as it happens; the Execution last. Close the generator to stop the program."""
        order, events = wire.order(program, fresh=fresh), wire.Events()
        response = await self._send("POST", STREAM, order, stream=True)
        async with contextlib.aclosing(response):
            try:
                async for line in response.aiter_lines():
                    if event := events.read(line):
                        yield event
                        if isinstance(event, Execution):
                            return
                raise wire.cut_off(self._http.base_url)
            except httpx.HTTPError as error:
                raise _final(self._http.base_url, error) from error

    async def stop(self, execution: str) -> bool:
        """Stop the execution of that id; whether there was one."""
        try:
            response = await self._http.delete(f"/v1/executions/{execution}")
        except httpx.HTTPError as error:
            raise _final(self._http.base_url, error) from error
        return response.status_code == httpx.codes.NO_CONTENT

    async def languages(self) -> tuple[LanguageInfo, ...]:
        """What the server runs."""
        return wire.languages_of(await self._send("GET", LANGUAGES))

    async def _send(
        self, method: str, path: str, order: wire.Order | None = None, *, stream: bool = False
    ) -> httpx.Response:
        """The answer, if it is no refusal; unread if it is a ``stream``."""

        async def attempt() -> httpx.Response:
            try:
                response = await self._http.send(_request(self._http, method, path, order), stream=stream)
                if stream and not response.is_success:
                    await response.aread()
            except httpx.HTTPError as error:
                raise wire.unreachable(self._http.base_url, error) from error
            return wire.check(response)

        found: httpx.Response = await tenacity.AsyncRetrying(**wire.retrying(self._patience))(attempt)
        return found


def _headers(key: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"} if key else {}


def _request(http: httpx.Client | httpx.AsyncClient, method: str, path: str, order: wire.Order | None) -> httpx.Request:
    if order is None:
        return http.build_request(method, path)
    return http.build_request(method, path, content=order.content, headers=wire.JSON, timeout=order.timeout)


def _final(url: httpx.URL, error: httpx.HTTPError) -> SandboxError:
    """``error`` in our words, where it is too late to try again."""
    ours = wire.unreachable(url, error)
    return ours.error if isinstance(ours, wire.Again) else ours
