"""The peer that keeps its container: ``docker exec`` into one that runs. Nothing is cleaned between programs."""

import contextlib
from collections.abc import AsyncIterator

from benchmarks import docker_run, peer
from benchmarks.errors import WrongAnswer
from sandbox.image import Image

COMMAND = "docker exec CONTAINER python3 -c PROGRAM"
MOST_SECONDS = 1800
"""The container ends by then, even if whoever measures was killed."""


@contextlib.asynccontextmanager
async def container(image: Image) -> AsyncIterator[str]:
    """The name of one that runs, with the limits of the other peers'."""
    limits = docker_run.LIMITS.split()
    start = ["docker", "run", "--detach", "--rm", "--init", *limits, "--entrypoint", "sleep"]
    name = (await peer.output([*start, image.digest, str(MOST_SECONDS)], within_seconds=120)).decode().strip()
    try:
        yield name
    finally:
        await peer.output(["docker", "kill", name], within_seconds=120)


async def run(name: str, source: str, stdout: bytes) -> None:
    """One program in the container of that name. Raises WrongAnswer."""
    words = [name if word == "CONTAINER" else source if word == "PROGRAM" else word for word in COMMAND.split()]
    if (out := await peer.output(words, within_seconds=120)) != stdout:
        raise WrongAnswer(f"docker exec wrote {out!r}, not {stdout!r}")
