"""A killed daemon leaves no container; a killed engine leaves none once it is back, and no accepted work is lost."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sandbox import engine as engines
from sandbox import image, owner
from sandbox.kept import open_sandbox as open_kept
from sandbox.local import open_sandbox
from sandbox.pool import Pool
from sandbox.protocol import Program, Run

pytestmark = pytest.mark.heavy

DAEMON = """
import asyncio
from sandbox.local import open_sandbox
from sandbox.protocol import Program

async def main():
    async with open_sandbox(["python"], slots=2, warm=2) as pool, pool.lease() as lease:
        await lease.execute(Program(language="python", source="print('up')"))
        print("up", flush=True)
        await lease.execute(Program(language="python", source="import time; time.sleep(25)"))

asyncio.run(main())
"""


@dataclass
class OwnEngine:
    """A Docker engine of the test's own, beside the machine's: other directories, another socket, no network."""

    directory: Path
    _process: "subprocess.Popen[bytes] | None" = None
    _left: ExitStack = field(default_factory=ExitStack)
    """What outlives the engine: its log, and containerd, which is a service of its own on most machines."""

    @property
    def host(self) -> str:
        return f"unix://{self.directory}/socket"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        log = self._left.enter_context((self.directory / "log").open("ab"))
        containerd = self.directory / "containerd"
        if self._process is None:
            places = [f"--{name}={containerd}/{name}" for name in ("root", "state", "address")]
            service = subprocess.Popen(["containerd", *places], stdout=log, stderr=log, start_new_session=True)
            self._left.callback(service.wait)
            self._left.callback(service.terminate)
        for stale in ("pid", "socket"):
            (self.directory / stale).unlink(missing_ok=True)
        names = ("data-root", "data"), ("exec-root", "exec"), ("pidfile", "pid"), ("containerd", "containerd/address")
        places = [f"--{name}={self.directory / place}" for name, place in names]
        command = ["dockerd", *places, "--host", self.host, "--bridge=none", "--iptables=false", "--ip6tables=false"]
        self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + 30
        while self.docker("info").returncode:
            assert time.monotonic() < deadline, (self.directory / "log").read_text()[-2000:]
            time.sleep(0.1)

    def kill(self) -> None:
        """As if the machine ran out of memory: no chance to say anything."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """End it in good order."""
        assert self._process is not None
        self._process.terminate()
        self._process.wait(timeout=60)
        self._left.close()

    def docker(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(["docker", "-H", self.host, *words], capture_output=True, text=True, check=False)

    def containers(self) -> list[str]:
        """All of them, in whatever state."""
        return self.docker("ps", "--all", "--quiet").stdout.split()


@pytest.fixture
def own_engine(engine: None) -> Iterator[OwnEngine]:
    """One that has the smallest sandbox image, by its tag."""
    if os.geteuid() or shutil.which("dockerd") is None:
        pytest.skip("only root can start a Docker engine")
    client = engines.connect()
    digest = image.find(client, ["python"]).digest
    tag = next(one["RepoTags"][0] for one in client.images("lovelace/sandbox") if one["Id"] == digest)
    client.close()
    directory = Path(tempfile.mkdtemp(prefix="lovelace-engine-"))  # a socket's path must be short
    own = OwnEngine(directory)
    try:
        own.start()
        with subprocess.Popen(["docker", "save", tag], stdout=subprocess.PIPE) as saving:
            subprocess.run(["docker", "-H", own.host, "load", "--quiet"], stdin=saving.stdout, check=True)
        yield own
    finally:
        own.stop()
        for line in Path("/proc/mounts").read_text().splitlines()[::-1]:  # a killed engine leaves its own
            if (place := line.split()[1]).startswith(str(directory)):
                subprocess.run(["umount", place], check=True)
        shutil.rmtree(directory)


def die_together(own_engine: OwnEngine) -> None:
    """Start a daemon, and kill it and its engine while it is at work."""
    with subprocess.Popen([sys.executable, "-c", DAEMON], stdout=subprocess.PIPE) as daemon:
        assert daemon.stdout is not None
        assert daemon.stdout.readline() == b"up\n"
        own_engine.kill()
        daemon.kill()


def wait_for(happens: Callable[[], bool], what: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


def test_a_killed_daemon_leaves_no_container(engine: None, containers_of: Callable[[int], list[str]]) -> None:
    with subprocess.Popen([sys.executable, "-c", DAEMON], stdout=subprocess.PIPE) as daemon:
        assert daemon.stdout is not None
        assert daemon.stdout.readline() == b"up\n"
        wait_for(lambda: len(containers_of(daemon.pid)) == 3, "one at work, two warm")
        daemon.send_signal(signal.SIGKILL)
    wait_for(lambda: not containers_of(daemon.pid), "all gone", seconds=10)


@pytest.mark.parametrize("opener", [open_sandbox, open_kept], ids=["local", "kept"])
async def test_accepted_work_outlives_a_killed_engine(
    own_engine: OwnEngine, monkeypatch: pytest.MonkeyPatch, opener: Callable[..., AbstractAsyncContextManager[Pool]]
) -> None:
    monkeypatch.setenv("DOCKER_HOST", own_engine.host)
    source = "import sys, time; time.sleep(0.5); print(sys.argv[1])"
    runs = tuple(Run(arguments=(str(number),)) for number in range(6))
    async with opener(["python"], slots=1, warm=1) as pool:
        async with pool.lease() as lease:
            assert (await lease.execute(Program(language="python", source=b"print(1)"))).runs[0].stdout == b"1\n"
            work = asyncio.create_task(lease.execute(Program(language="python", source=source.encode(), runs=runs)))
            await asyncio.sleep(1.2)  # into the third run
            await asyncio.to_thread(own_engine.kill)
            assert not work.done()
            await asyncio.to_thread(own_engine.start)
            execution = await work
            assert [run.stdout for run in execution.runs] == [b"%d\n" % number for number in range(6)]
        async with pool.lease() as lease:  # those that stood ready died with the engine
            assert (await lease.execute(Program(language="python", source=b"print(2)"))).runs[0].stdout == b"2\n"
    await asyncio.to_thread(wait_for, lambda: not own_engine.containers(), "no container of ours is left")


async def test_a_killed_engine_keeps_nothing_of_a_killed_daemon(
    own_engine: OwnEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever opens a sandbox next removes what is left of the dead."""
    monkeypatch.setenv("DOCKER_HOST", own_engine.host)
    await asyncio.to_thread(die_together, own_engine)
    assert own_engine.docker("info").returncode != 0
    await asyncio.to_thread(own_engine.start)
    async with open_sandbox(["python"], slots=1, warm=1):
        mine = f"label={owner.LABEL}={owner.name()}"
        ours = own_engine.docker("ps", "--all", "--quiet", "--filter", mine).stdout.split()
        assert set(own_engine.containers()) == set(ours)
    await asyncio.to_thread(wait_for, lambda: not own_engine.containers(), "no container is left")
