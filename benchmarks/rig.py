"""What every figure is measured with: a pool of our own, the engine that it is on, and what the engine says of it."""

import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.errors import WrongAnswer
from sandbox import engine as engines
from sandbox import owner
from sandbox.image import Image, find
from sandbox.keeper.inside import Inside
from sandbox.lease import Lease
from sandbox.pool import Pool
from sandbox.protocol import Program, Step

if TYPE_CHECKING:
    from docker import APIClient


@contextlib.contextmanager
def connected() -> "Iterator[APIClient]":
    """The engine, for as long as the block takes. Raises EngineUnavailable."""
    client = engines.connect()
    try:
        yield client
    finally:
        client.close()


@dataclass(frozen=True, slots=True)
class Rig:
    """A pool and its engine."""

    client: "APIClient"
    pool: Pool

    @property
    def image(self) -> Image:
        """What the pool's containers are made of."""
        return self.pool.image

    def containers(self) -> list[str]:
        """The containers of this process, in whatever state."""
        label = f"{owner.LABEL}={owner.name()}"
        return [one["Id"] for one in self.client.containers(all=True, filters={"label": label})]

    def pids(self) -> list[int]:
        """The first process of each of our containers, as this host numbers it."""
        return [self.client.inspect_container(name)["State"]["Pid"] for name in self.containers()]


@contextlib.asynccontextmanager
async def rig(*, slots: int, warm: int, wanted: Sequence[str] = ("python",), cpus: float = 1.0) -> AsyncIterator[Rig]:
    """A rig with a pool that is full, of an image with the ``wanted`` languages; ``cpus`` a container.

    Raises EngineUnavailable, ImageMissing, ContainerLost.
    """
    with connected() as client:
        keeper = Inside(engines.Engine(client, cpus=cpus))
        async with Pool(keeper, find(client, wanted), slots=slots, warm=warm) as pool:
            await pool.settled()
            yield Rig(client, pool)


async def run(lease: Lease, program: Program) -> Step:
    """The facts of a program's one run. Raises WrongAnswer unless it returned 0."""
    (step,) = (await lease.execute(program)).runs
    if not step.succeeded:
        raise WrongAnswer(f"a program did not return 0: {step}")
    return step
