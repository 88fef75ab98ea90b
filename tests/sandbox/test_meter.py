"""The host's view of a container's cgroup, over files laid out as a kernel lays them."""

import os
from pathlib import Path

import pytest

from sandbox import confinement, meter
from sandbox.agent import counters
from sandbox.agent.counters import Counters
from sandbox.meter import Meter
from sandbox.protocol import DISK_BYTES, MEBIBYTE

V2 = {
    "cgroup.controllers": "cpu memory pids\n",
    "cpu.stat": "usage_usec 2500000\nuser_usec 1\n",
    "memory.current": "7000\n",
    "memory.peak": "9000\n",
    "memory.events": "low 0\nhigh 0\nmax 3\noom 1\noom_kill 2\n",
    "pids.current": "5\n",
    "pids.events": "max 4\n",
}


@pytest.fixture
def group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a container sees of its cgroup on a v2 host."""
    for name, text in V2.items():
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(counters, "ROOT", str(tmp_path))
    return tmp_path


def test_the_guest_reads_the_counters_of_v2(group: Path) -> None:
    found = Counters()
    assert found.read() == (7000, 9000, 7000, 2, 4, 3)
    assert (found.cpu_seconds(), found.processes(), found.marked) == (2.5, 5, True)


def test_a_guest_remembers_what_it_saw_for_when_the_mark_tells_of_an_earlier_step(group: Path) -> None:
    (group / "memory.peak").unlink()
    found = Counters()
    found.read()
    (group / "memory.current").write_text("8000\n")
    found.look()
    (group / "memory.current").write_text("6000\n")
    assert found.read().seen_bytes == 8000
    assert found.read().seen_bytes == 6000
    assert not found.marked


def test_a_mark_that_cannot_be_reset_is_read_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "peak").write_text("9000\n")
    found = Meter(None, None, os.open(tmp_path / "peak", os.O_RDONLY), unified=True)
    assert not found.reset_peak()
    assert found.peak_bytes() == 9000
    found.close()


def test_the_meter_of_a_process_of_this_host_can_be_read() -> None:
    found = meter.Meter.of(os.getpid())
    assert found.cpu_seconds() > 0
    found.close()


def test_the_disk_that_a_request_may_ask_for_is_all_that_there_is() -> None:
    mounted = confinement.RUNS_MEBIBYTES + confinement.TMP_MEBIBYTES + confinement.SHARED_MEBIBYTES
    assert mounted * MEBIBYTE == DISK_BYTES
