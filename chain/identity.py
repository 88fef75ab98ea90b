"""Hotkeys and what they sign: requests (bittensor's btauth/1) and the answers to them.

Covered: a request that was altered, is for another receiver, is older than ten seconds, or comes twice; an answer that
was altered, belongs to another request, or comes from another hotkey. Not covered: whether the hotkey is welcome (ask
the metagraph); a request repeated to another process under the same hotkey, or to this one after a restart, within
those ten seconds; secrecy (that is TLS).
"""

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chain import keyfile
from chain.errors import AnswerNotSigned, Unauthenticated

NONCE_HEADER = "X-Bittensor-Nonce"
_SR25519 = 1


@dataclass(frozen=True, slots=True)
class Identity:
    """A hotkey (its ss58 address) that can sign."""

    hotkey: str
    _keypair: Any = field(repr=False)

    def sign(self, message: bytes) -> bytes:
        """An sr25519 signature of ``message``, 64 bytes."""
        return bytes(self._keypair.sign(message))


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a verified request, and the nonce that the answer must be signed with."""

    hotkey: str
    nonce: str


def create(path: Path, seed: bytes | None = None) -> Identity:
    """Make a hotkey and its file, mode 0600. Raises KeyFileProblem, also if ``path`` exists."""
    keypair = keyfile.write(path, seed)
    return Identity(keypair.ss58_address, keypair)


def load(path: Path) -> Identity:
    """The hotkey in ``path``. Raises KeyFileProblem if it is missing, no key, or open to others."""
    keypair = keyfile.read(path)
    return Identity(keypair.ss58_address, keypair)


def sign_request(identity: Identity, *, method: str, path: str, body: bytes, receiver: str) -> dict[str, str]:
    """The headers that prove a request (btauth/1). ``path`` is as sent, with its query; sign anew for every retry."""
    from bittensor import http_auth

    headers: dict[str, str] = http_auth.sign(
        identity._keypair, method=method, path=path, body=body, receiver_ss58=receiver
    )
    return headers


class Verifier:
    """Verifies the requests that ``hotkey`` receives; keep one per server, it remembers what it has seen.

    ``clock`` gives Unix time in nanoseconds. Safe to share between threads.
    """

    def __init__(
        self,
        hotkey: str,
        max_age_seconds: float = 10.0,
        skew_seconds: float = 2.0,
        *,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        from bittensor.http_auth import InMemoryNonceStore

        self._hotkey = hotkey
        self._max_age_seconds = max_age_seconds
        self._skew_seconds = skew_seconds
        self._clock = clock
        self._seen = InMemoryNonceStore(retention=max(60.0, max_age_seconds + skew_seconds))

    def verify(self, headers: Mapping[str, str], body: bytes, *, method: str, path: str) -> Caller:
        """Who sent this request: ``body`` raw, ``path`` with its query as received. Raises Unauthenticated."""
        from bittensor import http_auth

        try:
            caller = http_auth.verify(
                headers,
                body,
                method=method,
                path=path,
                self_hotkey_ss58=self._hotkey,
                max_age=self._max_age_seconds,
                allowed_skew=self._skew_seconds,
                require_receiver=True,
                nonce_store=self._seen,
                now_ns=self._clock(),
            )
        except http_auth.StaleRequest as error:
            raise Unauthenticated(self._stale()) from error
        except http_auth.AuthError as error:
            raise Unauthenticated(
                "the request is not signed, by btauth/1 and for this receiver, as it must be"
            ) from error
        if caller.crypto_type != _SR25519:
            raise Unauthenticated("the request must be signed with an sr25519 key")
        return Caller(caller.hotkey_ss58, str(caller.nonce_ns))

    def _stale(self) -> str:
        return (
            f"the request's time is more than {self._max_age_seconds:g} s behind or {self._skew_seconds:g} s ahead "
            "of the clock here: clock skew, or a request that waited; synchronise both clocks and sign it anew"
        )


def sign_answer(identity: Identity, *, nonce: str, status: int, body: bytes) -> str:
    """The signature (``0x`` and hexadecimal digits) of an answer to the request that carried ``nonce``."""
    return sign_digest(identity, nonce=nonce, status=status, digest=hashlib.sha256(body))


def sign_digest(identity: Identity, *, nonce: str, status: int, digest: "hashlib._Hash") -> str:
    """The same, of a body that was not kept: ``digest`` is its SHA-256."""
    return "0x" + identity.sign(_answer(nonce, status, digest)).hex()


def verify_answer(*, hotkey: str, nonce: str, status: int, body: bytes, signature: str | None) -> None:
    """Return if ``hotkey`` signed this answer to the request that carried ``nonce``. Raises AnswerNotSigned."""
    verify_digest(hotkey=hotkey, nonce=nonce, status=status, digest=hashlib.sha256(body), signature=signature)


def verify_digest(*, hotkey: str, nonce: str, status: int, digest: "hashlib._Hash", signature: str | None) -> None:
    """The same, of a body that was not kept: ``digest`` is its SHA-256. Raises AnswerNotSigned."""
    from bittensor.sp_core import verify

    if not signature:
        raise AnswerNotSigned(f"the answer carries no signature of {hotkey}")
    try:
        genuine = verify(_answer(nonce, status, digest), bytes.fromhex(signature.removeprefix("0x")), hotkey, _SR25519)
    except ValueError as error:
        raise AnswerNotSigned(f"the answer's signature cannot be read: {error}") from error
    if not genuine:
        raise AnswerNotSigned(f"the answer's signature is not {hotkey}'s for this request, status and body")


def _answer(nonce: str, status: int, digest: "hashlib._Hash") -> bytes:
    return f"lovelace-answer/1\n{nonce}\n{status}\n{digest.hexdigest()}".encode()
