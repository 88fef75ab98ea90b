"""What an engine generates, as the answer to a request: whole, or as server-sent events."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from pydantic import BaseModel

from miner.engine import Delta, Engine, Generation
from miner.errors import EngineFailed
from miner.forms import Gathered, form_of
from miner.protocol import ChatRequest, CompletionRequest, Usage

DONE = b"data: [DONE]\n\n"
"""How every stream of OpenAI's ends."""


Told = Callable[[Usage], None]
"""Hears what an answer took, once that is known."""


async def complete(engine: Engine, request: ChatRequest | CompletionRequest, told: Told = lambda _: None) -> BaseModel:
    """The whole answer, a ChatResponse or a TextResponse. Raises EngineFailed."""
    form, choices, usage = form_of(request, engine.model), [Gathered() for _ in range(request.n)], Usage()
    async with aclosing(_generated(engine, request)) as generated:
        async for came in generated:
            if isinstance(came, Usage):
                usage = came
                told(usage)
            else:
                choices[came.index].add(came)
    return form.whole(choices, usage)


async def events(
    engine: Engine, request: ChatRequest | CompletionRequest, told: Told = lambda _: None
) -> AsyncGenerator[bytes, None]:
    """The answer as server-sent events, each as soon as it is known, the last of them ``DONE``. Raises EngineFailed."""
    form = form_of(request, engine.model)
    with_usage = request.stream_options is not None and request.stream_options.include_usage
    async with aclosing(_generated(engine, request)) as generated:
        async for came in generated:
            if isinstance(came, Delta):
                yield b"".join(map(event, form.chunks(came)))
                continue
            told(came)
            if with_usage:
                yield event(form.last(came))
    yield DONE


def event(message: BaseModel) -> bytes:
    """One server-sent event."""
    return b"data: " + message.model_dump_json().encode() + b"\n\n"


async def _generated(engine: Engine, request: ChatRequest | CompletionRequest) -> AsyncGenerator[Delta | Usage, None]:
    """What the engine generates, checked: every choice is there, and ends once. Raises EngineFailed."""
    unfinished = set(range(request.n))
    async with aclosing(engine.generate(Generation.of(request))) as generated:
        async for came in generated:
            if isinstance(came, Delta):
                if came.index not in unfinished:
                    raise EngineFailed(f"the engine went on with choice {came.index}, of {request.n}, unasked")
                if came.finish_reason is not None:
                    unfinished.remove(came.index)
            yield came
    if unfinished:
        raise EngineFailed(f"the engine did not finish {len(unfinished)} of {request.n} choices")
