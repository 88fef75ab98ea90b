"""The wire between validators and miners: the part of OpenAI's API that we speak, and our capacity page.

Requests ignore fields we do not know, as every OpenAI-compatible server does; answers carry only these.
"""

from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

SIGNATURE_HEADER = "X-Lovelace-Signature"
"""The miner's signature of its answer, see ``chain.identity.sign_answer``. A streamed answer ends with it instead."""
DEADLINE_HEADER = "X-Lovelace-Deadline-Seconds"
"""How long the caller will wait for the whole answer."""
EVENT_STREAM = "text/event-stream"
FinishReason = Literal["stop", "length"]


class Message(BaseModel, frozen=True, extra="ignore"):
    """What crosses the wire, from or to software that may be newer than ours."""


def _joined(content: Any) -> Any:
    """A message's parts, where all are text, as one text."""
    if isinstance(content, list) and all(isinstance(part, dict) and part.get("type") == "text" for part in content):
        return "".join(str(part.get("text", "")) for part in content)
    return content


def _listed(stop: Any) -> Any:
    return (stop,) if isinstance(stop, str) else () if stop is None else stop


def _is_none(value: object) -> bool:
    return value is None


def _only_one(prompt: Any) -> Any:
    return prompt[0] if isinstance(prompt, list) and len(prompt) == 1 else prompt


class ChatMessage(Message):
    role: Literal["system", "developer", "user", "assistant"]
    content: Annotated[str, BeforeValidator(_joined)] = Field(max_length=200_000)


class StreamOptions(Message):
    include_usage: bool = False
    """End the stream with an event that has no choices, and the usage."""


class Sampling(Message):
    """What chats and texts are asked for alike."""

    model_config = ConfigDict(populate_by_name=True)

    model: str = Field(max_length=400)
    n: int = Field(default=1, ge=1, le=128)
    temperature: float = Field(default=0.8, ge=0, le=2)
    top_p: float = Field(default=0.95, gt=0, le=1)
    seed: int | None = Field(default=None, ge=-(2**63), lt=2**63)
    stop: Annotated[tuple[Annotated[str, Field(min_length=1, max_length=200)], ...], BeforeValidator(_listed)] = Field(
        default=(), max_length=16
    )
    stream: bool = False
    stream_options: StreamOptions | None = None


class ChatRequest(Sampling):
    """``POST /v1/chat/completions``."""

    messages: tuple[ChatMessage, ...] = Field(min_length=1, max_length=64)
    max_tokens: int = Field(
        default=1024, ge=1, le=32_768, validation_alias=AliasChoices("max_completion_tokens", "max_tokens")
    )
    logprobs: bool = False
    top_logprobs: int | None = Field(default=None, ge=0, le=20)


class CompletionRequest(Sampling):
    """``POST /v1/completions``: one text to be continued."""

    prompt: Annotated[str, BeforeValidator(_only_one)] = Field(max_length=1_000_000)
    max_tokens: int = Field(default=16, ge=1, le=32_768)
    logprobs: int | None = Field(default=None, ge=0, le=20)


class TopLogprob(Message):
    """A token that could have stood there. ``logprob``: natural logarithm of its probability."""

    token: str
    logprob: float
    bytes: tuple[int, ...] | None = None


class TokenLogprob(TopLogprob):
    """A token of the answer."""

    top_logprobs: tuple[TopLogprob, ...] = ()


class ChoiceLogprobs(Message):
    content: tuple[TokenLogprob, ...] = ()


class Choice(Message):
    index: int
    message: ChatMessage
    logprobs: ChoiceLogprobs | None = None
    finish_reason: str = "stop"


class Usage(Message):
    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0


class ChatResponse(Message):
    """What ``POST /v1/chat/completions`` answers."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: tuple[Choice, ...]
    usage: Usage = Usage()


class ChatDelta(Message):
    role: Literal["assistant"] | None = Field(default=None, exclude_if=_is_none)
    content: str | None = Field(default=None, exclude_if=_is_none)


class ChunkChoice(Message):
    index: int
    delta: ChatDelta
    logprobs: ChoiceLogprobs | None = None
    finish_reason: str | None = None


class ChatChunk(Message):
    """One event of a streamed chat."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str
    choices: tuple[ChunkChoice, ...]
    usage: Usage | None = Field(default=None, exclude_if=_is_none)


class TextLogprobs(Message):
    """The older form: one list for each property of the tokens."""

    tokens: tuple[str, ...] = ()
    token_logprobs: tuple[float, ...] = ()
    top_logprobs: tuple[dict[str, float], ...] | None = None
    text_offset: tuple[int, ...] = ()
    """In characters, from the beginning of the choice's text."""


class TextChoice(Message):
    index: int
    text: str
    logprobs: TextLogprobs | None = None
    finish_reason: str | None = None


class TextResponse(Message):
    """What ``POST /v1/completions`` answers, and each event of it where it is streamed."""

    id: str
    object: Literal["text_completion"] = "text_completion"
    created: int
    model: str
    choices: tuple[TextChoice, ...]
    usage: Usage | None = Field(default=None, exclude_if=_is_none)


class ErrorBody(Message):
    """OpenAI's error object."""

    message: str
    type: str
    code: str


class ErrorResponse(Message):
    error: ErrorBody


class Model(Message):
    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = "lovelace"


class Models(Message):
    """``GET /v1/models``."""

    object: Literal["list"] = "list"
    data: tuple[Model, ...]


class Capacity(Message):
    """``GET /v1/capacity``: what the miner says it can take."""

    concurrent_requests: int = Field(ge=1)
    """Completions in work at once, of all validators."""
    tokens: int | None = Field(default=None, ge=1)
    """To be generated in a period, for all validators; None: no limit but the other."""
    period_seconds: int = Field(default=3600, ge=1)
    share: float = Field(default=1.0, gt=0, le=1)
    """Of both, what the validator that asks may have: its stake among those that hold a permit."""
    leaves_out: tuple[str, ...] = ()
    """Kinds of tasks that it does not take; they are not put to it, and earn it nothing."""
