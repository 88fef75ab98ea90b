"""A sandbox's promise without its walls: a program and its companion as two local processes joined at descriptor 3.

For tests of the drivers and graders. It holds wall and processor time; memory and everything else is the sandbox's.
"""

import asyncio
import contextlib
import fcntl
import os
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path

from sandbox.protocol import Ended, Execution, Limits, Outcome, Peak, Program, Step

MAIN = "main.py"
START = 'ulimit -S -t "$3"; exec "$0" -I -S "$1" 3<&"$2" {extra}<&-'


class LocalExecutor:
    """Runs Python programs of one run, with a companion or alone."""

    async def execute(self, program: Program) -> Execution:
        (run,) = program.runs
        if run.companion is None:
            return await _alone(program, run.stdin)
        if run.companion.question is not None:
            return await _asked(program, run.companion.source, run.companion.files, run.companion.question)
        ends = _socketpair()
        with tempfile.TemporaryDirectory() as directory:
            sources = ({**program.files, MAIN: program.source}, {**run.companion.files, MAIN: run.companion.source})
            started = time.monotonic()
            solution, tests = [
                await _start(Path(directory, str(end)), files, end, program.limits)
                for files, end in zip(sources, ends, strict=True)
            ]
            reading = asyncio.create_task(solution.communicate())
            judging = asyncio.create_task(tests.communicate())
            await asyncio.wait([judging], timeout=program.limits.wall_seconds)
            late = not judging.done()
            _kill(solution, tests)
            outcomes = [_outcome(solution, *await reading), _outcome(tests, *await judging)]
        return _execution(outcomes, late, time.monotonic() - started)


async def _asked(program: Program, source: bytes, files: dict[str, bytes], question: bytes) -> Execution:
    """A run whose companion is a resident: asked once, and not kept."""
    (ours, theirs), (control, residents) = _socketpair(), _socketpair(socket.SOCK_SEQPACKET)
    with tempfile.TemporaryDirectory() as directory, socket.socket(fileno=control) as channel:
        started = time.monotonic()
        solution = await _start(Path(directory, "1"), {**program.files, MAIN: program.source}, ours, program.limits)
        resident = await _start(Path(directory, "2"), {**files, MAIN: source}, residents, program.limits)
        memory = os.memfd_create("question")
        os.write(memory, question)
        socket.send_fds(channel, [b"?"], [memory, theirs])
        os.close(memory)
        os.close(theirs)
        reading, running = asyncio.create_task(solution.communicate()), asyncio.create_task(resident.communicate())
        channel.settimeout(program.limits.wall_seconds)
        said = await asyncio.to_thread(_answer, channel)
        _kill(solution, resident)
        tests = _outcome(resident, *await running)
        if said:
            tests = Outcome(ended=Ended.EXITED, exit_code=said[1], stdout=said[2:])
        outcomes = [_outcome(solution, *await reading), tests]
    return _execution(outcomes, said is None, time.monotonic() - started)


def _answer(channel: socket.socket) -> bytes | None:
    """None if there was none in time, nothing if the resident died."""
    try:
        return channel.recv(1 << 16)
    except TimeoutError:
        return None


async def _alone(program: Program, stdin: bytes) -> Execution:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", "-c", program.source.decode()),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    outcome = _outcome(process, *await process.communicate(stdin))
    step = Step(**dict(outcome), cpu_seconds=0.0, wall_seconds=0.0, peak_memory_bytes=0, peak=Peak.SAMPLED)
    return Execution(language="python", version=sys.version, image="none", compile=None, runs=(step,))


def _socketpair(kind: int = socket.SOCK_STREAM) -> list[int]:
    """Two descriptors from 10 on: the shell's redirection is to find 3 free."""
    here, there = socket.socketpair(socket.AF_UNIX, kind)
    with here, there:
        return [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in (here, there)]


async def _start(directory: Path, files: dict[str, bytes], end: int, limits: Limits) -> asyncio.subprocess.Process:
    directory.mkdir()  # noqa: ASYNC240  a few kilobytes
    for name, content in files.items():
        (directory / name).write_bytes(content)
    process = await asyncio.create_subprocess_exec(
        *("bash", "-c", START.replace("{extra}", str(end)), sys.executable, MAIN, str(end)),
        str(round(limits.cpu_seconds)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=directory,
        pass_fds=[end],
        start_new_session=True,
    )
    os.close(end)
    return process


def _kill(*processes: asyncio.subprocess.Process) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _outcome(process: asyncio.subprocess.Process, stdout: bytes, stderr: bytes) -> Outcome:
    code = process.returncode
    assert code is not None
    if code == -signal.SIGXCPU:
        return Outcome(ended=Ended.CPU_LIMIT, stdout=stdout, stderr=stderr)
    if code < 0:
        return Outcome(ended=Ended.SIGNALLED, signal=signal.Signals(-code).name, stdout=stdout, stderr=stderr)
    return Outcome(ended=Ended.EXITED, exit_code=code, stdout=stdout, stderr=stderr)


def _execution(outcomes: list[Outcome], late: bool, seconds: float) -> Execution:
    solution, tests = outcomes
    ended = Ended.WALL_LIMIT if late else solution.ended
    step = Step(
        **{**dict(solution), "ended": ended, "exit_code": None if late else solution.exit_code},
        cpu_seconds=0.0,
        wall_seconds=seconds,
        peak_memory_bytes=0,
        peak=Peak.SAMPLED,
        companion=tests,
    )
    return Execution(language="python", version=sys.version, image="none", compile=None, runs=(step,))
