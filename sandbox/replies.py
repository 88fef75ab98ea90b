"""What an agent may say, and nothing else: a guest that took its agent over is believed no more than any stranger.

Every way of saying something else is ContainerLost: too much, too deep, out of turn, of the wrong type.
"""

import json
import os
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from sandbox.agent import frames
from sandbox.errors import ContainerLost
from sandbox.protocol import Message

SHOWN = 300
"""Characters of an agent's words that our message repeats."""
Count = Annotated[int, Field(ge=0, le=2**62)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Text = Annotated[str, Field(max_length=1000)]


class Facts(Message, strict=True):
    """What a ``done`` frame says of a step."""

    limit: Literal["cpu", "wall", "memory", "output", "processes", "disk"] | None
    statuses: list[Annotated[int, Field(ge=0, le=0xFFFF)]]
    """Wait statuses, one for each part."""
    dropped: list[Annotated[list[Count], Field(min_length=2, max_length=2)]]
    cpu_seconds: Seconds
    wall_seconds: Seconds
    peak_bytes: Count
    exact: bool
    pressed: bool
    """Memory stood at its limit, and file pages made room: no high-water mark tells enough."""
    refused: dict[str, Text]
    clean: bool
    counted: bool
    resident: bool = False
    """The resident that was asked is there for the next step."""

    def fit(self, parts: int, collect: tuple[str, ...], blobs: int) -> bool:
        """Whether they tell of a step of so many ``parts``, with a blob for each stream and each collected file."""
        whole = all(os.WIFEXITED(status) or os.WIFSIGNALED(status) for status in self.statuses)
        numbers = len(self.statuses) == len(self.dropped) == parts
        files = sum(name not in self.refused for name in collect)
        return whole and numbers and self.refused.keys() <= set(collect) and blobs == 2 * parts + files


class Ready(Message, strict=True):
    """What an agent says first: the versions of its compilers."""

    ready: dict[str, Text]
    blobs: Annotated[list[Count], Field(max_length=0)]


class Out(Message, strict=True):
    """Something that a part wrote."""

    out: Annotated[list[Count], Field(min_length=2, max_length=2)]
    """Which part, and which stream: 0 for standard output, 1 for standard error."""
    blobs: Annotated[list[Count], Field(min_length=1, max_length=1)]


class Done(Message, strict=True):
    """A step is over."""

    done: Facts
    blobs: list[Count]


class Failed(Message, strict=True):
    """The agent cannot go on."""

    failed: str
    blobs: Annotated[list[Count], Field(max_length=0)]


Reply = Ready | Out | Done | Failed
_KINDS: dict[str, type[Reply]] = {"ready": Ready, "out": Out, "done": Done, "failed": Failed}


def header(text: bytes, most_bytes: int) -> frames.Header:
    """The frame header in ``text``, if its blobs are ``most_bytes`` at most. Raises ContainerLost."""
    try:
        found = _DECODER.decode(text.decode())
    except (ValueError, RecursionError) as error:
        raise ContainerLost(f"the agent sent no frame: {error}: {_shown(text)}") from error
    sizes = found.get("blobs") if isinstance(found, dict) else None
    if not isinstance(sizes, list) or any(type(size) is not int or size < 0 for size in sizes):
        raise ContainerLost(f"the agent sent no frame: {_shown(text)}")
    if sum(sizes) > most_bytes:
        raise ContainerLost(f"the agent announced more than the {most_bytes} bytes that it may send: {_shown(text)}")
    return dict(found)


def understood(header: frames.Header) -> Reply:
    """What ``header`` says. Raises ContainerLost."""
    kinds = [kind for name, kind in _KINDS.items() if name in header]
    if len(kinds) != 1:
        raise ContainerLost(f"the agent sent none of {', '.join(_KINDS)}: {_shown(repr(header).encode())}")
    try:
        return kinds[0].model_validate(header)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ContainerLost(f"the agent sent a bad {kinds[0].__name__}: {where}: {first['msg']}") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name comes twice")
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_once)


def _shown(text: bytes) -> str:
    return ascii(text[:SHOWN])
