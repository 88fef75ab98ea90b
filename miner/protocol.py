"""The wire between validators and miners: the part of OpenAI's chat API that we speak, and our capacity page.

Requests ignore fields we do not know, as every OpenAI-compatible server does; answers carry only these.
"""

from typing import Literal

from pydantic import BaseModel, Field

SIGNATURE_HEADER = "X-Lovelace-Signature"
"""The miner's signature of its answer, see ``chain.identity.sign_answer``."""


class Message(BaseModel, frozen=True, extra="ignore"):
    """What crosses the wire, from or to software that may be newer than ours."""


class ChatMessage(Message):
    role: Literal["system", "user", "assistant"]
    content: str = Field(max_length=200_000)


class ChatRequest(Message):
    """``POST /v1/chat/completions``."""

    model: str
    messages: tuple[ChatMessage, ...] = Field(min_length=1, max_length=64)
    n: int = Field(default=1, ge=1, le=128)
    max_tokens: int = Field(default=1024, ge=1, le=32_768)
    temperature: float = Field(default=0.8, ge=0, le=2)
    top_p: float = Field(default=0.95, gt=0, le=1)
    seed: int | None = None


class Choice(Message):
    index: int
    message: ChatMessage
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
    owned_by: str = "lovelace"


class Models(Message):
    """``GET /v1/models``."""

    object: Literal["list"] = "list"
    data: tuple[Model, ...]


class Capacity(Message):
    """``GET /v1/capacity``: what the miner says it can take at once."""

    concurrent_requests: int = Field(ge=1)
    leaves_out: tuple[str, ...] = ()
    """Kinds of tasks that it does not take; they are not put to it, and earn it nothing."""
