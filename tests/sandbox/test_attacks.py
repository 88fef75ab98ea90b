"""Every attack of the corpus fails while the walls stand, and would succeed without the one that stops it.

Afterwards the same lease, or a fresh container of it, runs a known-good program right, and nothing is left.
"""

import asyncio
import gc
import os
import re
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from sandbox import attacks, owner
from sandbox import engine as engines
from sandbox.agent.walls import Wall
from sandbox.attacks import Attack, Bait
from sandbox.pool import Pool
from sandbox.protocol import Program
from sandbox.testing import compiled_by, open_weakened

CORPUS = Path(__file__).parent.parent / "corpus" / "attacks"
DIRECTORIES = sorted(path.parent for path in CORPUS.glob("*/attack.toml"))
ON_GVISOR = [directory for directory in DIRECTORIES if attacks.load(directory).gvisor][::8]
CANARY = Program(language="python", source=(CORPUS / "canary.py").read_bytes())
TRIES = 3
"""How often an attack may need luck (a race, a second free core) to succeed where nothing stops it."""
Record = Callable[[str, object], None]


def attack_parameters(directories: list[Path]) -> list[object]:
    return [
        pytest.param(directory, id=directory.name, marks=[] if attacks.load(directory).quick else pytest.mark.heavy)
        for directory in directories
    ]


@pytest.fixture(scope="module")
def bait() -> Iterator[Bait]:
    """Servers on the host that say `breached` to whoever reaches them."""
    streams = [socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_UNIX)]
    name = f"lovelace-bait-{os.getpid()}"
    streams[1].bind(f"\0{name}")
    streams[1].listen()
    port = streams[0].getsockname()[1]
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind(("127.0.0.1", port))

    def greet(server: socket.socket) -> None:
        while True:
            try:
                visitor, _ = server.accept()
            except OSError:
                return
            with visitor:
                visitor.sendall(attacks.BREACHED)

    def answer() -> None:
        while True:
            question, whence = datagrams.recvfrom(1024)
            if question == b"leave":
                return
            datagrams.sendto(attacks.BREACHED, whence)

    threads = [threading.Thread(target=greet, args=(server,)) for server in streams] + [threading.Thread(target=answer)]
    for thread in threads:
        thread.start()
    yield Bait(port, name, os.getpid())
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
        end.sendto(b"leave", ("127.0.0.1", port))
    for server in streams:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
    for thread in threads:
        thread.join()
    datagrams.close()


@asynccontextmanager
async def opened(attack: Attack, without: frozenset[Wall], runtime: str | None = None) -> AsyncIterator[Pool]:
    """A pool that has what the attack needs."""
    others = [other.language for other in (attack.next, attack.beside, attack.companion) if other]
    wanted = ["python", attack.language, *others]
    async with open_weakened(without, slots=2, runtime=runtime, wanted=wanted) as pool:
        if attack.careless and (Wall.COMPILER_CALL not in attack.walls or Wall.COMPILER_CALL in without):
            with compiled_by(attack.language, attack.careless):
                yield pool
        else:
            yield pool


def host_counters() -> tuple[int, int]:
    """Our containers and our descriptors (among them those that hold uid blocks)."""
    client = engines.connect()
    try:
        ours = client.containers(all=True, filters={"label": f"{owner.LABEL}={owner.name()}"})
    finally:
        client.close()
    gc.collect()  # docker-py's connections refer to themselves
    return len(ours), len(os.listdir("/proc/self/fd"))


async def assert_as_before(before: tuple[int, int]) -> None:
    deadline = time.monotonic() + 10
    while (now := await asyncio.to_thread(host_counters)) != before:
        assert time.monotonic() < deadline, f"{now} containers and descriptors, and {before} before"


async def stopped(attack: Attack, directory: Path, bait: Bait, runtime: str | None = None) -> str:
    """Make the attack with every wall up; how it was stopped, in a few words."""
    before = await asyncio.to_thread(host_counters)
    async with opened(attack, frozenset(), runtime) as pool, pool.lease() as lease:
        tried = await attacks.attempt(attack, directory, pool, lease, bait)
        assert not tried.succeeded, f"IT GOT THROUGH: {tried.steps}"
        if runtime is None and attack.stopped:
            assert attack.stopped in {tried.steps[place].ended for place in ("compile", "run") if place in tried.steps}
        seen = (await lease.execute(CANARY)).runs[0]
        assert (seen.stdout, seen.stderr) == (b"328350\n", b"")
    await assert_as_before(before)
    step = tried.steps[attack.success.place] if attack.success.place in tried.steps else tried.steps["compile"]
    return f"{step.ended} {step.exit_code if step.exit_code is not None else step.signal or ''}"


async def succeeds_without_its_walls(attack: Attack, directory: Path, bait: Bait) -> str:
    before = await asyncio.to_thread(host_counters)
    for _ in range(TRIES):
        async with opened(attack, frozenset(attack.walls)) as pool, pool.lease() as lease:
            tried = await attacks.attempt(attack, directory, pool, lease, bait)
        if tried.succeeded:
            break
    assert tried.succeeded, f"something else stops it, or it is no attack: {tried.steps}"
    await assert_as_before(before)
    return f"{attack.success.place} {tried.steps[attack.success.place].ended}"


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("directory", attack_parameters(DIRECTORIES))
async def test_an_attack_is_stopped_by_its_wall(directory: Path, bait: Bait, record_property: Record) -> None:
    attack = attacks.load(directory)
    began = time.monotonic()
    up = await stopped(attack, directory, bait)
    between = time.monotonic()
    down = await succeeds_without_its_walls(attack, directory, bait)
    walls = " + ".join(attack.walls)
    times = f"{1000 * (between - began):.0f} / {1000 * (time.monotonic() - between):.0f}"
    record_property("attack", (directory.name, attack.language, walls, "runc", up, down, times))


@pytest.mark.heavy
@pytest.mark.usefixtures("gvisor")
@pytest.mark.parametrize("directory", ON_GVISOR, ids=lambda path: path.name)
async def test_an_attack_is_stopped_on_gvisor(directory: Path, bait: Bait, record_property: Record) -> None:
    attack = attacks.load(directory)
    began = time.monotonic()
    up = await stopped(attack, directory, bait, "runsc")
    milliseconds = f"{1000 * (time.monotonic() - began):.0f}"
    record_property(
        "attack", (directory.name, attack.language, " + ".join(attack.walls), "runsc", up, "", milliseconds)
    )


def test_there_are_enough_attacks_in_enough_languages() -> None:
    found = [attacks.load(directory) for directory in DIRECTORIES]
    assert len(found) >= 80
    assert len({attack.language for attack in found}) >= 6
    assert {wall for attack in found for wall in attack.walls} == set(Wall)


def test_the_design_names_every_attack_under_what_it_tries() -> None:
    page = (CORPUS.parents[2] / "docs" / "design" / "sandbox.md").read_text()
    rows = [line.split("|")[2] for line in page.splitlines() if line.startswith("| ") and line.count("|") == 3]
    told = {name for row in rows for name in re.findall("`([a-z0-9-]+)`", row)}
    assert told == {directory.name for directory in DIRECTORIES}
