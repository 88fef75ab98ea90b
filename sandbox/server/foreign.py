"""What the drop-ins share: other services' file names, contents, limits and texts, in our words."""

import binascii
import posixpath
import signal

import pybase64

from sandbox.errors import BadRequest
from sandbox.protocol import MEBIBYTE, Ended, Limits, Outcome, Step

LEAST_MEMORY_BYTES = 16 * MEBIBYTE
"""Of what a step may be given; who asks for less gets this much."""
MISSING = "No such file or directory"


def relative(name: str) -> str:
    """``name`` without its dots: ``./a/../b`` is ``b``. Raises BadRequest for a path that leaves the directory."""
    found = posixpath.normpath(name)
    if not name or found.startswith(("/", "..")) or found == "." or "\0" in found or len(found.encode()) > 200:
        raise BadRequest(f"expected a path of at most 200 bytes that stays in the program's directory; got {name!r}")
    return found


def from_base64(text: str, name: str) -> bytes:
    """The bytes in ``text``, the contents of ``name``; line breaks in it do not matter. Raises BadRequest."""
    try:
        return pybase64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadRequest(f"the content of {name!r} is not base64: {error}") from error


def limits(cpu_seconds: float, wall_seconds: float, memory_bytes: int | None, maxima: Limits) -> Limits:
    """What a step may use: what was asked for, as far as ``maxima`` go. No memory limit is the largest there is."""
    return Limits(
        cpu_seconds=min(cpu_seconds, maxima.cpu_seconds),
        wall_seconds=min(wall_seconds, maxima.wall_seconds),
        memory_bytes=min(max(memory_bytes or maxima.memory_bytes, LEAST_MEMORY_BYTES), maxima.memory_bytes),
        output_bytes=maxima.output_bytes,
        processes=maxima.processes,
        disk_bytes=maxima.disk_bytes,
    )


def text(written: bytes) -> str:
    """What a program wrote, as a JSON string: what is not UTF-8 becomes U+FFFD."""
    return written.decode(errors="replace")


def is_text(written: bytes) -> bool:
    """Whether ``text`` loses nothing of it."""
    try:
        written.decode()
    except UnicodeDecodeError:
        return False
    return True


def out_of_time(step: Outcome) -> bool:
    """It was stopped for its CPU or wall time."""
    return step.ended in (Ended.CPU_LIMIT, Ended.WALL_LIMIT)


def excess(step: Step, limits: Limits) -> str | None:
    """Which limit but time's stopped ``step``, in words; None if none did."""
    match step.ended:
        case Ended.MEMORY_LIMIT:
            return f"Memory limit exceeded ({limits.memory_bytes // MEBIBYTE} MB)"
        case Ended.OUTPUT_LIMIT:
            return f"Output limit exceeded ({limits.output_bytes} bytes of each stream)"
        case Ended.PROCESS_LIMIT:
            return "Process limit exceeded"
        case Ended.DISK_LIMIT:
            return "Disk limit exceeded"
        case Ended.CONTAINER_DEATH:
            return "Three containers died of it, for no reason that was seen"
        case _:
            return None


def signal_number(step: Outcome) -> int:
    """The number of the signal that ended ``step``; that of SIGKILL if none has been named."""
    name, _, further = (step.signal or "SIGKILL").partition("+")
    return signal.Signals[name] + int(further or 0)
