"""64 MB in and 64 MB out through HTTP."""

import asyncio
import base64
import json
import os
import subprocess
import time
from typing import Any

from benchmarks import bare_python, served
from benchmarks.caller import Caller
from benchmarks.errors import WrongAnswer
from benchmarks.figure import Claim, Figure, Series
from sandbox.protocol import MEBIBYTE

BOUND_SECONDS = 2.0
SIZE = 64 * MEBIBYTE
ROUNDS, QUICK_ROUNDS = 9, 1
ECHO = "import sys\nwhile data := sys.stdin.buffer.read(1 << 20):\n    sys.stdout.buffer.write(data)\n"


def measure(quick: bool) -> Figure:
    """Seconds of whole calls, from the first byte sent to the last one received; every byte compared."""
    return asyncio.run(_measure(QUICK_ROUNDS if quick else ROUNDS))


async def _measure(rounds: int) -> Figure:
    text, noise = (b"The quick brown fox. " * (SIZE // 21 + 1))[:SIZE], os.urandom(SIZE)
    inputs: dict[str, tuple[bytes, Any]] = {
        "text": (text, text.decode()),
        "bytes that are no text": (noise, {"base64": base64.b64encode(noise).decode()}),
    }
    took: dict[str, list[float]] = {name: [] for name in inputs}
    bare = []
    async with served.serving("--tier", "python", "--slots", 1) as server, Caller(server) as caller:
        for _ in range(rounds):
            for name, (_, told) in inputs.items():
                took[name].append(await _echoed(caller, told))
            bare.append(await asyncio.to_thread(_bare, noise))
    series = [Series(f"ours, {name}", "s", tuple(took[name])) for name in took]
    return Figure(
        "bulk",
        f"A Python program that copies its standard input, {SIZE // MEBIBYTE} MiB, to its standard output: one "
        "`POST /v1/execute`, in a lease that stands; and, in turn, in a bare interpreter with no sandbox.",
        (*series, Series("bare", "s", tuple(bare))),
        tuple(Claim(f"{one.name.removeprefix('ours, ')}: p50", one.median, BOUND_SECONDS, "s") for one in series),
        peer="python3 -c ECHO",
        notes=("Text is a JSON string, other bytes are base64 in one. The client has the request ready, and compares "
               "the answer's bytes when the clock has stopped; bare has neither JSON nor base64.",),
    )  # fmt: skip


async def _echoed(caller: Caller, told: Any) -> float:
    order = {"language": "python", "source": ECHO, "runs": [{"stdin": told}], "limits": {"output_bytes": SIZE}}
    body = json.dumps(order, ensure_ascii=False).encode()
    began = time.perf_counter()
    answer = await caller.post("/v1/execute", body)
    took = time.perf_counter() - began
    if answer.status != 200 or answer.json()["runs"][0]["stdout"] != told:
        raise WrongAnswer(f"{SIZE} bytes came back as others: status {answer.status}, {answer.body[:300]!r}")
    return took


def _bare(data: bytes) -> float:
    words = [bare_python.interpreter(), "-c", ECHO]
    began = time.perf_counter()
    ran = subprocess.run(words, input=data, stdout=subprocess.PIPE, check=True)
    took = time.perf_counter() - began
    if ran.stdout != data:
        raise WrongAnswer(f"a bare interpreter made {len(ran.stdout)} other bytes of {SIZE}")
    return took
