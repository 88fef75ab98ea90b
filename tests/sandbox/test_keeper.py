"""A keeper in a process of its own: the same promise, no right to the engine, no payload through it."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from sandbox import image as images
from sandbox import owner
from sandbox.errors import BadRequest, ContainerLost, EngineUnavailable
from sandbox.keeper.client import Client
from sandbox.kept import open_sandbox
from sandbox.lease import Lease
from sandbox.pool import Pool
from sandbox.protocol import MEBIBYTE, Ended, Limits, Program, Progress, Restarted, Run, Step

if TYPE_CHECKING:
    from docker import APIClient

ContainersOf = Callable[[int], list[str]]
ROOT = Path(__file__).parents[2]

UNPRIVILEGED = """
import asyncio, os, signal, socket, sys
from pathlib import Path
from sandbox import privileges
from sandbox.kept import open_sandbox
from sandbox.protocol import Program

def engine_is_in_reach():
    with socket.socket(socket.AF_UNIX) as one:
        try:
            one.connect(sys.argv[1])
        except PermissionError:
            return False
        return True

async def main():
    async with open_sandbox(["python"], slots=1, warm=1) as pool:
        print(engine_is_in_reach())
        privileges.drop()
        print(engine_is_in_reach(), os.getresuid(), os.getresgid(), os.getgroups())
        for _ in range(2):
            async with pool.lease() as lease:
                step = (await lease.execute(Program(language="python", source=b"print(6 * 7)"))).runs[0]
                print(step.stdout, step.peak.value)
            print("go on", flush=True)
            sys.stdin.readline()
    print("closed", flush=True)

asyncio.run(main())
"""

AT_WORK = """
import asyncio
from sandbox.kept import open_sandbox
from sandbox.protocol import Program

async def main():
    async with open_sandbox(["python"], slots=2, warm=2) as pool, pool.lease() as lease:
        await lease.execute(Program(language="python", source=b"import time; time.sleep(60)"))

