"""What we hold of the machine at one moment, so that growth can be told."""

import gc
import os
from dataclasses import dataclass, fields

from benchmarks import processes, rig
from benchmarks.figure import Claim
from sandbox import uids

MEMORY_BOUND_MB = 2.0
"""Allocators and per-CPU counters keep this much of a tolerance for themselves, once."""
DISK_BOUND_MB = 16.0
"""Others write to the engine's disk too."""
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Holdings:
    """Counts and bytes."""

    host_bytes: int
    container_bytes: int
    """Of the containers' control groups, less page cache."""
    host_descriptors: int
    container_descriptors: int
    """Of the supervisors and zygotes; 0 where we may not look."""
    uid_blocks: int
    containers: int
    disk_bytes: int
    """Used on the engine's file system; 0 where it is not of this machine."""


def holdings(bench: rig.Rig) -> Holdings:
    """What is held now."""
    pids, disk_bytes = bench.pids(), _disk_bytes(bench.client.info()["DockerRootDir"])
    gc.collect()  # of what asking has left, too
    agents = [one for pid in pids for one in (pid, *processes.children(pid))]
    return Holdings(
        host_bytes=processes.resident_bytes(),
        container_bytes=sum(processes.memory(pid).without_cache for pid in pids),
        host_descriptors=processes.descriptors(os.getpid()),
        container_descriptors=sum(processes.descriptors(pid) for pid in agents),
        uid_blocks=_uid_blocks(),
        containers=len(pids),
        disk_bytes=disk_bytes,
    )


def growth(during: str, before: Holdings, after: Holdings) -> tuple[Claim, ...]:
    """A claim for each kind of holding: it did not grow ``during`` the work between."""
    claims = []
    for kind in fields(Holdings):
        grown = getattr(after, kind.name) - getattr(before, kind.name)
        what = kind.name.replace("_", " ")
        if kind.name.endswith("_bytes"):
            bound = DISK_BOUND_MB if kind.name == "disk_bytes" else MEMORY_BOUND_MB
            claims.append(Claim(f"{during}: growth of {what.removesuffix(' bytes')}", grown / MEGABYTE, bound, "MB"))
        else:
            claims.append(Claim(f"{during}: growth of {what}", grown, 0, ""))
    return tuple(claims)


def _uid_blocks() -> int:
    """How many blocks of uids this process holds: they are locked files, kept open."""
    return processes.open_files_in(os.getpid(), uids.DIRECTORY)


def _disk_bytes(directory: str) -> int:
    try:
        found = os.statvfs(directory)
    except FileNotFoundError:
        return 0
    return (found.f_blocks - found.f_bfree) * found.f_frsize
