"""The peer that everybody has: ``docker run --rm`` of the same image, for the same program, under the same limits."""

import time

from benchmarks import peer
from benchmarks.errors import WrongAnswer
from sandbox import confinement
from sandbox.image import Image
from sandbox.protocol import Limits

LIMITS = (
    f"--network none --read-only --cap-drop ALL --security-opt no-new-privileges --cpus 1 "
    f"--pids-limit {Limits().processes} --memory {Limits().memory_bytes + confinement.OVERHEAD_BYTES} "
    f"--memory-swap {Limits().memory_bytes + confinement.OVERHEAD_BYTES} --log-driver none"
)
"""What is dear in Docker's defaults (a bridged network, a log) is left out in the peer's favour."""
COMMAND = f"docker run --rm {LIMITS} --entrypoint python3 IMAGE -c PROGRAM"


async def seconds(image: Image, source: str, stdout: bytes) -> float:
    """How long one takes, from its start to its removal. Raises WrongAnswer."""
    words = [image.digest if word == "IMAGE" else source if word == "PROGRAM" else word for word in COMMAND.split()]
    began = time.perf_counter()
    out = await peer.output(words, within_seconds=120)
    took = time.perf_counter() - began
    if out != stdout:
        raise WrongAnswer(f"docker run wrote {out!r}, not {stdout!r}")
    return took
