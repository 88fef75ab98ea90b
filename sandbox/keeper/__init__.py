"""The keeper holds the engine: it makes containers and sees to it that they go; frames do not pass through it."""

import socket
from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import Protocol

from sandbox.agent.walls import Wall
from sandbox.image import Image
from sandbox.meter import Meter
from sandbox.protocol import Message
from sandbox.uids import Block


@dataclass(frozen=True, slots=True)
class Opened:
    """A container that was just started: all that it takes to speak with its agent and to watch it."""

    name: str
    attached: socket.socket
    uids: Block
    meter: Meter


class Condition(Message):
    """What the engine says of itself."""

    disk_free_bytes: int
    """Where it keeps images and containers; 0 of 0 if that is not on this machine."""
    disk_bytes: int


class Keeper(Protocol):
    """What a pool and its containers ask. Two bodies: ``inside.Inside``, in this process, and ``client.Client``."""

    @property
    def without(self) -> Set[Wall]:
        """The walls that are down, in a test of them."""

    async def open(self) -> None:
        """Begin: what the dead left behind is removed. Raises EngineUnavailable."""

    async def close(self) -> None:
        """End. The containers are gone already."""

    async def find(self, wanted: Iterable[str]) -> Image:
        """The smallest built, fresh image with the ``wanted`` languages. Raises ImageMissing, EngineUnavailable."""

    async def start(self, image: str, memory_bytes: int) -> Opened:
        """A fresh container of the image with this digest. Raises EngineUnavailable, SandboxError (no uids)."""

    async def shortcut(self, name: str) -> socket.socket | None:
        """A connection to the agent's own socket, once it has said that it is ready; None where it is out of reach."""

    async def resize(self, name: str, memory_bytes: int, processes: int) -> None:
        """Change how much memory and how many processes a container's programs may have. Raises ContainerLost."""

    async def ran_out_of_memory(self, name: str, since: float) -> bool:
        """Whether a container died, and ran out of memory after ``since`` (``time.time()``). Waits to hear of it."""

    async def remove(self, name: str) -> None:
        """See to it that a container whose agent was left is gone. Nothing can be asked of it afterwards."""

    async def forget(self, image: str) -> None:
        """Remove the image with this digest, unless somebody still uses it."""

    async def condition(self, image: str) -> Condition:
        """How the engine is. Raises EngineUnavailable, ImageMissing (it has no image with this digest)."""
