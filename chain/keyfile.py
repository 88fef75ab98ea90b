"""Hotkeys on disk, in bittensor's own format: a file of ``~/.bittensor/wallets/*/hotkeys/`` works as it is.

Covered: a file that others can read or write is refused, a new one is complete or absent and never replaces another.
Not covered: encrypted files (bittensor keeps hotkeys in the clear), and keys of other schemes than sr25519.
"""

import os
import stat
import tempfile
from pathlib import Path
from typing import Any

from chain.errors import KeyFileProblem

_MAX_BYTES = 64 * 1024
_SR25519 = 1


def write(path: Path, seed: bytes | None = None) -> Any:
    """Make a key and its file (mode 0600); returns the keypair. Raises KeyFileProblem, also if ``path`` exists.

    Without ``seed`` the key comes from twelve fresh words, which the file keeps too; a seed has 32 bytes.
    """
    from bittensor.sp_core import Keypair, serialized_keypair_to_keyfile_data

    if seed is None:
        keypair = Keypair.create_from_mnemonic(Keypair.generate_mnemonic())
    elif len(seed) == 32:
        keypair = Keypair.create_from_seed(seed)
    else:
        raise ValueError(f"a seed has 32 bytes, not {len(seed)}")
    _place(path, bytes(serialized_keypair_to_keyfile_data(keypair)))
    return keypair


def read(path: Path) -> Any:
    """The keypair in ``path``. Raises KeyFileProblem."""
    from bittensor.sp_core import KeyfileError, deserialize_keypair_from_keyfile_data, keyfile_data_is_encrypted

    data = _private_bytes(path)
    if keyfile_data_is_encrypted(data):
        raise KeyFileProblem(f"{path} is encrypted; a server needs a hotkey file without a password")
    try:
        keypair = deserialize_keypair_from_keyfile_data(data)
        if keypair.crypto_type != _SR25519:
            raise KeyFileProblem(f"{path} is not an sr25519 key; make one with `lovelace chain key FILE`")
        keypair.sign(b"")
    except (KeyfileError, ValueError) as error:
        # The cause may quote the file, so it is not repeated.
        raise KeyFileProblem(f"{path} holds no private hotkey; make one with `lovelace chain key FILE`") from error
    return keypair


def _private_bytes(path: Path) -> bytes:
    try:
        # Without O_NONBLOCK, opening a pipe would wait for its writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        raise KeyFileProblem(f"no key file at {path}; make one with `lovelace chain key {path}`") from None
    except OSError as error:
        raise KeyFileProblem(f"cannot read the key file {path}: {error.strerror}") from error
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise KeyFileProblem(f"{path} is not a file")
        if mode & 0o077:
            octal = f"{stat.S_IMODE(mode):04o}"
            raise KeyFileProblem(f"others can use the key file {path} (mode {octal}); run: chmod 600 {path}")
        return os.read(descriptor, _MAX_BYTES)
    finally:
        os.close(descriptor)


def _place(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.") as draft:  # mode 0600
            draft.write(data)
            draft.flush()
            os.fsync(draft.fileno())
            os.link(draft.name, path)  # unlike a rename, it fails when there is a file already
    except FileExistsError:
        raise KeyFileProblem(f"{path} exists; a key file is never overwritten") from None
    except OSError as error:
        raise KeyFileProblem(f"cannot write the key file {path}: {error.strerror}") from error
