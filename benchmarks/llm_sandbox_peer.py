"""The peer from PyPI: an llm-sandbox session that stands, one program after another, in a container of our image."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from benchmarks.errors import WrongAnswer
from sandbox.image import Image

COMMAND = 'SandboxSession(lang="python", skip_environment_setup=True).run(PROGRAM)'
SETTINGS = {"entrypoint": ["sleep", "1800"], "network_mode": "none"}
"""Of its container: no supervisor of ours in it, and it ends even if whoever measures was killed."""


@contextlib.asynccontextmanager
async def session(image: Image) -> AsyncIterator[Callable[[str, str], Awaitable[None]]]:
    """Takes a source and what it must write; raises WrongAnswer."""
    from llm_sandbox import SandboxSession

    opened: Any = SandboxSession(
        lang="python", image=image.digest, skip_environment_setup=True, keep_template=True, runtime_configs=SETTINGS
    )
    await asyncio.to_thread(opened.open)

    async def run(source: str, stdout: str) -> None:
        told = await asyncio.to_thread(opened.run, source)
        if told.stdout != stdout:
            raise WrongAnswer(f"llm-sandbox answers {told.stdout!r} and {told.stderr!r}, not {stdout!r}")

    try:
        # it calls python, which Debian's Python is not called
        await asyncio.to_thread(opened.execute_command, "ln -s /usr/bin/python3 /usr/local/bin/python")
        yield run
    finally:
        await asyncio.to_thread(opened.close)
