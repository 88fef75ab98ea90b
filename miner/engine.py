"""What the generation server needs of a model."""

from typing import Protocol

from miner.protocol import ChatRequest, ChatResponse


class Engine(Protocol):
    """A model that completes chats."""

    @property
    def model(self) -> str:
        """The name under which the model is served."""

    async def complete(self, request: ChatRequest) -> ChatResponse:
        """Answer with exactly ``request.n`` choices, indexed from 0. Raises EngineFailed.

        Cancelling it must stop the work: the caller hung up, or the server's deadline passed.
        """

    async def close(self) -> None:
        """Let go of what it holds, in the event loop that it served in."""
