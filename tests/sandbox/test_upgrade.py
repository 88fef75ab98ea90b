"""A pool that serves goes over to a new image; nobody who is at work notices, and the old image goes with the last."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from docker.errors import ImageNotFound

from sandbox import engine as engines
from sandbox import image as images
from sandbox.image import Image
from sandbox.keeper import Keeper
from sandbox.keeper.client import Client
from sandbox.keeper.inside import Inside
from sandbox.lease import Lease
from sandbox.pool import Pool
from sandbox.protocol import Program, Progress, Restarted, Run, RunStarted, Written

if TYPE_CHECKING:
    from docker import APIClient

WHICH = b"print(open('/opt/which').read())"
SLOW_ON_THE_OLD = (
    b"import re, sys, time; text = open('/proc/self/mountinfo').read(); which = open('/opt/which').read()\n"
    b"print(re.search('containers/([0-9a-f]{64})/', text)[1], which, flush=True)\n"
    b"if which == 'old' and sys.argv[1:]: time.sleep(25)"
)


@pytest.fixture
def two(client: "APIClient", derived: Callable[[str], Image]) -> Iterator[tuple[Image, Image]]:
    """Two images that differ by what a file says."""
    both = [derived("old"), derived("new")]
    yield both[0], both[1]
    for image in both:
        engines.Engine(client).forget(image.digest)


@asynccontextmanager
async def pool_on(keeper: Keeper, image: Image, warm: int = 1) -> AsyncIterator[Pool]:
    async with Pool(keeper, image, slots=2, warm=warm) as pool:
        yield pool


@pytest.fixture(params=["inside", "client"])
def keeper(request: pytest.FixtureRequest, client: "APIClient") -> Keeper:
    return Client() if request.param == "client" else Inside(engines.Engine(client))


def is_there(client: "APIClient", image: Image) -> bool:
    try:
        client.inspect_image(image.digest)  # type: ignore[no-untyped-call]  # a stub's omission
    except ImageNotFound:
        return False
    return True


async def which(lease: Lease) -> tuple[bytes, str]:
    execution = await lease.execute(Program(language="python", source=WHICH))
    return execution.runs[0].stdout, execution.image


async def test_who_is_at_work_finishes_on_the_old_image_which_goes_with_the_last_of_them(
    keeper: Keeper, two: tuple[Image, Image], client: "APIClient", containers_of: Callable[[int], list[str]]
) -> None:
    old, new = two

    def of(image: Image) -> int:
        ours = containers_of(os.getpid())
        return sum(one["Id"] in ours for one in client.containers(all=True) if one["ImageID"] == image.digest)

    async with pool_on(keeper, old) as pool:
        async with pool.lease() as lease:
            assert await which(lease) == (b"old\n", old.digest)
            await pool.settled()
            assert of(old) == 2  # at work, and warm
            assert await pool.upgrade(new) == new
            await pool.settled()
            assert (of(old), of(new)) == (1, 1)
            assert await which(lease) == (b"old\n", old.digest)
            assert is_there(client, old)
            async with pool.lease() as later:
                assert await which(later) == (b"new\n", new.digest)
        await pool.settled()
        assert (of(old), of(new)) == (0, 1)
        assert not is_there(client, old)
    assert is_there(client, new)


def test_an_image_on_which_nothing_ever_ran_is_forgotten_too(
    client: "APIClient", derived: Callable[[str], Image]
) -> None:
    image = derived("unused")
    engines.Engine(client).forget(image.digest)
    assert not is_there(client, image)


async def test_an_upgrade_looks_for_what_the_recipes_tag_names_now(
    keeper: Keeper, two: tuple[Image, Image], client: "APIClient"
) -> None:
    current = images.find(client, ["python"])
    async with pool_on(keeper, two[0], warm=0) as pool:
        assert await pool.upgrade() == current
        assert pool.image == current
        async with pool.lease() as lease:
            execution = await lease.execute(Program(language="python", source=b"pass"))
        assert execution.image == current.digest
        assert await pool.upgrade() == current


async def test_an_image_that_somebody_else_uses_stays(
    keeper: Keeper, two: tuple[Image, Image], client: "APIClient"
) -> None:
    old, new = two
    others = client.create_container(old.digest)["Id"]
    try:
        async with pool_on(keeper, old, warm=0) as pool:
            await pool.upgrade(new)
            await pool.settled()
        assert is_there(client, old)
    finally:
        client.remove_container(others)


async def test_all_facts_of_an_execution_are_of_one_image(
    keeper: Keeper, two: tuple[Image, Image], client: "APIClient"
) -> None:
    """A program that loses its container to us in the midst of an upgrade begins again, and says so."""
    old, new = two
    told: list[Progress] = []
    at_work: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def hear(progress: Progress) -> None:
        told.append(progress)
        if isinstance(progress, Written) and progress.run == 1 and not at_work.done():
            at_work.set_result(progress.data.decode().split()[0])

    async def lose_the_container() -> None:
        container = await at_work
        await pool.upgrade(new)
        await asyncio.to_thread(client.kill, container)

    async with pool_on(keeper, old, warm=0) as pool, pool.lease() as lease:
        program = Program(language="python", source=SLOW_ON_THE_OLD, runs=(Run(), Run(arguments=("stay",))))
        execution, _ = await asyncio.gather(lease.execute(program, hear), lose_the_container())
    assert execution.image == new.digest
    assert [run.stdout.split()[1] for run in execution.runs] == [b"new", b"new"]
    again = told.index(Restarted(run=0))
    written = [(one.run, one.data) for one in told[again:] if isinstance(one, Written)]
    assert b"".join(data for run, data in written if run == 0) == execution.runs[0].stdout
    assert RunStarted(run=1) in told[again:]
