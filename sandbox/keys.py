"""API keys: who may use a server from elsewhere. A key is a tenant.

A token is ``lvs_ID_SECRET``: the secret is 256 random bits, of which the file keeps the SHA-256 alone. (A slow hash
is for secrets that people choose.) The server sees keys that are added and revoked while it runs.
"""

import hashlib
import hmac
import logging
import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sandbox import privileges
from sandbox.errors import BadRequest

PREFIX = "lvs"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Key:
    """What is known of a key; its secret is not."""

    name: str
    id: str
    """The part of the token that may be shown."""
    digest: str
    created_at: datetime
    revoked_at: datetime | None


def create(file: Path, name: str) -> str:
    """Add a key to ``file``, made if missing; its token, which nobody can be told again. Raises BadRequest."""
    from sandbox import store

    identifier, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    store.add(file, name, identifier, _digest(secret))
    if os.geteuid() == 0:
        os.chown(file, privileges.NOBODY, privileges.NOBODY)  # what a server becomes that root starts
    return f"{PREFIX}_{identifier}_{secret}"


def hand_over(file: Path) -> None:
    """As root: see to it that a server can still read ``file``, if it is there, once it has given root up.

    Raises BadRequest: it cannot, because of where the file lies.
    """
    if os.geteuid() != 0 or not file.exists():
        return
    os.chown(file, privileges.NOBODY, privileges.NOBODY)
    os.seteuid(privileges.NOBODY)
    try:
        file.open("rb").close()
    except PermissionError as error:
        raise BadRequest(
            f"a server that root starts becomes uid {privileges.NOBODY}, and then cannot reach {file.absolute()}: "
            f"move it below a directory that everyone may pass"
        ) from error
    finally:
        os.seteuid(0)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


class Keys:
    """The keys in ``file`` that are not revoked; the file is read again when it has changed."""

    def __init__(self, file: Path) -> None:
        """Raises BadRequest: ``file`` is there and cannot be read."""
        from sandbox import store

        store.load()
        self._file = file
        self._seen = self._state()
        self._valid = self._read()

    def __len__(self) -> int:
        return len(self._valid)

    def find(self, token: str) -> str | None:
        """The name of the key with this token; None if there is none, or it was revoked."""
        prefix, _, rest = token.partition("_")
        identifier, _, secret = rest.partition("_")
        self._follow()
        key = self._valid.get(identifier)
        if prefix != PREFIX or key is None:
            return None
        return key.name if hmac.compare_digest(key.digest, _digest(secret)) else None

    def _follow(self) -> None:
        seen = self._state()
        if seen == self._seen:
            return
        self._seen = seen
        try:
            self._valid = self._read()
        except BadRequest as error:
            _log.error("the keys stay as they were: %s", error)

    def _read(self) -> dict[str, Key]:
        from sandbox import store

        found = store.read(self._file) if self._seen else []
        return {key.id: key for key in found if key.revoked_at is None}

    def _state(self) -> tuple[int, ...]:
        """What changes whenever the file does; empty if there is none."""
        try:
            found = os.stat(self._file)
        except (FileNotFoundError, PermissionError):
            return ()
        return (found.st_ino, found.st_mtime_ns, found.st_size, found.st_ctime_ns)
