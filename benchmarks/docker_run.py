"""The peer that everybody has: ``docker run --rm`` of the same image, for the same program, under the same limits."""

import asyncio
import time

from benchmarks.errors import WrongAnswer
from sandbox import confinement
from sandbox.image import Image
from sandbox.protocol import Limits

LIMITS = (
    f"--network none --read-only --cap-drop ALL --security-opt no-new-privileges --cpus 1 "
    f"--pids-limit {confinement.PROCESSES} --memory {Limits().memory_bytes + confinement.OVERHEAD_BYTES} "
    f"--memory-swap {Limits().memory_bytes + confinement.OVERHEAD_BYTES} --log-driver none"
)
"""What is dear in Docker's defaults (a bridged network, a log) is left out in the peer's favour."""
COMMAND = f"docker run --rm {LIMITS} --entrypoint python3 IMAGE -c PROGRAM"


async def seconds(image: Image, source: str, stdout: bytes) -> float:
    """How long one takes, from its start to its removal. Raises WrongAnswer."""
    words = [image.digest if word == "IMAGE" else source if word == "PROGRAM" else word for word in COMMAND.split()]
    began = time.perf_counter()
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*words, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe)
    out, err = await process.communicate()
    took = time.perf_counter() - began
    if process.returncode or out != stdout:
        raise WrongAnswer(f"docker run ended with {process.returncode}: {out!r} {err!r}")
    return took
