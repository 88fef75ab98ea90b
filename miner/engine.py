"""What the generation server needs of a model."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol

from miner.protocol import ChatMessage, ChatRequest, CompletionRequest, FinishReason, Usage


@dataclass(frozen=True, slots=True)
class Generation:
    """What is to be generated: the next message of a chat, or (``messages`` is empty) what follows ``prompt``."""

    messages: tuple[ChatMessage, ...]
    prompt: str
    n: int
    max_tokens: int
    """For each of the ``n``."""
    temperature: float
    top_p: float
    seed: int | None
    stop: tuple[str, ...]
    """Texts before which a choice ends."""
    logprobs: int | None
    """How many alternatives to tell of for each token; None: no probabilities at all."""

    @classmethod
    def of(cls, request: ChatRequest | CompletionRequest) -> "Generation":
        """What a request asks for."""
        if isinstance(request, ChatRequest):
            messages, prompt = request.messages, ""
            logprobs = request.top_logprobs or 0 if request.logprobs else None
        else:
            messages, prompt, logprobs = (), request.prompt, request.logprobs
        return cls(
            messages=messages,
            prompt=prompt,
            n=request.n,
            max_tokens=request.max_tokens,
            temperature=request.temperature,
            top_p=request.top_p,
            seed=request.seed,
            stop=request.stop,
            logprobs=logprobs,
        )


@dataclass(frozen=True, slots=True)
class Token:
    """One token of an answer. ``logprob``: natural logarithm of its probability; ``alternatives``: likeliest first."""

    text: str
    logprob: float
    alternatives: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Delta:
    """What came next of one choice."""

    index: int
    text: str
    tokens: tuple[Token, ...] = ()
    """Of ``text``, where probabilities were asked for."""
    finish_reason: FinishReason | None = None
    """Set in the last one of the choice."""


class Engine(Protocol):
    """A model that completes chats and texts."""

    @property
    def model(self) -> str:
        """The name under which the model is served."""

    @property
    def ready(self) -> bool:
        """Whether it can answer now; one that fell over, and is being started again, cannot."""

    async def open(self) -> None:
        """Load the model; it is ready when this returns. Raises EngineFailed."""

    def generate(self, wanted: Generation) -> AsyncGenerator[Delta | Usage, None]:
        """All choices, indexed from 0, as they come, each with a finish reason at its end; the usage comes last.

        Raises EngineFailed, at any point. Closing the iterator, or cancelling whoever waits for it, must stop the work:
        the caller hung up, or a deadline passed.
        """

    async def close(self) -> None:
        """Let go of what it holds, in the event loop that it served in."""
