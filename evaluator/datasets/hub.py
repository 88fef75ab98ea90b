"""Files of the Hugging Face hub: at a pinned revision, and with a checksum that stays what it was.

Covered: a revision is a whole commit id, never a branch; a file's SHA-256 is the one given with it, else the one it
had when it was first fetched, which is kept beside the cache; any other is refused, be it the hub's fault or the
disk's. Not covered: what the first fetch brings, where no checksum is given.
"""

import json
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from hashlib import file_digest
from pathlib import Path
from typing import Self

from evaluator.errors import CannotFetch, MissingExtra

SCHEME = "hf://"
ADDRESS = re.compile(
    r"hf://(?P<repository>[\w.-]+/[\w.-]+)@(?P<revision>[0-9a-f]{40})/(?P<file>[^#]+?)(?:#(?:sha256=)?(?P<sha256>[0-9a-f]{64}))?"
)
CHECKSUMS = "lovelace-checksums.json"


@dataclass(frozen=True, slots=True)
class HubFile:
    """One file of a data set, at one commit."""

    repository: str
    revision: str
    file: str
    sha256: str | None = None

    @classmethod
    def parse(cls, address: str) -> Self:
        """Read ``hf://OWNER/NAME@COMMIT/FILE#SHA256``, the last part optional. Raises CannotFetch."""
        if (found := ADDRESS.fullmatch(address)) is None:
            wanted = "hf://OWNER/NAME@COMMIT/FILE or hf://OWNER/NAME@COMMIT/FILE#SHA256, with a commit id of 40 digits"
            raise CannotFetch(f"expected {wanted}, got {address!r}")
        return cls(**found.groupdict())

    def __str__(self) -> str:
        return f"{SCHEME}{self.repository}@{self.revision}/{self.file}"


@cache
def pinned() -> dict[str, tuple[HubFile, ...]]:
    """The files that hold each benchmark, of those that the hub has in a form we read: ``hub.toml``."""
    table = tomllib.loads(Path(__file__).with_name("hub.toml").read_text())
    return {
        name: tuple(
            HubFile(entry["repository"], entry["revision"], file, entry.get("sha256", {}).get(file))
            for file in entry["files"]
        )
        for entry in table.values()
        for name in entry["benchmarks"]
    }


def fetch(wanted: HubFile, cache: Path | None = None, endpoint: str | None = None) -> Path:
    """The file in the hub's cache on this machine, fetched if it is not there. Raises CannotFetch, MissingExtra."""
    try:
        import huggingface_hub
        from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError
    except ImportError as error:
        raise MissingExtra(f"{wanted}: needs huggingface_hub: pip install 'lovelace[hub]'") from error
    cache = cache or Path(huggingface_hub.constants.HF_HUB_CACHE)
    try:
        path = Path(
            huggingface_hub.hf_hub_download(
                wanted.repository,
                wanted.file,
                repo_type="dataset",
                revision=wanted.revision,
                cache_dir=cache,
                endpoint=endpoint,
            )
        )
    except (HfHubHTTPError, LocalEntryNotFoundError, ValueError, OSError) as error:
        why = " ".join(str(error).split())[:300]
        raise CannotFetch(f"{wanted}: the hub did not give it: {why}; give a local copy with --data") from error
    _verify(wanted, path, cache / CHECKSUMS)
    return path


def sha256_of(path: Path) -> str:
    """The file's digest in hexadecimal."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _verify(wanted: HubFile, path: Path, kept: Path) -> None:
    """Raises CannotFetch unless the checksum is the pinned one, else the kept one; keeps it if there is neither."""
    try:
        checksums = json.loads(kept.read_text()) if kept.exists() else {}
    except ValueError as error:
        raise CannotFetch(f"{kept}: not JSON: {error}; remove it to trust what is fetched next") from error
    found, expected = sha256_of(path), wanted.sha256 or checksums.get(str(wanted))
    if expected is None:
        whole = kept.with_name(f"{kept.name}.new")
        whole.write_text(json.dumps(checksums | {str(wanted): found}, indent=1) + "\n")
        whole.replace(kept)
    elif found != expected:
        raise CannotFetch(f"{wanted}: expected the SHA-256 {expected}, got {found}; remove {path} to fetch it anew")
