"""One process of a step: its directory, its streams, and how it ended."""

import os

from . import frames
from .resident import Answer
from .streams import Output


class Process:
    """A program while it runs, and what it became."""

    def __init__(self, directory: str, uid: int, outputs: list[Output]) -> None:
        self.directory = directory
        """Empty for a resident of an earlier step."""
        self.uid = uid
        self.outputs: list[Output | Answer] = [*outputs]
        self.answer: Answer | None = None
        """Where a resident's will be."""
        self.pid = 0
        self.status: int | None = None

    def dropped(self) -> list[int]:
        """Of each stream; a resident has but one."""
        return [*(output.dropped for output in self.outputs), 0][:2]

    def tails(self) -> list[bytes]:
        """Of each stream, what is kept and not yet forwarded."""
        return [*(bytes(output.tail) for output in self.outputs), b""][:2]


def place(directory: str, name: str, data: bytes, uid: int) -> None:
    """Write one file, root's and read-only, in directories that are the program's own."""
    *parents, last = name.split("/")
    for parent in parents:
        directory = f"{directory}/{parent}"
        if not os.path.isdir(directory):
            os.mkdir(directory, 0o700)
            os.chown(directory, uid, uid)
    descriptor = os.open(f"{directory}/{last}", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o444)
    frames.write(descriptor, data)
    os.close(descriptor)
