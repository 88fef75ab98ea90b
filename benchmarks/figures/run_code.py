"""Python hello through SandboxFusion's ``POST /run_code`` of a real server, against bare interpreters."""

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor

from benchmarks import bare_python, crowd, hello_peers, served
from benchmarks.caller import Caller
from benchmarks.crowd import One
from benchmarks.errors import WrongAnswer
from benchmarks.figure import Claim, Figure, Series, paired
from benchmarks.hello_peers import HELLO_CALL, STDOUT, Peer
from benchmarks.served import Served

FASTER = 2.0
"""Programs a second over bare interpreters', and their p50 over ours."""
CLIENTS = 16
ROUNDS, QUICK_ROUNDS = 5, 1
BLOCK, QUICK_BLOCK = 1600, 32
"""Programs of ours in a round; of bare interpreters a fifth."""
PAIRS, QUICK_PAIRS = 60, 3
"""Calls of one client in a round, ours and bare in turn."""
Samples = dict[str, list[float]]


def measure(quick: bool) -> Figure:
    """Programs a second, 16 clients; milliseconds of a whole call, one client."""
    return asyncio.run(_measure(quick))


async def _measure(quick: bool) -> Figure:
    per_second: Samples = defaultdict(list)
    milliseconds: Samples = defaultdict(list)
    block, pairs = (QUICK_BLOCK, QUICK_PAIRS) if quick else (BLOCK, PAIRS)
    async with (
        served.serving("--tier", "python") as server,
        _callers(server) as ours,
        hello_peers.opened() as peers,
    ):
        with _threads() as bare:
            for _ in range(QUICK_ROUNDS if quick else ROUNDS):
                per_second["ours"].append(block / await crowd.seconds(block, ours))
                per_second["bare"].append(block // 5 / await crowd.seconds(block // 5, [bare] * CLIENTS))
                await _in_turn(pairs, ours[0], bare, milliseconds)
                await _the_others(peers, quick, per_second, milliseconds)
    return _figure(per_second, milliseconds)


@contextlib.asynccontextmanager
async def _callers(server: Served) -> AsyncIterator[list[One]]:
    """Clients of ours, each with its connection, seen to work."""
    async with contextlib.AsyncExitStack() as stack:
        callers = [await stack.enter_async_context(Caller(server)) for _ in range(CLIENTS)]
        ones = [_call_of(caller) for caller in callers]
        await crowd.seconds(2 * CLIENTS, ones)
        yield ones


def _call_of(caller: Caller) -> One:
    async def call() -> None:
        answer = await caller.post("/run_code", HELLO_CALL)
        if answer.status != 200 or answer.json()["run_result"]["stdout"] != STDOUT:
            raise WrongAnswer(f"POST /run_code answers {answer.status}: {answer.body!r}")

    return call


@contextlib.contextmanager
def _threads() -> Iterator[One]:
    """Bare interpreters, as many at a time as there are clients."""
    bare_python.interpreter()
    with ThreadPoolExecutor(CLIENTS) as threads:

        async def one() -> None:
            await asyncio.get_running_loop().run_in_executor(threads, bare_python.hello)

        yield one


async def _in_turn(pairs: int, ours: One, bare: One, milliseconds: Samples) -> None:
    for _ in range(pairs):
        milliseconds["ours"].append(await _milliseconds(ours))
        milliseconds["bare"].append(await _milliseconds(bare))


async def _the_others(peers: list[Peer], quick: bool, per_second: Samples, milliseconds: Samples) -> None:
    for one in peers:
        count = CLIENTS if quick else one.block
        if one.per_second:
            per_second[one.name].append(await one.per_second(count, CLIENTS))
        if one.call:
            milliseconds[one.name] += [await _milliseconds(one.call) for _ in range(1 if quick else one.calls)]


async def _milliseconds(one: One) -> float:
    began = time.perf_counter()
    await one()
    return 1000 * (time.perf_counter() - began)


def _figure(per_second: Samples, milliseconds: Samples) -> Figure:
    crowds = [Series(f"{name}, {CLIENTS} at a time", "programs/s", tuple(per_second[name])) for name in per_second]
    calls = [Series(f"{name}, one call", "ms", tuple(milliseconds[name])) for name in milliseconds]
    ratio = paired("ours / bare, of each round", per_second["ours"], per_second["bare"])
    p50s = {one.name: one.median for one in calls}
    sooner = p50s["bare, one call"] / p50s["ours, one call"]
    return Figure(
        "run-code",
        f"`{bare_python.COMMAND}`: by `POST /run_code` of `{served.COMMAND}`, to this machine's own user, and by bare "
        f"interpreters with no sandbox, {CLIENTS} at a time and one at a time, in turn. The others follow each round.",
        (*crowds, ratio, *calls),
        (
            Claim(f"{CLIENTS} clients: programs a second over bare", ratio.median, FASTER, "x", at_least=True),
            Claim("one client: p50 of bare over ours", sooner, FASTER, "x", at_least=True),
        ),
        peer=bare_python.COMMAND,
        notes=(
            f"Bare is `{bare_python.interpreter()}`, the quickest to start of this host's, by vfork out of threads, "
            "the quickest way that we found. Our clients are asyncio streams over connections that are kept, in the "
            "measuring process, on the same cores; every answer is parsed and compared.",
            *hello_peers.NOTES,
        ),
    )
