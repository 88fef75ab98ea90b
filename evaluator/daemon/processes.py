"""The daemon's processes: one that serves HTTP, workers, and this one, which starts them again when they die.

Each is a fresh interpreter that reads its settings from standard input (a password never shows in a list of processes)
and leaves when that ends: a supervisor that is killed leaves nothing behind. By the same way workers are woken when the
server says, on standard output, that something was submitted. ``python -m evaluator.daemon.processes``.
"""

import asyncio
import contextlib
import gc
import json
import os
import signal
import socket
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from evaluator.daemon import logs
from evaluator.daemon.logs import tell
from evaluator.daemon.settings import Settings

if TYPE_CHECKING:
    from evaluator.daemon.store import Database

RESTART_SECONDS = 0.2, 30.0
"""Before a process that died is started again: the first time, and at most if it dies again and again."""
STABLE_SECONDS = 10.0
"""Whoever lived so long did not die of being started."""


class Role(StrEnum):
    """What a process of the daemon is."""

    SERVER = "server"
    WORKER = "worker"


async def supervise(settings: Settings, listener: socket.socket) -> None:
    """Keep the processes up until SIGTERM or Ctrl-C; then let them finish what they began."""
    logs.begin("supervisor")
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, stopping.set)
    workers = set[Process]()
    roles = [Role.SERVER, *[Role.WORKER] * settings.workers]
    async with asyncio.TaskGroup() as group:
        for role in roles:
            group.create_task(_keep_up(role, settings, listener, stopping, workers))


async def _keep_up(
    role: Role, settings: Settings, listener: socket.socket, stopping: asyncio.Event, workers: set[Process]
) -> None:
    pause = RESTART_SECONDS[0]
    while not stopping.is_set():
        began = time.monotonic()
        process = await _start(role, settings, listener)
        async with _connected(role, process, workers):
            code = await _until_gone(process, stopping, settings.grace_seconds)
        if stopping.is_set():
            return
        tell("process died", role=role, pid=process.pid, code=code)
        pause = RESTART_SECONDS[0] if time.monotonic() - began > STABLE_SECONDS else min(2 * pause, RESTART_SECONDS[1])
        if code == -signal.SIGKILL:
            pause = RESTART_SECONDS[0]  # somebody did that to it
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), pause)


async def _start(role: Role, settings: Settings, listener: socket.socket) -> Process:
    descriptor = listener.fileno()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "evaluator.daemon.processes", role, str(descriptor),
        stdin=PIPE, stdout=PIPE if role is Role.SERVER else None,
        pass_fds=[descriptor] if role is Role.SERVER else [], start_new_session=True,
    )  # fmt: skip
    assert process.stdin is not None
    with contextlib.suppress(ConnectionError):  # it is dead already, which we are about to see
        process.stdin.write(_told(settings) + b"\n")
        await process.stdin.drain()
    return process


def _told(settings: Settings) -> bytes:
    revealed = {"database": settings.database.get_secret_value()}
    return json.dumps(settings.model_dump(mode="json") | revealed).encode()


@contextlib.asynccontextmanager
async def _connected(role: Role, process: Process, workers: set[Process]) -> AsyncIterator[None]:
    """While the context lasts: whatever the server says wakes all ``workers``, of which this may be one."""
    match role:
        case Role.SERVER:
            assert process.stdout is not None
            passing = asyncio.create_task(_pass_on(process.stdout, workers))
            try:
                yield
            finally:
                passing.cancel()
        case Role.WORKER:
            workers.add(process)
            try:
                yield
            finally:
                workers.discard(process)


async def _pass_on(said: asyncio.StreamReader, workers: set[Process]) -> None:
    while await said.read(64 * 1024):
        for worker in workers:
            if worker.stdin is not None and not worker.stdin.transport.get_write_buffer_size():
                worker.stdin.write(b"\n")  # whoever has not read the last one needs no other


