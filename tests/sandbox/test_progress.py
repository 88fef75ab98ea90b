"""What is told of a program while it runs: at once, all of it, and nothing twice without saying so."""

import asyncio
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from sandbox.lease import Lease
from sandbox.local import open_sandbox
from sandbox.pool import Pool
from sandbox.protocol import (
    MEBIBYTE,
    CompileStarted,
    Ended,
    Limits,
    Program,
    Progress,
    Restarted,
    Run,
    RunStarted,
    Stream,
    Written,
)

if TYPE_CHECKING:
    from docker import APIClient

ContainersOf = Callable[[int], list[str]]

WHERE = (
    "import re, time; text = open('/proc/self/mountinfo').read(); "
    "print(re.search('containers/([0-9a-f]{64})/', text)[1], end='', flush=True)"
)


def python(source: str, runs: int = 1, output_bytes: int = MEBIBYTE) -> Program:
    limits = Limits(output_bytes=output_bytes)
    return Program(language="python", source=source.encode(), runs=(Run(),) * runs, limits=limits)


def written(told: list[Progress], run: int | None, stream: Stream) -> bytes:
    """What was told of a stream, but for what is void."""
    data = b""
    for one in told:
        match one:
            case Restarted() if one.run is None or (run is not None and run >= one.run):
                data = b""
            case Written() if one.run == run and one.stream is stream:
                data += one.data
    return data


async def test_a_programs_words_are_told_while_it_runs(lease: Lease) -> None:
    """It says one thing and waits for an answer that nobody gives; we hear of it before it ends."""
    told: list[Progress] = []
    heard = asyncio.Event()

    def hear(progress: Progress) -> None:
        told.append(progress)
        if isinstance(progress, Written):
            heard.set()

    program = python("import time; print('up', end='', flush=True); time.sleep(20)")
    running = asyncio.create_task(lease.execute(program, hear))
    async with asyncio.timeout(15):
        await heard.wait()
    assert not running.done()
    assert told == [RunStarted(run=0), Written(run=0, stream=Stream.STDOUT, data=b"up")]
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_all_that_is_told_is_what_the_execution_has(lease: Lease) -> None:
    told: list[Progress] = []
    source = "import os, sys\nfor i in range(300): os.write(1, b'out%d' % i * 100); os.write(2, b'err%d' % i)"
    execution = await lease.execute(python(source, runs=2), told.append)
    assert [one for one in told if not isinstance(one, Written)] == [RunStarted(run=0), RunStarted(run=1)]
    for number, run in enumerate(execution.runs):
        assert written(told, number, Stream.STDOUT) == run.stdout != b""
        assert written(told, number, Stream.STDERR) == run.stderr != b""
    assert told.index(RunStarted(run=1)) > max(
        at for at, one in enumerate(told) if isinstance(one, Written) and one.run == 0
    )


async def test_what_is_beyond_the_limit_is_not_told(lease: Lease) -> None:
    told: list[Progress] = []
    execution = await lease.execute(python("print('x' * 5000)", output_bytes=1000), told.append)
    assert execution.runs[0].ended is Ended.OUTPUT_LIMIT
    assert written(told, 0, Stream.STDOUT) == b"x" * 1000


async def test_a_program_that_writes_byte_by_byte_costs_no_frame_a_byte(lease: Lease) -> None:
    told: list[Progress] = []
    execution = await lease.execute(python("import os\nfor _ in range(20_000): os.write(1, b'x')"), told.append)
    assert written(told, 0, Stream.STDOUT) == execution.runs[0].stdout == b"x" * 20_000
    frames = sum(isinstance(one, Written) for one in told)
    assert frames <= 2 + execution.runs[0].wall_seconds / 0.02


IN_TURN = """
import array, fcntl, os, termios

for turn in range(8):
    os.write(1 + turn % 2, b"%d" % turn)
    unread = array.array("i", [1])
    while unread[0]:
        fcntl.ioctl(1 + turn % 2, termios.FIONREAD, unread)
"""
"""Writes to one stream once what it wrote to the other one has been read."""


