"""An engine that is a server of its own: vLLM, SGLang, llama.cpp, or whatever else speaks OpenAI's chat API."""

import asyncio
import re

import httpx
from pydantic import SecretStr, ValidationError

from miner.errors import EngineFailed
from miner.protocol import ChatRequest, ChatResponse, Choice, Usage
from miner.reading import TooMuch, read

ANSWER_BYTES = 64 * 1024 * 1024


class OpenAI:
    """``miner.engine.Engine`` over HTTP. ``base_url`` ends in ``/v1``, as OpenAI's own clients spell it.

    ``api_key`` is sent as a bearer token. How long an answer may take is the server's to say, by cancelling.
    Raises EngineFailed for a URL that is none.
    """

    def __init__(self, base_url: str, model: str, api_key: SecretStr | None = None) -> None:
        # No timeout: whoever serves this engine cancels it. No environment: only ``__main__`` reads that.
        unlimited = httpx.Limits(max_connections=None)
        self._http = httpx.AsyncClient(limits=unlimited, timeout=None, trust_env=False)  # noqa: S113
        self._url = base_url.rstrip("/") + "/chat/completions"
        if not re.match(r"https?://[^/]", base_url):
            raise EngineFailed(f"expected the engine's URL to be like http://127.0.0.1:8000/v1, not {base_url!r}")
        self._model = model
        self._api_key = api_key

    @property
    def model(self) -> str:
        return self._model

    async def complete(self, request: ChatRequest) -> ChatResponse:
        """As the promise says; a server that does not know ``n`` is asked once for each choice that it left out."""
        first = await self._ask(request)
        answers = [first]
        if len(first.choices) < request.n:
            answers += await self._ask_one_by_one(request, have=len(first.choices))
        choices = [choice for answer in answers for choice in answer.choices][: request.n]
        if len(choices) < request.n:
            raise EngineFailed(f"the engine was asked for {request.n} choices and gave {len(choices)}")
        return ChatResponse(
            id=first.id,
            created=first.created,
            model=self._model,
            choices=tuple(
                Choice(index=index, message=choice.message, finish_reason=choice.finish_reason)
                for index, choice in enumerate(choices)
            ),
            usage=_total(answers),
        )

    async def close(self) -> None:
        """Close the connections to the server."""
        await self._http.aclose()

    async def _ask_one_by_one(self, request: ChatRequest, have: int) -> list[ChatResponse]:
        """Ask for the choices from index ``have`` on, each with a seed of its own, or they would all be the same."""
        try:
            async with asyncio.TaskGroup() as tasks:
                asked = [tasks.create_task(self._ask(_alone(request, index))) for index in range(have, request.n)]
        except* EngineFailed as failures:
            raise EngineFailed(str(failures.exceptions[0])) from failures
        return [task.result() for task in asked]

    async def _ask(self, request: ChatRequest) -> ChatResponse:
        headers = {"Accept-Encoding": "identity"}
        if self._api_key is not None:
            headers["Authorization"] = f"Bearer {self._api_key.get_secret_value()}"
        body = request.model_copy(update={"model": self._model}).model_dump(exclude_none=True)
        asking = self._http.build_request("POST", self._url, json=body, headers=headers)
        try:
            response = await self._http.send(asking, stream=True, follow_redirects=False)
        except httpx.TransportError as error:
            raise EngineFailed(f"the engine did not answer: {error or type(error).__name__}") from error
        try:
            answer = await read(response, ANSWER_BYTES)
        except (TooMuch, httpx.TransportError) as error:
            raise EngineFailed(f"the engine's answer could not be read: {error}") from error
        finally:
            await response.aclose()
        if response.status_code != httpx.codes.OK:
            raise EngineFailed(f"the engine answered {response.status_code}; is its URL right, and does it end in /v1?")
        try:
            return ChatResponse.model_validate_json(answer)
        except ValidationError as error:
            fault = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(map(str, fault["loc"])) or "body"
            raise EngineFailed(f"the engine's answer is no chat completion: {place}: {fault['msg']}") from error


def _alone(request: ChatRequest, index: int) -> ChatRequest:
    seed = None if request.seed is None else request.seed + index
    return request.model_copy(update={"n": 1, "seed": seed})


def _total(answers: list[ChatResponse]) -> Usage:
    return Usage(
        prompt_tokens=sum(answer.usage.prompt_tokens for answer in answers),
        completion_tokens=sum(answer.usage.completion_tokens for answer in answers),
        total_tokens=sum(answer.usage.total_tokens for answer in answers),
    )
