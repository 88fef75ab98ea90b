"""What every request passes before anything else sees it: who asks, how long it is, how it was answered."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from starlette.datastructures import Headers

from sandbox.errors import Refused
from sandbox.server import answers
from sandbox.server.access import Access, is_open
from sandbox.server.bodies import Bodies, Counted

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Metrics(Protocol):
    """What the gate needs of a server's numbers."""

    def answered(self, status: int) -> None:
        """A request was answered."""


Open = Callable[[str, str], bool]
"""Whether anybody may ask for it, by method and path."""


class Gate:
    """ASGI middleware. Whoever may not ask is answered here, before a byte of the body is read."""

    def __init__(
        self, app: "ASGIApp", access: Access, bodies: Bodies, metrics: Metrics, open_to_all: Open = is_open
    ) -> None:
        self._app = app
        self._is_open = open_to_all
        self._access = access
        self._bodies = bodies
        self._metrics = metrics

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def counting(message: "Message") -> None:
            if message["type"] == "http.response.start":
                self._metrics.answered(message["status"])
            await send(message)

        try:
            self._admit(scope)
            counted = Counted(self._bodies, scope, receive)
        except Refused as error:
            await answers.refusal(error)(scope, receive, counting)
            return
        try:
            await self._app(scope, counted, counting)
        finally:
            counted.release()

    def _admit(self, scope: "Scope") -> None:
        if self._is_open(scope["method"], scope["path"]):
            return
        client = scope.get("client")
        peer = client[0] if client else None
        scope.setdefault("state", {})["tenant"] = self._access.tenant(
            scope["method"], scope["path"], Headers(scope=scope), peer
        )
