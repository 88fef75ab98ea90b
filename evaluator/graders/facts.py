"""What every grader says of a run in the same words: limits that were broken, how it ended, its last words."""

import reprlib
from collections.abc import Iterable

import sandbox.protocol as sandbox_protocol
from evaluator.protocol import Failure, Grader, Status, Verdict
from sandbox.protocol import MEBIBYTE, Ended, Execution, Limits, Outcome, Step

LONGEST_DETAIL = 400
COMPILE_LIMITS = sandbox_protocol.COMPILE_LIMITS.model_copy(update={"wall_seconds": 300.0})
"""Processor time decides; a compiler on a machine that is ten times overcommitted still gets its share of it."""


def verdict(
    grader: Grader,
    status: Status,
    detail: str,
    steps: Iterable[Step],
    *,
    calls: int = 0,
    failure: Failure | None = None,
    credit: float | None = None,
) -> Verdict:
    """A verdict, with what all of ``steps`` used: times in sum, memory at its highest."""
    steps = tuple(steps)
    return Verdict(
        grader=grader,
        status=status,
        detail=one_line(detail),
        calls=calls,
        cpu_seconds=sum(step.cpu_seconds for step in steps),
        wall_seconds=sum(step.wall_seconds for step in steps),
        peak_memory_bytes=max((step.peak_memory_bytes for step in steps), default=0),
        failure=failure,
        credit=credit,
    )


def broken_limit(endings: Iterable[Ended], limits: Limits) -> tuple[Status, str] | None:
    """The status for the gravest limit among ``endings``, and a line about it; None if none was broken."""
    ended = set(endings)
    if Ended.MEMORY_LIMIT in ended:
        return Status.OUT_OF_MEMORY, f"needed more than {limits.memory_bytes // MEBIBYTE} MiB"
    if Ended.CPU_LIMIT in ended:
        return Status.TIMED_OUT, f"needed more than {limits.cpu_seconds:g} s of processor time"
    if Ended.WALL_LIMIT in ended:
        return Status.TIMED_OUT, f"was not done after {limits.wall_seconds:g} s"
    if Ended.OUTPUT_LIMIT in ended:
        return Status.CRASHED, f"wrote or returned more than {limits.output_bytes} bytes"
    if ended - {Ended.EXITED, Ended.SIGNALLED}:
        return Status.CRASHED, f"was stopped by a {min(ended - {Ended.EXITED, Ended.SIGNALLED}).replace('_', ' ')}"
    return None


def not_compiled(grader: Grader, execution: Execution) -> Verdict | None:
    """The verdict on what does not compile; None if it did, or need not."""
    if execution.compile is None or execution.compile.succeeded:
        return None
    if broken := broken_limit([execution.compile.ended], COMPILE_LIMITS):
        return verdict(grader, Status.NOT_COMPILED, f"its compiler {broken[1]}", [execution.compile])
    said = (execution.compile.stderr + execution.compile.stdout).decode(errors="replace").split("\n")
    said = [line for line in said if line.strip() and not line.startswith("#")]  # Go's heading
    why = next((line for line in said if "error" in line.lower()), (said or [ending(execution.compile)])[0])
    return verdict(grader, Status.NOT_COMPILED, why, [execution.compile])


def ending(outcome: Outcome) -> str:
    """How a process ended, in words."""
    if outcome.exit_code is not None:
        return f"with exit code {outcome.exit_code}"
    return f"by {outcome.signal or outcome.ended.value}"


def last_line(stream: bytes) -> str:
    """The last line that is not blank."""
    lines = stream.decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def one_line(text: str) -> str:
    """The beginning of ``text``, fit for a terminal."""
    printable = "".join(c if c.isprintable() else " " for c in text[: 8 * LONGEST_DETAIL])
    return " ".join(printable.split())[:LONGEST_DETAIL]


def shown(value: object) -> str:
    """The beginning of what ``value`` looks like in Python, on one line."""
    return one_line(_SHORT.repr(value))


class _Short(reprlib.Repr):
    """Python's own, but longer, and at ease with integers of more digits than Python agrees to print."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlist = self.maxtuple = self.maxdict = 20
        self.maxstring = self.maxother = 160
        self.maxlevel = 8

    def repr_int(self, x: int, level: int) -> str:
        """Digits, or how many bits there are."""
        return str(x) if x.bit_length() < 500 else f"an integer of {x.bit_length()} bits"


_SHORT = _Short()