async def _until_gone(process: Process, stopping: asyncio.Event, grace_seconds: float) -> int:
    """Its exit code. When we are to stop, it gets ``grace_seconds`` to do so too."""
    ended, stop = asyncio.create_task(process.wait()), asyncio.create_task(stopping.wait())
    await asyncio.wait({ended, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if not ended.done():
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(asyncio.shield(ended), grace_seconds + 5)
        except TimeoutError:
            process.kill()
    return await ended


@contextlib.asynccontextmanager
async def _hearing(
    reader: asyncio.StreamReader, stop: Callable[[], None], wake: Callable[[], None] = lambda: None
) -> AsyncIterator[None]:
    """While the context lasts: ``stop`` at SIGTERM (uvicorn has its own way), and when our supervisor is gone."""
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop)

    async def wait() -> None:
        while await reader.read(1024):
            wake()
        stop()

    task = asyncio.create_task(wait())
    try:
        yield
    finally:
        task.cancel()


async def _work(settings: Settings, orders: asyncio.StreamReader) -> None:
    from evaluator.daemon.store import Database
    from evaluator.daemon.worker import Worker
    from evaluator.extraction.apart import reader
    from sandbox import privileges
    from sandbox.kept import open_sandbox

    slots = settings.slots or max(1, len(os.sched_getaffinity(0)) // max(1, settings.workers))
    database = Database(settings.database.get_secret_value())
    try:
        await _load(database)
        async with open_sandbox(settings.languages, slots=2 * slots, warm=slots, runtime=settings.runtime) as pool:
            await asyncio.to_thread(reader.start)
            privileges.drop()
            worker = Worker(database, pool, settings, slots)
            async with _hearing(orders, worker.stop, worker.wake):
                await worker.work()
    finally:
        database.close()


async def _serve(settings: Settings, reader: asyncio.StreamReader, descriptor: int) -> None:
    import uvicorn

    from evaluator.daemon.server import app
    from evaluator.daemon.store import Database
    from sandbox import privileges
    from sandbox.keys import Keys

    database = Database(settings.database.get_secret_value())
    keys = Keys(settings.keys)
    application = app(settings, database, keys, _say_so)
    config = uvicorn.Config(application, log_config=None, access_log=False, server_header=False,
                            timeout_graceful_shutdown=5)  # fmt: skip
    os.set_blocking(sys.stdout.fileno(), False)
    config.load()
    await _load(database)
    privileges.drop()
    server = uvicorn.Server(config)

    def stop() -> None:
        server.should_exit = True

    try:
        async with _hearing(reader, stop):
            await server.serve(sockets=[socket.socket(fileno=descriptor)])
    finally:
        database.close()


def _say_so() -> None:
    """Something was submitted. Whoever has not heard the last time needs not hear it now."""
    with contextlib.suppress(BlockingIOError, BrokenPipeError):
        os.write(sys.stdout.fileno(), b"\n")


async def _load(database: "Database") -> None:
    """Import and read what is else loaded when first needed: whoever gave root up may not reach it any more.

    Raises DatabaseUnavailable, WrongDatabase: better now than later.
    """
    from evaluator.daemon import intake, schema
    from evaluator.extraction import extract
    from evaluator.graders import assemble, load

    await asyncio.to_thread(schema.check, database)
    (first, *_) = intake.benchmark("humaneval")
    load()
    assemble(first, extract(first, first.canonical_solution) or "")
    gc.freeze()  # what is here by now stays: no collection need look at it again


async def _main(role: Role, descriptor: int) -> None:
    reader = asyncio.StreamReader(limit=1024 * 1024)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    told = await reader.readline()
    if not told:
        return  # our supervisor is gone already
    settings = Settings.model_validate_json(told)
    match role:
        case Role.SERVER:
            await _serve(settings, reader, descriptor)
        case Role.WORKER:
            await _work(settings, reader)


def main() -> None:
    """Be the process that the arguments name."""
    from evaluator.errors import EvaluatorError
    from sandbox.errors import SandboxError

    role, descriptor = Role(sys.argv[1]), int(sys.argv[2])
    logs.begin(f"{role}:{os.getpid()}")
    try:
        asyncio.run(_main(role, descriptor))
    except (EvaluatorError, SandboxError) as error:
        tell("cannot go on", 40, message=str(error))
        sys.exit(1)


if __name__ == "__main__":
    main()
