"""A container's memory limit is changed past the engine, and is what it would have been."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sandbox import engine as engines
from sandbox import image, owner
from sandbox.bounds import Bounds
from sandbox.confinement import OVERHEAD_BYTES
from sandbox.keeper.inside import Inside
from sandbox.pool import Pool
from sandbox.protocol import MEBIBYTE, Ended, Limits, Program

if TYPE_CHECKING:
    from docker import APIClient

HOARDS = b"data = bytearray(200 << 20)\nprint(len(data))\n"
READS = """
import os
for name in ("memory.max", "memory/memory.limit_in_bytes"):
    if os.path.exists("/sys/fs/cgroup/" + name):
        print(open("/sys/fs/cgroup/" + name).read().strip())
"""


def hoards(mebibytes: int) -> Program:
    return Program(language="python", source=HOARDS, limits=Limits(memory_bytes=mebibytes * MEBIBYTE))


async def test_a_limit_holds_whichever_way_it_was_moved(sandbox: Pool) -> None:
    async with sandbox.lease() as lease:
        ended = [(await lease.execute(hoards(mebibytes))).runs[0].ended for mebibytes in (64, 512, 64, 256)]
    assert ended == [Ended.MEMORY_LIMIT, Ended.EXITED, Ended.MEMORY_LIMIT, Ended.EXITED]


async def test_the_container_sees_the_limit_that_was_asked_for(sandbox: Pool) -> None:
    async with sandbox.lease() as lease:
        for mebibytes in (300, 100, 700):
            limits = Limits(memory_bytes=mebibytes * MEBIBYTE)
            program = Program(language="python", source=READS.encode(), limits=limits)
            step = (await lease.execute(program)).runs[0]
            assert step.stdout == b"%d\n" % (limits.memory_bytes + OVERHEAD_BYTES), step


async def test_the_engine_is_asked_where_the_cgroup_is_out_of_reach(
    client: "APIClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.cgroups.ROOT", Path("/nowhere"))
    keeper = Inside(engines.Engine(client))
    async with Pool(keeper, image.find(client), slots=1, warm=0) as pool, pool.lease() as lease:
        assert (await lease.execute(hoards(64))).runs[0].ended is Ended.MEMORY_LIMIT
        label = f"{owner.LABEL}={owner.name()}"
        ours = client.containers(filters={"label": label})
        limits = [client.inspect_container(one["Id"])["HostConfig"]["Memory"] for one in ours]
    assert 64 * MEBIBYTE + OVERHEAD_BYTES in limits


def test_no_other_cgroup_is_taken_for_a_container_s() -> None:
    """A pid may be another process's by the time that it is looked at."""
    assert Bounds.of("0" * 64, 1) is None
