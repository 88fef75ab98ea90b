"""Pools: a container for one tenant only, none too many, none left behind."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from docker.errors import NotFound

from sandbox import engine as engines
from sandbox import image, owner
from sandbox.errors import EngineUnavailable
from sandbox.local import open_sandbox
from sandbox.pool import Pool
from sandbox.protocol import MEBIBYTE, Ended, Program

if TYPE_CHECKING:
    from docker import APIClient

ContainersOf = Callable[[int], list[str]]

WHERE = "import re; print(re.search('containers/([0-9a-f]{64})/', open('/proc/self/mountinfo').read())[1])"
SLEEPS = WHERE + "; import subprocess; subprocess.run(['sleep', '2'], check=True)"
HOLDER = """
import asyncio
from sandbox.local import open_sandbox
from sandbox.protocol import Program

async def main():
    async with open_sandbox(["python"], slots=2) as pool, pool.lease() as lease:
        await lease.execute(Program(language="python", source="import time; time.sleep(60)"))

asyncio.run(main())
"""


async def where(pool: Pool, source: str = WHERE) -> str:
    """The container that a new lease runs in."""
    async with pool.lease() as lease:
        execution = await lease.execute(Program(language="python", source=source.encode()))
    assert execution.runs[0].exit_code == 0, execution
    return execution.runs[0].stdout.decode().strip()


async def until(condition: Callable[[], bool]) -> None:
    """The engine tells of no such moment: look until it has come."""
    async with asyncio.timeout(20):
        while not await asyncio.to_thread(condition):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_no_two_leases_share_a_container(engine: None) -> None:
    async with open_sandbox(["python"], slots=2) as pool:
        containers = await asyncio.gather(*(where(pool) for _ in range(6)))
    assert len(set(containers)) == 6


async def test_one_lease_keeps_its_container(engine: None) -> None:
    async with open_sandbox(["python"], slots=1) as pool, pool.lease() as lease:
        executions = [await lease.execute(Program(language="python", source=WHERE.encode())) for _ in range(3)]
    assert len({execution.runs[0].stdout for execution in executions}) == 1


async def test_no_more_leases_than_slots_at_a_time(engine: None) -> None:
    at_work, most = 0, 0

    async def tenant(pool: Pool) -> None:
        nonlocal at_work, most
        async with pool.lease() as lease:
            at_work += 1
            most = max(most, at_work)
            await lease.execute(Program(language="python", source=b"pass"))
            at_work -= 1

    async with open_sandbox(["python"], slots=2) as pool:
        await asyncio.gather(*(tenant(pool) for _ in range(5)))
    assert most == 2


async def test_what_is_taken_is_made_again_and_none_is_left_at_the_end(
    engine: None, containers_of: ContainersOf
) -> None:
    used: set[str] = set()

    def two_stand_ready() -> bool:
        found = containers_of(os.getpid())
        return len(found) == 2 and not used.intersection(found)

    async with open_sandbox(["python"], slots=2, warm=2) as pool:
        for _ in range(2):
            await until(two_stand_ready)
            used.add(await where(pool))
        await until(two_stand_ready)
    assert containers_of(os.getpid()) == []


async def test_none_is_left_of_a_pool_that_is_cancelled_at_work(engine: None, containers_of: ContainersOf) -> None:
    async def work() -> None:
        async with open_sandbox(["python"], slots=1) as pool:
            await where(pool, SLEEPS)

    for seconds in (0.1, 0.4):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(seconds):
                await work()
        await until(lambda: containers_of(os.getpid()) == [])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_none_is_left_of_a_process_that_is_killed(
    number: int, running: Callable[[int, int], list[str]], gone: Callable[[str], None]
) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER], stderr=subprocess.DEVNULL)
    containers = running(holder.pid, 3)  # the one at work, and two that stand ready
    holder.send_signal(number)
    holder.wait(timeout=30)
    for container in containers:
        gone(container)


def test_sweeps_those_of_the_dead_and_no_others(client: "APIClient", containers_of: ContainersOf) -> None:
    def belonging_to(holder: str) -> str:
        made = client.create_container(found.digest, labels={owner.LABEL: holder})
        return str(made["Id"])

    found = image.find(client)
    pid, _, started = owner.name().partition("-")
    with subprocess.Popen(["sleep", "60"]) as ended:
        ended.kill()
    ours = belonging_to(owner.name())
    deads = belonging_to(f"{ended.pid}-{started}")
    earlier = belonging_to(f"{pid}-{int(started) - 1}")
    engines.Engine(client).sweep()
    for gone in (deads, earlier):  # where another process sweeps too, they may be on their way
        with suppress(NotFound):
            client.wait(gone, timeout=30, condition="removed")
    left = {*containers_of(int(pid)), *containers_of(ended.pid)}
    client.remove_container(ours)
    assert left & {ours, deads, earlier} == {ours}


def test_a_container_that_cannot_start_is_an_unavailable_engine_and_is_not_left(
    client: "APIClient", containers_of: ContainersOf
) -> None:
    found = image.find(client)
    container = client.create_container(found.digest, labels={owner.LABEL: owner.name()})["Id"]
    broken = client.commit(container, changes=['ENTRYPOINT ["/nowhere"]'])["Id"]
    client.remove_container(container)
    try:
        with pytest.raises(EngineUnavailable, match="/nowhere"):
            engines.Engine(client).start(broken, 64 * MEBIBYTE)
        assert containers_of(os.getpid()) == []
    finally:
        client.remove_image(broken)


def test_an_unknown_runtime_is_not_replaced_by_another(client: "APIClient", containers_of: ContainersOf) -> None:
    with pytest.raises(EngineUnavailable, match="nosuchruntime"):
        engines.Engine(client, "nosuchruntime").start(image.find(client).digest, 64 * MEBIBYTE)
    assert containers_of(os.getpid()) == []


async def kill_sleepers(client: "APIClient", containers_of: ContainersOf, times: int) -> list[str]:
    """Kill containers of ours in which a program sleeps, one after another."""
    from docker.errors import APIError

    killed: list[str] = []

    def kill_one() -> bool:
        for container in containers_of(os.getpid()):
            try:
                processes = client.top(container)["Processes"]
                if container not in killed and any(process[-1] == "sleep 2" for process in processes):
                    client.kill(container)
                    killed.append(container)
                    return True
            except APIError:  # it is starting, or leaving
                continue
        return False

    for _ in range(times):
        await until(kill_one)
    return killed


async def test_a_program_whose_container_is_lost_runs_in_another(
    client: "APIClient", containers_of: ContainersOf
) -> None:
    async with open_sandbox(["python"], slots=1) as pool:
        killed, container = await asyncio.gather(kill_sleepers(client, containers_of, 2), where(pool, SLEEPS))
    assert len(set(killed)) == 2
    assert container not in killed
    assert re.fullmatch("[0-9a-f]{64}", container)


async def test_a_program_that_takes_three_containers_with_it_has_failed_by_itself(
    client: "APIClient", containers_of: ContainersOf
) -> None:
    async with open_sandbox(["python"], slots=1) as pool:
        killing = asyncio.create_task(kill_sleepers(client, containers_of, 3))
        async with pool.lease() as lease:
            execution = await lease.execute(Program(language="python", source=SLEEPS.encode()))
        assert execution.runs[0].ended is Ended.CONTAINER_DEATH
        assert len(set(await killing)) == 3
        assert await where(pool)
    assert containers_of(os.getpid()) == []
