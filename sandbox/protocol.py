"""The sandbox's words: a Program goes in, an Execution (facts, no judgement) comes out.

Everything here crosses a process boundary, so every model is frozen and refuses fields it does not know.
"""

from enum import StrEnum
from typing import Annotated, Any, Self

import orjson
import pybase64
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

MEBIBYTE = 1024 * 1024
DISK_BYTES = 96 * MEBIBYTE
"""Of all the file systems that the programs of a container may write to, together."""


def _bytes_of(value: Any) -> Any:
    """Accept text (UTF-8), or ``{"base64": "..."}`` for bytes that are not text."""
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, dict) and value.keys() == {"base64"} and isinstance(value["base64"], str):
        return pybase64.b64decode(value["base64"], validate=True)
    return value


def _json_of(value: bytes) -> str | dict[str, str]:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"base64": pybase64.b64encode_as_string(value)}


_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "string"},
        {
            "type": "object",
            "properties": {"base64": {"type": "string", "contentEncoding": "base64"}},
            "required": ["base64"],
            "additionalProperties": False,
        },
    ]
}
Bytes = Annotated[
    bytes, BeforeValidator(_bytes_of), PlainSerializer(_json_of, when_used="json"), WithJsonSchema(_SCHEMA)
]
"""Bytes in are bytes out: a JSON string where they are UTF-8, else ``{"base64": "..."}``."""


class Message(BaseModel, frozen=True, extra="forbid"):
    """What crosses a process."""

    def to_json(self, *, exclude_defaults: bool = False) -> bytes:
        """As ``model_dump_json``, in UTF-8, at less than half its cost where megabytes are told."""
        return orjson.dumps(self.model_dump(exclude_defaults=exclude_defaults), default=_json_of)


class Ended(StrEnum):
    """How a step ended. Always the program's doing: our own failures are exceptions."""

    EXITED = "exited"
    SIGNALLED = "signalled"
    CPU_LIMIT = "cpu_limit"
    WALL_LIMIT = "wall_limit"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    PROCESS_LIMIT = "process_limit"
    """It failed after it had been refused a process or thread."""
    DISK_LIMIT = "disk_limit"
    """It took more disk space than it may, or failed with nothing left of the space or the files that there are."""
    CONTAINER_DEATH = "container_death"
    """Its container died three times, for no reason that we saw, while a known-good program passed in each."""


class Peak(StrEnum):
    """How far to trust a peak: the kernel's own high-water mark, or the highest of samples."""

    EXACT = "exact"
    SAMPLED = "sampled"


class Limits(Message):
    """What one step may use. CPU, memory and processes are those of its whole process tree."""

    cpu_seconds: float = Field(default=10.0, gt=0, allow_inf_nan=False)
    wall_seconds: float = Field(default=30.0, gt=0, allow_inf_nan=False)
    memory_bytes: int = Field(default=256 * MEBIBYTE, ge=16 * MEBIBYTE)
    output_bytes: int = Field(default=1 * MEBIBYTE, ge=0)
    """Kept of each stream and each collected file. A program that writes more is stopped, and the rest is counted."""
    processes: int = Field(default=250, ge=1)
    """Processes and threads at any one time, a companion's among them. The next one is refused."""
    disk_bytes: int = Field(default=DISK_BYTES, ge=0)
    """What its files may take, beyond those that it was given. Looked at ten times a second; the default is all there
    is, which the kernel refuses to exceed."""


MAXIMA = Limits(
    cpu_seconds=300, wall_seconds=600, memory_bytes=4096 * MEBIBYTE, output_bytes=64 * MEBIBYTE, processes=1000
)
"""What a request may ask for, unless a sandbox is told otherwise."""

COMPILE_LIMITS = Limits(cpu_seconds=60, wall_seconds=120, memory_bytes=1024 * MEBIBYTE, output_bytes=MEBIBYTE)


