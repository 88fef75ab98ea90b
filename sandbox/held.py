"""The files of one sample, kept by ``sandbox.inspect`` between commands: each command finds them, and changes them.

What the sandbox says of them is a stranger's word: checked, kept in memory, never written to this machine's disk.
"""

import errno
import json
import os
import posixpath
import time
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError

from sandbox import courier
from sandbox.errors import ServerUnreachable
from sandbox.protocol import Message

LINKS = 40
"""Followed at most, as the kernel does."""


def _check_place(path: str) -> str:
    if posixpath.normpath(path) != path or not path.startswith(courier.TEMPORARY + "/") or "\0" in path:
        raise ValueError(f"expected a path below {courier.TEMPORARY}; got {path!r}")
    return path


Place = Annotated[str, AfterValidator(_check_place)]


class Entry(Message):
    """One file, as it is sent and comes back; the contents go beside it."""

    path: Place
    kind: Literal["file", "directory", "link"]
    mode: int = Field(ge=0, le=0o7777)
    changed: int = 0
    """When, in nanoseconds since 1970."""
    size: int = Field(default=0, ge=0)
    target: str = ""


class Report(Message):
    """How a command went, and what has changed."""

    code: int
    late: bool
    """It was stopped at the end of its time."""
    forbidden: bool
    """It was no program that may be run."""
    files: tuple[Entry, ...] = ()
    gone: tuple[Place, ...] = ()


@dataclass(slots=True)
class Files:
    """The files by path. Raises OSErrors, as a file system would."""

    _entries: dict[str, Entry] = field(default_factory=dict)
    _contents: dict[str, bytes] = field(default_factory=dict)

    def place(self, path: str) -> str:
        """Where ``path``, if relative in the home directory, leads to once links are followed."""
        parts = posixpath.join(courier.HOME, path).split("/")[::-1]
        found, links = "", 0
        while parts:
            part = parts.pop()
            if part == "..":
                found = posixpath.dirname(found)
            elif part not in ("", "."):
                entry = self._entries.get(f"{found}/{part}")
                if entry is None or entry.kind != "link":
                    found = f"{found}/{part}"
                    continue
                links += 1
                if links > LINKS:
                    raise _error(errno.ELOOP, path)
                found = "" if entry.target.startswith("/") else found
                parts += entry.target.split("/")[::-1]
        return found or "/"

    def holds(self, place: str) -> bool:
        """Whether ``place`` is kept here, or would be; all other files are the image's."""
        return place == courier.TEMPORARY or place.startswith(courier.TEMPORARY + "/")

    def read(self, path: str) -> bytes:
        """The contents of ``path``."""
        place = self.place(path)
        if self._is_directory(place):
            raise _error(errno.EISDIR, path)
        entry = self._entries.get(place)
        if entry is None:
            raise _error(errno.ENOENT, path)
        if not entry.mode & 0o400:
            raise _error(errno.EACCES, path)
        return self._contents[place]

    def write(self, path: str, contents: bytes) -> None:
        """Make or replace ``path``, and the directories that it needs."""
        place = self.place(path)
        if self._is_directory(place):
            raise _error(errno.EISDIR, path)
        if not self.holds(place):
            raise _error(errno.EACCES, path)
        entry = self._entries.get(place)
        if entry is not None and not entry.mode & 0o200:
            raise _error(errno.EACCES, path)
        self._make_directories(posixpath.dirname(place), path)
        mode = 0o644 if entry is None else entry.mode
        self._entries[place] = Entry(path=place, kind="file", mode=mode, changed=time.time_ns(), size=len(contents))
        self._contents[place] = contents

    def order(self, **command: Any) -> bytes:
        """What the courier reads before the command's own input."""
        entries = [self._entries[path] for path in sorted(self._entries)]  # directories before what they hold
        told = json.dumps({**command, "files": [entry.model_dump() for entry in entries]}).encode()
        contents = (self._contents[entry.path] for entry in entries if entry.kind == "file")
        return b"".join([b"%020d" % len(told), told, *contents])

    def take(self, said: bytes) -> tuple[Report, bytes]:
        """Make the changes that a courier tells of; its report, and the command's output. Raises ServerUnreachable."""
        try:
            length = int(said[-courier.DIGITS :])
            end = len(said) - courier.DIGITS - length
            report = Report.model_validate_json(said[end : len(said) - courier.DIGITS])
            sizes = sum(entry.size for entry in report.files if entry.kind == "file")
            if not 0 <= sizes <= end:
                raise ValueError(f"{sizes} bytes of files in {end}")
        except (ValueError, ValidationError) as error:
            raise ServerUnreachable(f"the courier's report makes no sense: {error}") from error
        for path in report.gone:
            self._entries.pop(path, None)
            self._contents.pop(path, None)
        place = end - sizes
        for entry in report.files:
            self._entries[entry.path] = entry
            self._contents.pop(entry.path, None)
            if entry.kind == "file":
                self._contents[entry.path] = said[place : place + entry.size]
                place += entry.size
        return report, said[: end - sizes]

    def _is_directory(self, place: str) -> bool:
        if place in ("/", courier.TEMPORARY, courier.HOME):
            return True
        return place in self._entries and self._entries[place].kind == "directory"

    def _make_directories(self, place: str, path: str) -> None:
        """``place`` and those above it, where they are missing."""
        if self._is_directory(place):
            return
        if place in self._entries:
            raise _error(errno.ENOTDIR, path)
        self._make_directories(posixpath.dirname(place), path)
        self._entries[place] = Entry(path=place, kind="directory", mode=0o755, changed=time.time_ns())


def _error(number: int, path: str) -> OSError:
    return OSError(number, os.strerror(number), path)