asyncio.run(main())
"""


@pytest_asyncio.fixture
async def kept(engine: None) -> AsyncIterator[Pool]:
    async with open_sandbox(["python"], slots=1) as pool:
        yield pool


@pytest_asyncio.fixture
async def keeper(engine: None) -> AsyncIterator[Client]:
    client = Client()
    await client.open()
    yield client
    await client.close()


def keepers_of(pid: int) -> dict[str, list[int]]:
    """The processes that keep for process ``pid``, by module."""
    found: dict[str, list[int]] = {"sandbox.keeper": [], "sandbox.keeper.server": []}
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_text().split("\0")
        except OSError:
            continue
        if words[1:2] == ["-m"] and words[2] in found and words[4].startswith(f"{pid}-"):
            found[words[2]].append(int(path.parent.name))
    return found


async def until(condition: Callable[[], bool]) -> None:
    """Nobody tells of such a moment: look until it has come."""
    async with asyncio.timeout(30):
        while not await asyncio.to_thread(condition):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def ran(lease: Lease, source: str, limits: Limits | None = None, stdin: bytes = b"") -> Step:
    program = Program(language="python", source=source.encode(), runs=(Run(stdin=stdin),), limits=limits or Limits())
    return (await lease.execute(program)).runs[0]


async def test_what_goes_in_and_out_does_not_pass_through_the_keeper(kept: Pool) -> None:
    def copied() -> int:
        (keeper,) = keepers_of(os.getpid())["sandbox.keeper.server"]
        words = Path(f"/proc/{keeper}/io").read_text().split()
        return int(words[1]) + int(words[3])

    size = 8 * MEBIBYTE
    async with kept.lease() as lease:
        assert (await ran(lease, "pass")).exit_code == 0
        before = copied()
        limits = Limits(output_bytes=size)
        step = await ran(lease, "import sys; sys.stdout.write(sys.stdin.read())", limits, b"x" * size)
        grown = copied() - before
    assert step.stdout == b"x" * size
    assert grown < MEBIBYTE


async def test_the_keeper_sets_memory_limits_and_counts_from_outside(kept: Pool) -> None:
    async with kept.lease() as lease:
        hungry = f"b = bytearray({300 * MEBIBYTE}); print(len(b))"
        assert (await ran(lease, hungry, Limits(memory_bytes=64 * MEBIBYTE))).ended is Ended.MEMORY_LIMIT
        step = await ran(lease, hungry, Limits(memory_bytes=512 * MEBIBYTE))
    assert step.ended is Ended.EXITED
    assert step.peak_memory_bytes > 300 * MEBIBYTE


async def test_many_ask_at_once_and_nobody_waits_for_another(keeper: Client) -> None:
    image = await keeper.find(["python"])
    starting = asyncio.create_task(keeper.start(image.digest, 256 * MEBIBYTE))
    conditions = [asyncio.create_task(keeper.condition(image.digest)) for _ in range(20)]
    done, _ = await asyncio.wait([starting, *conditions], return_when=asyncio.FIRST_COMPLETED)
    assert starting not in done
    for condition in await asyncio.gather(*conditions):
        assert 0 < condition.disk_free_bytes < condition.disk_bytes
    opened = await starting
    opened.attached.close()
    opened.meter.close()
    await keeper.remove(opened.name)
    opened.uids.release()


async def test_a_container_that_nobody_waits_for_any_more_goes(keeper: Client, containers_of: ContainersOf) -> None:
    image = await keeper.find(["python"])
    starting = asyncio.create_task(keeper.start(image.digest, 256 * MEBIBYTE))
    await keeper.condition(image.digest)  # the start was asked before
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    await until(lambda: containers_of(os.getpid()) != [])
    await until(lambda: containers_of(os.getpid()) == [])


async def test_a_keeper_touches_no_container_and_no_image_but_a_sandboxs(keeper: Client, client: "APIClient") -> None:
    own = images.find(client, ["python"])
    container = client.create_container(own.digest, labels={owner.LABEL: "1-1"})["Id"]
    client.import_image_from_data(b"\0" * 1024, repository="lovelace/not-a-sandbox")
    digest = client.inspect_image("lovelace/not-a-sandbox")["Id"]  # type: ignore[no-untyped-call]  # a stub's omission
    try:
        with pytest.raises(BadRequest, match="somebody else's"):
            await keeper.remove(container)
        with pytest.raises(BadRequest, match="somebody else's"):
            await keeper.resize(container, 64 * MEBIBYTE, 250)
        for ask in (keeper.start(digest, 64 * MEBIBYTE), keeper.forget(digest)):
            with pytest.raises(BadRequest, match="no sandbox's"):
                await ask
        assert client.inspect_container(container)["Id"] == container
    finally:
        client.remove_container(container)
        client.remove_image("lovelace/not-a-sandbox")


async def test_a_kept_process_without_root_cannot_reach_the_engine_and_still_runs_programs(
    client: "APIClient", containers_of: ContainersOf
) -> None:
    """Also after its keeper was killed: it has no right to start another one, and need not."""
    path = os.environ.get("DOCKER_HOST", "/var/run/docker.sock").removeprefix("unix://")
    with subprocess.Popen(  # noqa: ASYNC220
        [sys.executable, "-c", UNPRIVILEGED, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as serving:
        assert serving.stdout is not None
        assert serving.stdin is not None

        def said() -> list[str]:
            lines = iter(serving.stdout.readline, "go on\n") if serving.stdout else []
            return [line.strip() for line in lines]

        nobody = "(65534, 65534, 65534)"
        assert said() == ["True", f"False {nobody} {nobody} []", r"b'42\n' exact"]
        (first,) = keepers_of(serving.pid)["sandbox.keeper.server"]
        os.kill(first, signal.SIGKILL)
        await until(lambda: keepers_of(serving.pid)["sandbox.keeper.server"] not in ([], [first]))
        serving.stdin.write("\n")
        serving.stdin.flush()
        assert said() == [r"b'42\n' exact"]
        serving.stdin.write("\n")
        serving.stdin.flush()
        assert serving.stdout.read() == "closed\n"
    assert keepers_of(serving.pid) == {"sandbox.keeper": [], "sandbox.keeper.server": []}
    assert containers_of(serving.pid) == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
async def test_nothing_is_left_of_a_process_that_is_killed_nor_of_its_keeper(
    number: int, running: Callable[[int, int], list[str]], containers_of: ContainersOf
) -> None:
    holder = subprocess.Popen([sys.executable, "-c", AT_WORK], stderr=subprocess.DEVNULL)  # noqa: ASYNC220
    await asyncio.to_thread(running, holder.pid, 3)
    assert len(keepers_of(holder.pid)["sandbox.keeper.server"]) == 1
    holder.send_signal(number)
    await asyncio.to_thread(holder.wait, 30)
    await until(lambda: not containers_of(holder.pid))
    await until(lambda: not any(keepers_of(holder.pid).values()))


@pytest.mark.parametrize("victims", [["sandbox.keeper.server"], ["sandbox.keeper", "sandbox.keeper.server"]])
async def test_accepted_work_outlives_a_killed_keeper(
    engine: None, victims: list[str], containers_of: ContainersOf
) -> None:
    told: list[Progress] = []
    async with open_sandbox(["python"], slots=2, warm=0) as pool, pool.lease() as lease:
        assert (await ran(lease, "pass")).exit_code == 0
        source = b"import time; print('up', flush=True); time.sleep(1.5)"
        working = asyncio.create_task(lease.execute(Program(language="python", source=source), told.append))
        await until(lambda: len(told) == 2)
        keepers = keepers_of(os.getpid())
        for pid in (pid for module in victims for pid in keepers[module]):
            os.kill(pid, signal.SIGKILL)
        async with pool.lease() as other:
            step = await ran(other, "print('another')", Limits(memory_bytes=300 * MEBIBYTE))
        assert step.stdout == b"another\n"
        assert (await working).runs[0].stdout == b"up\n"
        assert not any(isinstance(one, Restarted) for one in told)
        step = await ran(lease, "print('again')", Limits(memory_bytes=300 * MEBIBYTE))
        assert step.stdout == b"again\n"
        assert all(keepers_of(os.getpid())[module] != keepers[module] for module in victims)
    await until(lambda: containers_of(os.getpid()) == [])
    assert not any(keepers_of(os.getpid()).values())


async def test_a_block_of_uids_is_held_as_long_as_its_container_lives_whatever_becomes_of_the_keeper(
    keeper: Client,
) -> None:
    image = await keeper.find(["python"])
    opened = [await keeper.start(image.digest, 256 * MEBIBYTE)]
    for pid in keepers_of(os.getpid())["sandbox.keeper.server"]:
        os.kill(pid, signal.SIGKILL)
    with pytest.raises(EngineUnavailable):
        await keeper.start(image.digest, 256 * MEBIBYTE)
    opened += [await keeper.start(image.digest, 256 * MEBIBYTE) for _ in range(2)]
    assert len({one.uids.first for one in opened}) == 3
    for one in opened:
        one.attached.close()
        one.meter.close()
        await keeper.remove(one.name)
        one.uids.release()


async def test_no_engine_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere.sock")
    with pytest.raises(EngineUnavailable, match=r"/nowhere\.sock"):
        async with open_sandbox(["python"]):
            pytest.fail("opened")
    await until(lambda: not any(keepers_of(os.getpid()).values()))


async def test_a_container_that_is_gone_cannot_be_resized(keeper: Client) -> None:
    with pytest.raises(ContainerLost):
        await keeper.resize("0" * 64, 64 * MEBIBYTE, 250)
