"""What we read of processes is what they do."""

import os
import subprocess
import sys
import time

from benchmarks import processes


def test_cpu_is_what_a_process_burns() -> None:
    before, cpu = processes.cpu_seconds(os.getpid()), time.process_time()
    while time.process_time() - cpu < 0.05:
        pass
    assert processes.cpu_seconds(os.getpid()) - before >= 0.04


def test_a_child_is_found_and_knows_its_parent() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert child.pid in processes.children(os.getpid())
        assert processes.parent(child.pid) == os.getpid()
        child.communicate(b"\n")


def test_processes_are_found_by_name() -> None:
    with open(f"/proc/{os.getpid()}/comm") as file:
        assert os.getpid() in processes.named(file.read().strip())


def test_an_opened_descriptor_is_counted() -> None:
    before = processes.descriptors(os.getpid())
    descriptor = os.open("/dev/null", os.O_RDONLY)
    assert processes.descriptors(os.getpid()) == before + 1
    os.close(descriptor)
