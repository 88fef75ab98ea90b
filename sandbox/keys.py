"""API keys: who may use a server from elsewhere. A key is a tenant.

A token is ``lvs_ID_SECRET``: the secret is 256 random bits, of which the file keeps the SHA-256 alone. (A slow hash
is for secrets that people choose.) The server sees keys that are added and revoked while it runs.
"""

import hashlib
import hmac
import os
import secrets
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

PREFIX = "lvs"


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
    return f"{PREFIX}_{identifier}_{secret}"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


class Keys:
    """The keys in ``file`` that are not revoked; the file is read again when it has changed."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen: tuple[int, ...] | None = None
        self._valid: dict[str, Key] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        self._read_if_changed()
        return len(self._valid)

    def find(self, token: str) -> str | None:
        """The name of the key with this token; None if there is none, or it was revoked."""
        prefix, _, rest = token.partition("_")
        identifier, _, secret = rest.partition("_")
        self._read_if_changed()
        key = self._valid.get(identifier)
        if prefix != PREFIX or key is None:
            return None
        return key.name if hmac.compare_digest(key.digest, _digest(secret)) else None

    def _read_if_changed(self) -> None:
        from sandbox import store

        with self._lock:
            seen = self._state()
            if seen == self._seen:
                return
            valid = [key for key in store.read(self._file) if key.revoked_at is None] if seen else []
            self._valid = {key.id: key for key in valid}
            self._seen = seen

    def _state(self) -> tuple[int, ...]:
        """What changes whenever the file does; empty if there is none."""
        try:
            found = os.stat(self._file)
        except FileNotFoundError:
            return ()
        return (found.st_ino, found.st_mtime_ns, found.st_size, found.st_ctime_ns)