def _check_path(path: str) -> str:
    """Accept relative paths that stay where they are put."""
    parts = path.split("/")
    if not path or "\0" in path or len(path.encode()) > 200 or any(part in ("", ".", "..") for part in parts):
        raise ValueError(
            f"expected a relative path without '.', '..' or empty parts, of at most 200 bytes; got {path!r}"
        )
    return path


RelativePath = Annotated[str, AfterValidator(_check_path)]


class Companion(Message):
    """A second program beside the first, under a uid of its own, joined to it by a socket (descriptor 3 in both).

    Neither is forked from the other and neither can see the other's memory or files. The run ends when the
    companion ends. It is how a test suite judges code without sharing a process with it.

    A *resident* companion is one with a question. It is started once for a lease, and asked in each run whose companion
    differs in the question only. On descriptor 3 it then receives one byte with two descriptors: the question (of which
    it reads all that there is) and the run's socket. It answers with one message of at most 64 KiB: a byte that says
    whether it may be asked again (1), or is to be killed (0); its exit code; and what counts as its standard output.
    What it prints is lost, its directory is gone when it has answered, and it is renewed as we see fit.
    """

    language: str
    source: Bytes
    files: dict[RelativePath, Bytes] = Field(default={}, max_length=256)
    """Put into its directory, read-only."""
    question: Bytes | None = None


class Run(Message):
    """One start of a program."""

    stdin: Bytes = b""
    arguments: tuple[str, ...] = ()
    companion: Companion | None = None
    collect: tuple[RelativePath, ...] = Field(default=(), max_length=64)
    """Files to bring out afterwards, by their path in the program's directory."""


class Program(Message):
    """Source text and how to run it: compiled once, run as often as there are ``runs``."""

    language: str
    source: Bytes
    files: dict[RelativePath, Bytes] = Field(default={}, max_length=256)
    """Put beside the source when it is compiled, and into the program's directory whenever it runs; read-only."""
    runs: tuple[Run, ...] = Field(default=(Run(),), min_length=1)
    limits: Limits = Limits()
    compile_limits: Limits = COMPILE_LIMITS


class Outcome(Message):
    """How one process ended and what it wrote."""

    ended: Ended
    exit_code: int | None = None
    signal: str | None = None
    stdout: Bytes = b""
    stderr: Bytes = b""
    stdout_dropped: int = 0
    stderr_dropped: int = 0

    @model_validator(mode="after")
    def _exit_code_and_signal_agree_with_the_ending(self) -> Self:
        if (self.ended is Ended.EXITED) != (self.exit_code is not None):
            raise ValueError(f"ended {self.ended!r} with exit code {self.exit_code!r}")
        return self

    @property
    def succeeded(self) -> bool:
        """The process returned, and said 0."""
        return self.exit_code == 0


class Step(Outcome):
    """One compilation or one run: its outcome, and what its whole process tree used."""

    cpu_seconds: float
    wall_seconds: float
    peak_memory_bytes: int
    peak: Peak
    companion: Outcome | None = None
    files: dict[str, Bytes] = {}
    """The collected files."""
    files_refused: dict[str, str] = {}
    """Those that were not brought out, and why: missing, not a regular file, too large."""


class Execution(Message):
    """The facts of one Program. ``runs`` is empty when it did not compile."""

    language: str
    version: str
    image: str
    compile: Step | None
    runs: tuple[Step, ...]
    reused: bool = False
    """``compile`` tells of an earlier program of the lease with the same bytes, whose result was still there."""


class Stream(StrEnum):
    """Where a program writes."""

    STDOUT = "stdout"
    STDERR = "stderr"


class CompileStarted(Message):
    """The compiler begins."""


class RunStarted(Message):
    """Run number ``run`` begins, counted from 0."""

    run: int


class Written(Message):
    """The compiler (``run`` is None) or a run wrote ``data``. All of a stream's together are what the Step then has."""

    run: int | None
    stream: Stream
    data: Bytes


class Restarted(Message):
    """Our failure: a step begins again in a fresh container. What was told of it, and of later ones, is void."""

    run: int | None


Progress = CompileStarted | RunStarted | Written | Restarted
