"""The gate before a miner's routes: it reads the raw body, checks who signed it, and signs what goes back.

Covered: forged, altered, stale, replayed and misdirected requests; callers without a permit; bodies that are too
large or too slow; callers that hang up (their work is cancelled). A streamed answer is signed where it ends: in a
comment before its last event, over all that came before. Not covered: floods of connections, which belong to the proxy
or firewall in front, and several server processes under one hotkey (each remembers its own nonces).
"""

import asyncio
import hashlib
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chain.errors import Unauthenticated
from chain.identity import Identity, Verifier, sign_answer, sign_digest
from miner.admission import Admission
from miner.answering import DONE
from miner.errors import Code, Refused
from miner.protocol import EVENT_STREAM, SIGNATURE_HEADER
from miner.refusals import respond
from miner.settings import Settings
from miner.signing import comment

OPEN_PATHS = frozenset({"/healthz", "/readyz"})
CALLER = "lovelace.caller"
"""Where routes find the ``Admitted`` in their scope."""

_DRAINED = 4
"""A body too large is read on to this many times its limit: closing earlier would reset the line before our answer."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who asks, and the share of this miner that it may have."""

    hotkey: str
    share: float


class Gate:
    """ASGI middleware. Everything but OPEN_PATHS passes only if signed by a hotkey that ``admission`` admits."""

    def __init__(
        self, app: ASGIApp, *, identity: Identity, verifier: Verifier, admission: Admission, settings: Settings
    ) -> None:
        self._app = app
        self._identity = identity
        self._verifier = verifier
        self._admission = admission
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in OPEN_PATHS:
            await self._app(scope, receive, send)
            return
        try:
            body = await self._body(receive)
            caller = self._verifier.verify(Headers(scope=scope), body, method=scope["method"], path=_target(scope))
        except ClientDisconnect:
            return
        except Unauthenticated as error:
            await self._refuse(Refused(Code.UNAUTHENTICATED, str(error)), scope, receive, send)
            return
        except Refused as refused:
            await self._refuse(refused, scope, receive, send)
            return
        signed = _signing(send, self._identity, caller.nonce)
        try:
            share = await self._admission.admit(caller.hotkey)
        except Refused as refused:
            await self._refuse(refused, scope, receive, signed)
            return
        scope[CALLER] = Admitted(caller.hotkey, share)
        await _unless_hung_up(self._app, scope, body, receive, signed)

    async def _refuse(self, refused: Refused, scope: Scope, receive: Receive, send: Send) -> None:
        await respond(refused)(scope, receive, send)

    async def _body(self, receive: Receive) -> bytes:
        limit, kept, received = self._settings.body_bytes, bytearray(), 0
        more = True
        try:
            async with asyncio.timeout(self._settings.body_seconds):
                while more and received <= _DRAINED * limit:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise ClientDisconnect
                    chunk = message.get("body", b"")
                    received += len(chunk)
                    if received <= limit:
                        kept += chunk
                    more = message.get("more_body", False)
        except TimeoutError:
            seconds = self._settings.body_seconds
            raise Refused(Code.TOO_SLOW, f"the request's body took longer than {seconds:g} s to arrive") from None
        if received > limit:
            raise Refused(Code.TOO_LARGE, f"the request's body is larger than {limit} bytes")
        return bytes(kept)


def _target(scope: Scope) -> str:
    """Path and query exactly as they were sent, which is what was signed."""
    target: bytes = scope["raw_path"]
    if scope["query_string"]:
        target += b"?" + scope["query_string"]
    return target.decode("latin-1")


def _signing(send: Send, identity: Identity, nonce: str) -> Send:
    """A ``send`` that signs: a stream at its end, anything else after holding it back until it is whole."""
    start: Message = {}
    kept = bytearray()
    digest = hashlib.sha256()
    streamed = False

    async def signed(message: Message) -> None:
        nonlocal streamed
        if message["type"] == "http.response.start":
            start.update(message)
            streamed = Headers(raw=message["headers"]).get("content-type", "").startswith(EVENT_STREAM)
            if streamed:
                await send(message)
            return
        body = message.get("body", b"")
        if streamed:
            if body == DONE:
                body = comment(sign_digest(identity, nonce=nonce, status=start["status"], digest=digest)) + body
            digest.update(body)
            await send({**message, "body": body})
            return
        kept.extend(body)
        if message.get("more_body", False):
            return
        signature = sign_answer(identity, nonce=nonce, status=start["status"], body=bytes(kept))
        MutableHeaders(scope=start)[SIGNATURE_HEADER] = signature
        await send(start)
        await send({"type": "http.response.body", "body": bytes(kept)})

    return signed


async def _unless_hung_up(app: ASGIApp, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
    """Run ``app`` on a body that was already read; cancel it when its caller hangs up."""
    replayed = False

    async def replay() -> Message:
        nonlocal replayed
        if replayed:
            return {"type": "http.disconnect"}
        replayed = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def run() -> None:
        await app(scope, replay, send)
        watch.cancel()

    async def cancel_when_hung_up() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        work.cancel()

    async with asyncio.TaskGroup() as tasks:
        work = tasks.create_task(run())
        watch = tasks.create_task(cancel_when_hung_up())
