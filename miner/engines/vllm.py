"""vLLM: a ``vllm serve`` of our own on loopback, started, watched, and started again when it ends.

A process of its own, so that it can be killed and come back while the miner stays, and in whatever environment vLLM
wants. What it says goes to our standard error; it ends when we do, however that is.
"""

import asyncio
import contextlib
import logging
import os
import socket
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

import httpx

from miner.engine import Delta, Generation
from miner.engines.openai import OpenAI
from miner.errors import EngineFailed
from miner.protocol import Usage

LOOK_SECONDS = 0.5
LONGEST_PLACE = 60
"""Characters of the directory of a socket, of whose path the kernel takes 107."""
LONGEST_PAUSE_SECONDS = 60.0
"""Between a child that ended and the next one; it doubles from one second with each that was never ready."""
log = logging.getLogger(__name__)


class Vllm:
    """``miner.engine.Engine``. ``source``: what vLLM calls a model: a directory, or a name on the hub.

    ``options`` are passed on to ``vllm serve``; ``command`` starts vLLM, if it is another one than of our environment.
    """

    def __init__(
        self,
        source: str,
        model: str,
        options: Sequence[str] = (),
        command: Sequence[str] = (),
        load_seconds: float = 3600,
    ) -> None:
        self._model = model
        self._port = _free_port()
        own = [sys.executable, "-m", "vllm.entrypoints.openai.api_server"]  # the script is not in every build
        self._command = [
            *(sys.executable, "-m", "miner.engines.child", *(command or own), "--model", source),
            *("--host", "127.0.0.1", "--port", str(self._port), "--served-model-name", model),
            *("--enable-prefix-caching", *options),
        ]
        self._load_seconds = load_seconds
        self._through = OpenAI(f"{self.url}/v1", model)
        self._answers = False
        self._keeping: asyncio.Task[None] | None = None

    @property
    def model(self) -> str:
        return self._model

    @property
    def url(self) -> str:
        """Where it answers, on this machine."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def ready(self) -> bool:
        return self._answers

    async def open(self) -> None:
        """Start it, and wait until it answers. Raises EngineFailed: it ended, or takes longer than it may."""
        child = await self._start()
        try:
            await self._await_ready(child)
        except EngineFailed:
            await _end(child)
            raise
        self._keeping = asyncio.create_task(self._keep(child))

    async def generate(self, wanted: Generation) -> AsyncGenerator[Delta | Usage, None]:
        async with aclosing(self._through.generate(wanted)) as generated:
            async for came in generated:
                yield came

    async def close(self) -> None:
        """End it."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        await self._through.close()

    async def _start(self) -> asyncio.subprocess.Process:
        environment = {**os.environ, "VLLM_RPC_BASE_PATH": _sockets()}
        return await asyncio.create_subprocess_exec(
            *self._command, stdin=asyncio.subprocess.PIPE, stdout=sys.stderr, env=environment
        )

    async def _keep(self, child: asyncio.subprocess.Process) -> None:
        """See to it that there is one that answers, until cancelled."""
        pause = 1.0
        try:
            while True:
                code = await child.wait()
                self._answers = False
                log.warning("vllm ended with exit code %s; starting it again in %g s", code, pause)
                await asyncio.sleep(pause)
                child = await self._start()
                try:
                    await self._await_ready(child)
                    pause = 1.0
                except EngineFailed as error:
                    log.warning("%s", error)
                    await _end(child)
                    pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        finally:
            await asyncio.shield(_end(child))

    async def _await_ready(self, child: asyncio.subprocess.Process) -> None:
        """Return when it answers. Raises EngineFailed."""
        began = time.monotonic()
        async with httpx.AsyncClient(trust_env=False, timeout=LOOK_SECONDS) as http:
            while time.monotonic() - began < self._load_seconds:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(child.wait(), LOOK_SECONDS)
                if child.returncode is not None:
                    raise EngineFailed(f"vllm ended with exit code {child.returncode} before it answered; see above")
                with contextlib.suppress(httpx.TransportError):
                    if (await http.get(f"{self.url}/health")).status_code == httpx.codes.OK:
                        self._answers = True
                        log.info("vllm is ready after %.0f s", time.monotonic() - began)
                        return
        raise EngineFailed(f"vllm did not answer within {self._load_seconds:g} s")


async def _end(child: asyncio.subprocess.Process) -> None:
    assert child.stdin is not None
    child.stdin.close()
    await child.wait()


def _sockets() -> str:
    """Where vLLM makes its sockets: the directory for temporary files, unless their paths would be too long there."""
    found = tempfile.gettempdir()
    return found if len(found) < LONGEST_PLACE else "/tmp"  # noqa: S108  it names them by chance, as everywhere


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
