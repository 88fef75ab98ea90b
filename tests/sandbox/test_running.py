"""What all requests share, without HTTP: leases that stay with their tenant, the deadline, a new image."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from sandbox import engine as engines
from sandbox.errors import BadRequest, TooLong
from sandbox.image import Image
from sandbox.keeper.inside import Inside
from sandbox.keys import Keys
from sandbox.pool import Pool
from sandbox.protocol import Execution, Limits, Program, Run
from sandbox.server.access import Access
from sandbox.server.metrics import Metrics
from sandbox.server.running import Service
from sandbox.server.tenant import Kind, Tenant
from sandbox.settings import Settings

if TYPE_CHECKING:
    from docker import APIClient

ALICE, BOB = Tenant(Kind.KEY, "alice"), Tenant(Kind.KEY, "bob")
WHICH = "print(open('/opt/which').read(), end='')"


@pytest.fixture(scope="module")
def two(client: "APIClient", derived: Callable[[str], Image]) -> Iterator[list[Image]]:
    """Two images that differ by what a file says; nobody else's, so that they may be removed."""
    both = [derived("older"), derived("newer")]
    yield both
    for image in both:
        engines.Engine(client).forget(image.digest)


@pytest_asyncio.fixture
async def service(client: "APIClient", two: list[Image], tmp_path: Path) -> AsyncIterator[Service]:
    settings = Settings(keys=tmp_path / "keys.db", execution_seconds=3)
    async with Pool(Inside(engines.Engine(client)), two[0], slots=2, warm=1) as pool:
        service = Service(settings, pool, Access(settings, Keys(settings.keys)), Metrics())
        async with service.at_work():
            yield service


async def ran(service: Service, tenant: Tenant, source: str, runs: int = 1) -> Execution:
    program = Program(language="python", source=source.encode(), runs=(Run(),) * runs)
    return await service.execute(tenant, program, patience=60)


async def test_a_program_that_takes_too_long_in_all_is_stopped_and_its_container_given_up(service: Service) -> None:
    with pytest.raises(TooLong, match="more than 3 s in all"):
        await ran(service, ALICE, "import time; time.sleep(1)", runs=60)
    assert (service.queue.at_work, service.leases.idle) == (0, 0)
    assert (await ran(service, ALICE, "print(1)")).runs[0].stdout == b"1\n"


async def test_a_failure_of_the_callers_gives_the_slot_back(service: Service) -> None:
    with pytest.raises(BadRequest):
        await service.execute(ALICE, Program(language="cobol", source=b""), patience=60)
    greedy = Program(language="python", source=b"", limits=Limits(cpu_seconds=1e6))  # the lease finds out
    with pytest.raises(BadRequest):
        await service.execute(ALICE, greedy, patience=60)
    assert service.queue.at_work == 0


async def test_a_new_image_is_for_those_who_come_next(service: Service, two: list[Image]) -> None:
    assert (await ran(service, ALICE, WHICH)).runs[0].stdout == b"older"
    began = asyncio.Event()
    program = Program(language="python", source=(WHICH + "; import time; time.sleep(1)").encode())
    slow = asyncio.create_task(service.execute(BOB, program, patience=60, tell=lambda _: began.set()))
    await began.wait()
    await service.upgrade(two[1])
    assert service.leases.idle == 0
    after = await ran(service, ALICE, WHICH)
    assert (after.runs[0].stdout, after.image) == (b"newer", two[1].digest)
    before = await slow
    assert (before.runs[0].stdout, before.image) == (b"older", two[0].digest)
    assert (await ran(service, BOB, WHICH)).runs[0].stdout == b"newer"
    assert (await service.versions())["python"] == after.version
