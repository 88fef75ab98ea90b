"""Serve an ASGI application: bind first, so that a port in use is one clear line and not a traceback."""

import asyncio
import socket
import sys
from collections.abc import Callable, Coroutine
from ipaddress import ip_address
from math import ceil
from types import FrameType
from typing import Any

from sandbox.errors import CannotListen


def listen(host: str, port: int) -> socket.socket:
    """Bind ``host:port`` (port 0 lets the kernel choose). Raises CannotListen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise CannotListen(f"cannot listen on {host}:{port}: {error.strerror}; choose another with --port") from error
    listener.listen(1024)
    return listener


def check_reachable(host: str, *, guarded: bool) -> None:
    """Raises CannotListen if ``host`` is not this machine alone and nobody from elsewhere would be served there."""
    if guarded or host == "localhost":
        return
    try:
        loopback = ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise CannotListen(
            f"nobody could be served on {host} from elsewhere: make a key (lovelace sandbox key add NAME), "
            f"or serve strangers too with --anonymous"
        )


def serve(
    app: Any,
    listener: socket.socket,
    *,
    stop_on_eof: bool = False,
    grace_seconds: float = 5,
    first: Callable[[], Coroutine[Any, Any, None]] | None = None,
) -> None:
    """Serve ``app`` until SIGTERM or Ctrl-C; with ``stop_on_eof`` also when standard input closes.

    What was accepted is finished, for at most ``grace_seconds``; a second signal ends it at once. A parent that starts
    us with a pipe for standard input can so be killed at any moment and leave nothing behind. What has to be done
    ``first`` is done in the same event loop; what that raises is raised.
    """
    import uvicorn

    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=ceil(grace_seconds)
    )
    server = uvicorn.Server(config)

    finish = server.handle_exit

    def end(sig: int, frame: FrameType | None) -> None:
        server.force_exit = server.should_exit
        finish(sig, frame)

    server.handle_exit = end  # type: ignore[method-assign]  # uvicorn takes only SIGINT for a second signal

    async def run() -> None:
        if first is not None:
            await first()
        print(f"listening on http://{listener.getsockname()[0]}:{listener.getsockname()[1]}", flush=True)
        await server.serve(sockets=[listener])

    async def run_until_eof() -> None:
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        running = asyncio.create_task(run())
        watcher = asyncio.create_task(_stop_at_end(reader, server, running))
        try:
            await running
        except asyncio.CancelledError:
            if not server.should_exit:
                raise
        finally:
            watcher.cancel()

    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(run_until_eof() if stop_on_eof else run())


async def _stop_at_end(reader: asyncio.StreamReader, server: Any, running: asyncio.Task[None]) -> None:
    while await reader.read(1024):
        pass
    server.should_exit = True
    if not server.started:
        running.cancel()
