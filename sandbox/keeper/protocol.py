"""What a process asks of its keeper, and what it hears. One message a packet; descriptors travel beside it."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from sandbox.errors import BadRequest, ContainerLost, EngineUnavailable, ImageMissing, SandboxError
from sandbox.image import Image
from sandbox.keeper import Condition
from sandbox.protocol import Message

Name = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Digest = Annotated[str, Field(pattern="^sha256:[0-9a-f]{64}$")]
Bytes = Annotated[int, Field(ge=0, le=2**50)]


class Find(Message):
    ask: Literal["find"] = "find"
    wanted: tuple[str, ...]


class Start(Message):
    ask: Literal["start"] = "start"
    image: Digest
    memory_bytes: Bytes


class Shortcut(Message):
    ask: Literal["shortcut"] = "shortcut"
    name: Name


class Resize(Message):
    ask: Literal["resize"] = "resize"
    name: Name
    memory_bytes: Bytes
    processes: Annotated[int, Field(ge=1, le=2**22)]


class RanOutOfMemory(Message):
    ask: Literal["ran_out_of_memory"] = "ran_out_of_memory"
    name: Name
    since: float


class Remove(Message):
    ask: Literal["remove"] = "remove"
    name: Name


class Forget(Message):
    ask: Literal["forget"] = "forget"
    image: Digest


class AskCondition(Message):
    ask: Literal["condition"] = "condition"
    image: Digest


class Close(Message):
    """Leave: nothing is left to keep. A keeper that loses its process without it leaves the rest to its guardian."""

    ask: Literal["close"] = "close"


Question = Find | Start | Shortcut | Resize | RanOutOfMemory | Remove | Forget | AskCondition | Close


class Asked(Message):
    """A question; its ``number`` comes back with the answer."""

    number: Annotated[int, Field(ge=1)]
    question: Annotated[Question, Field(discriminator="ask")]


class Started(Message):
    """A container, and what the descriptors beside the answer are, in order."""

    name: str
    first_uid: int
    unified: bool
    descriptors: tuple[Literal["attached", "lock", "cpu", "memory", "peak"], ...]


class Code(StrEnum):
    """What went wrong, for machines."""

    BAD_REQUEST = "bad_request"
    CONTAINER_LOST = "container_lost"
    ENGINE_UNAVAILABLE = "engine_unavailable"
    IMAGE_MISSING = "image_missing"
    KEEPER_LOST = "keeper_lost"
    """A keeper died with what it was asked; another one takes its place."""
    FAILED = "failed"


class KeeperLost(EngineUnavailable):
    """The keeper died before it answered."""


ERRORS: dict[Code, type[SandboxError]] = {
    Code.BAD_REQUEST: BadRequest,
    Code.CONTAINER_LOST: ContainerLost,
    Code.KEEPER_LOST: KeeperLost,
    Code.ENGINE_UNAVAILABLE: EngineUnavailable,
    Code.IMAGE_MISSING: ImageMissing,
    Code.FAILED: SandboxError,
}

NOTICE = 0
"""The number of what nobody asked: that a keeper is up, or why none is."""


class Answer(Message):
    """What came of a question."""

    number: int
    error: Code | None = None
    message: str = ""
    value: Started | Image | Condition | bool | None = None

    @classmethod
    def of_error(cls, number: int, error: SandboxError) -> "Answer":
        """What went wrong, in words that fit into a packet."""
        code = next(code for code, kind in ERRORS.items() if isinstance(error, kind))
        return cls(number=number, error=code, message=str(error)[:4000])

    def raise_error(self) -> None:
        """Raise what it tells of, if anything."""
        if self.error is not None:
            raise ERRORS[self.error](self.message)
