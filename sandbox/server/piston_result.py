"""How a program went, in Piston's words."""

from typing import Literal

from sandbox.protocol import Ended, Execution, Limits, Message, Step
from sandbox.server import foreign
from sandbox.server.piston_job import Job

Status = Literal["RE", "SG", "TO", "OL", "EL"]
"""Ended with an error, by a signal, out of time, with too much on standard output or on standard error."""


class Stage(Message):
    """How one step went. ``code`` is null when a signal ended it, ``signal`` is null otherwise."""

    stdout: str = ""
    stderr: str = ""
    output: str = ""
    """Standard output, then standard error: we do not know which came when."""
    code: int | None = 0
    signal: str | None = None
    message: str | None = None
    status: Status | None = None
    cpu_time: int = 0
    """Milliseconds, as ``wall_time``."""
    wall_time: int = 0
    memory: int = 0
    """The peak, in bytes."""


class Result(Message):
    """What Piston answers. ``compile`` is there for every language: open-r1 looks at it for Python too."""

    language: str
    version: str
    run: Stage
    compile: Stage


def result_of(job: Job, execution: Execution) -> Result:
    """The facts of ``execution`` in Piston's words. What did not compile has its compilation for a run."""
    compiled = stage_of(execution.compile, job.compile_limits) if execution.compile else Stage()
    ran = stage_of(execution.runs[0], job.run_limits) if execution.runs else compiled
    return Result(language=job.runtime.language, version=str(job.runtime.version), run=ran, compile=compiled)


def stage_of(step: Step, limits: Limits) -> Stage:
    """One step in Piston's words."""
    status, message = _status(step, limits)
    killed = status in ("TO", "OL", "EL") or step.ended is Ended.MEMORY_LIMIT
    name = "SIGKILL" if killed else step.signal
    stdout, stderr = foreign.text(step.stdout), foreign.text(step.stderr)
    return Stage(
        stdout=stdout,
        stderr=stderr,
        output=stdout + stderr,
        code=None if name else 1 if step.exit_code is None else step.exit_code,
        signal=name,
        message=message,
        status=status,
        cpu_time=round(step.cpu_seconds * 1000),
        wall_time=round(step.wall_seconds * 1000),
        memory=step.peak_memory_bytes,
    )


def _status(step: Step, limits: Limits) -> tuple[Status | None, str | None]:
    match step.ended:
        case Ended.EXITED if step.exit_code == 0:
            return None, None
        case Ended.EXITED:
            return "RE", f"Exited with error status {step.exit_code}"
        case Ended.SIGNALLED:
            return "SG", f"Caught fatal signal {foreign.signal_number(step)}"
        case Ended.CPU_LIMIT:
            return "TO", "Time limit exceeded"
        case Ended.WALL_LIMIT:
            return "TO", "Time limit exceeded (wall clock)"
        case Ended.OUTPUT_LIMIT:
            return ("OL", "stdout length exceeded") if step.stdout_dropped else ("EL", "stderr length exceeded")
        case _:
            killed = step.ended is Ended.MEMORY_LIMIT or step.signal is not None
            return "SG" if killed else "RE", foreign.excess(step, limits)