async def test_two_streams_are_told_in_the_order_in_which_they_came(lease: Lease) -> None:
    told: list[Progress] = []
    await lease.execute(python(IN_TURN), told.append)
    assert b"".join(one.data for one in told if isinstance(one, Written)) == b"01234567"


async def test_a_program_that_writes_to_two_streams_in_turn_costs_no_frame_a_byte(lease: Lease) -> None:
    told: list[Progress] = []
    source = IN_TURN.replace("range(8)", "range(4000)")
    execution = await lease.execute(python(source), told.append)
    for stream, kept in ((Stream.STDOUT, execution.runs[0].stdout), (Stream.STDERR, execution.runs[0].stderr)):
        assert written(told, 0, stream) == kept != b""
    frames = sum(isinstance(one, Written) for one in told)
    assert frames <= (2 + execution.runs[0].wall_seconds / 0.02) * (2 + 32)


async def test_the_compiler_is_told_of_too(lease: Lease) -> None:
    told: list[Progress] = []
    source = b'#warning "beware"\n#include <cstdio>\nint main() { std::puts("ran"); }'
    execution = await lease.execute(Program(language="cpp", source=source), told.append)
    assert execution.compile is not None
    assert told[0] == CompileStarted()
    assert written(told, None, Stream.STDERR) == execution.compile.stderr
    assert b"beware" in execution.compile.stderr
    assert told.index(RunStarted(run=0)) > 1
    assert written(told, 0, Stream.STDOUT) == b"ran\n"


async def test_a_program_that_does_not_compile_is_told_of_no_run(lease: Lease) -> None:
    told: list[Progress] = []
    execution = await lease.execute(Program(language="cpp", source=b"int main() { return x; }"), told.append)
    assert execution.runs == ()
    assert not any(isinstance(one, RunStarted) for one in told)
    assert b"was not declared in this scope" in written(told, None, Stream.STDERR)


async def test_a_retry_says_that_it_is_one(client: "APIClient") -> None:
    told: list[Progress] = []
    found: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def hear(progress: Progress) -> None:
        told.append(progress)
        if isinstance(progress, Written) and progress.run == 1 and not found.done():
            found.set_result(progress.data.decode().strip())

    async def kill() -> None:
        await asyncio.to_thread(client.kill, await found)

    async with open_sandbox(["python"], slots=1, warm=0) as pool, pool.lease() as lease:
        source = WHERE.encode() + b"; import sys; time.sleep(len(sys.argv[1:]))"
        runs = (Run(), Run(arguments=("x",) * 8), Run())  # the second is still there when it is killed
        execution, _ = await asyncio.gather(
            lease.execute(Program(language="python", source=source, runs=runs), hear), kill()
        )
    steps = [one for one in told if not isinstance(one, Written)]
    assert steps == [RunStarted(run=0), RunStarted(run=1), Restarted(run=1), RunStarted(run=2)]
    first, *others = [run.stdout.decode() for run in execution.runs]
    assert first == found.result()
    assert first not in others
    assert [written(told, run, Stream.STDOUT).decode() for run in range(3)] == [first, *others]


async def test_whoever_cancels_stops_the_program_and_leaves_nothing(
    sandbox: Pool, containers_of: ContainersOf, gone: Callable[[str], None]
) -> None:
    heard: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def hear(progress: Progress) -> None:
        if isinstance(progress, Written) and not heard.done():
            heard.set_result(progress.data.decode())

    async with sandbox.lease() as lease:
        running = asyncio.create_task(lease.execute(python(WHERE + "; time.sleep(60)"), hear))
        async with asyncio.timeout(20):
            container = await heard
        assert container in containers_of(os.getpid())
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        await asyncio.to_thread(gone, container)
        assert (await lease.execute(python("print('next')"))).runs[0].stdout == b"next\n"


async def test_a_listener_that_fails_ends_the_program(sandbox: Pool) -> None:
    def refuse(progress: Progress) -> None:
        if isinstance(progress, Written):
            raise ConnectionResetError("nobody listens")

    async with sandbox.lease() as lease:
        with pytest.raises(ConnectionResetError):
            await lease.execute(python("import time; print(1, flush=True); time.sleep(60)"), refuse)
        assert (await lease.execute(python("print('next')"))).runs[0].stdout == b"next\n"
