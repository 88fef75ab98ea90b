"""One pool for all the tests of a module: the engine is real, and so are the containers."""

import io
import os
import subprocess
import sys
import tarfile
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
import pytest_asyncio

from sandbox import confinement, image, owner
from sandbox import engine as engines
from sandbox.lease import Lease
from sandbox.local import open_sandbox
from sandbox.pool import Pool
from sandbox.protocol import Companion, Limits, Program, Run, Step

if TYPE_CHECKING:
    from docker import APIClient

ROOT = Path(__file__).parents[2]


@pytest_asyncio.fixture(scope="module")
async def sandbox(engine: None) -> AsyncIterator[Pool]:
    async with open_sandbox(["python", "cpp", "javascript"]) as pool:
        yield pool


@pytest_asyncio.fixture
async def lease(sandbox: Pool) -> AsyncIterator[Lease]:
    """A container of one's own."""
    async with sandbox.lease() as lease:
        yield lease


@pytest.fixture
def python(lease: Lease) -> Callable[..., Awaitable[Step]]:
    """Run Python text in the test's lease; the facts of its one run."""

    async def run(
        source: str,
        stdin: bytes = b"",
        arguments: tuple[str, ...] = (),
        companion: str | None = None,
        limits: Limits | None = None,
    ) -> Step:
        beside = None if companion is None else Companion(language="python", source=companion.encode())
        runs = (Run(stdin=stdin, arguments=arguments, companion=beside),)
        program = Program(language="python", source=source.encode(), runs=runs, limits=limits or Limits())
        return (await lease.execute(program)).runs[0]

    return run


@pytest.fixture(scope="session")
def client(engine: None) -> Iterator["APIClient"]:
    client = engines.connect()
    yield client
    client.close()


@pytest.fixture(scope="session")
def derived(client: "APIClient") -> Callable[[str], image.Image]:
    """Builds an image that differs from the smallest by what ``/opt/which`` says; whoever calls it removes it.

    Each has a label of its own, or the engine would give all that say the same one id: as many tags of one image, of
    which none goes while there is another, a killed run's among them.
    """

    def build(text: str) -> image.Image:
        base = image.find(client, ["python"])
        own = uuid.uuid4().hex
        name = f"lovelace/derived:{text}-{own}"
        recipe = f"FROM {base.digest}\nCOPY which /opt/which\nLABEL derived={own}\n"
        with io.BytesIO() as packed:
            with tarfile.open(fileobj=packed, mode="w") as context:
                for file, data in (("Dockerfile", recipe), ("which", text)):
                    entry = tarfile.TarInfo(file)
                    entry.size, entry.mode = len(data), 0o644
                    context.addfile(entry, io.BytesIO(data.encode()))
            packed.seek(0)
            said = list(client.build(fileobj=packed, custom_context=True, tag=name, rm=True, decode=True))
        found = client.inspect_image(name)  # type: ignore[no-untyped-call]  # a stub's omission
        assert found["Id"] != base.digest, said
        return image.Image(base.tier, found["Id"], base.languages)

    return build


@pytest.fixture(scope="session")
def containers_of(client: "APIClient") -> Callable[[int], list[str]]:
    """The containers, in whatever state, that the process with this pid made."""

    def ids(pid: int) -> list[str]:
        found = client.containers(all=True, filters={"label": owner.LABEL})
        return [one["Id"] for one in found if one["Labels"][owner.LABEL].startswith(f"{pid}-")]

    return ids


@pytest.fixture(scope="session")
def running(client: "APIClient", containers_of: Callable[[int], list[str]]) -> Callable[[int, int], list[str]]:
    """Wait until the process with this pid has so many containers, and all of them run; which ones."""

    def wait(pid: int, number: int) -> list[str]:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            filters = {"label": owner.LABEL, "status": "running"}
            up = {one["Id"] for one in client.containers(filters=filters)}
            found = containers_of(pid)
            if len(found) == number and up.issuperset(found):
                return found
            time.sleep(0.02)
        pytest.fail(f"process {pid} has {containers_of(pid)}, and not {number} that run")

    return wait


@pytest.fixture(scope="session")
def gone(client: "APIClient") -> Callable[[str], None]:
    """Wait until a container is removed; a minute of waiting is a failure."""
    from docker.errors import NotFound

    def wait(container: str) -> None:
        try:
            client.wait(container, timeout=60, condition="removed")
        except NotFound:
            return

    return wait


@pytest.fixture(scope="session")
def as_agent(client: "APIClient") -> Callable[[str], None]:
    """Run Python text where the agent runs, as what it runs: PID 1, root, with its few capabilities and mounts.

    The text has ``cleaning`` and the means to be another user for a while; it fails by raising.
    """
    with_agent = image.find(client, ["cpp"])
    preamble = "import os, sys; sys.path.insert(0, '/opt/lovelace'); from agent import cleaning\n"

    def run(source: str) -> None:
        container = client.create_container(
            with_agent.digest,
            command=["-I", "-B", "-c", preamble + source],
            entrypoint=["python3"],
            labels={owner.LABEL: owner.name()},
            host_config=client.create_host_config(
                network_mode="none",
                read_only=True,
                cap_drop=["ALL"],
                cap_add=confinement.CAPABILITIES,
                security_opt=["no-new-privileges"],
                tmpfs=confinement.mounts(frozenset()),
            ),
        )["Id"]
        try:
            client.start(container)
            code = client.wait(container, timeout=60)["StatusCode"]
            assert code == 0, client.logs(container).decode()
        finally:
            client.remove_container(container, force=True)

    return run


@pytest.fixture(scope="session")
def gvisor(engine: None) -> None:
    """The engine knows gVisor's runtime, installed by us if need be."""
    made = subprocess.run([ROOT / "docker/runsc.sh"], capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.fail(made.stderr)


@dataclass(frozen=True, slots=True)
class Served:
    """A server, and its address."""

    process: subprocess.Popen[str]
    url: str

    def client(self, key: str | None = None) -> httpx.Client:
        """For this machine's own user, or the holder of ``key``."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.Client(base_url=self.url, timeout=60, headers=headers)


@pytest.fixture(scope="session")
def serving(engine: None) -> Callable[..., AbstractContextManager[Served]]:
    """Run ``lovelace sandbox serve`` with these options: the real command."""

    @contextmanager
    def serve(*options: object, **environment: str) -> Iterator[Served]:
        command = [sys.executable, "-m", "lovelace", "sandbox", "serve", "--port", "0", *map(str, options)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment})
        assert process.stdout is not None
        try:
            served = Served(process, process.stdout.readline().split()[-1])
            with served.client() as client:
                assert client.get("/readyz").status_code == 200
            yield served
        finally:
            process.terminate()
            process.communicate()

    return serve


@pytest.fixture(scope="session")
def open_directory() -> Iterator[Path]:
    """A directory that everyone may pass: a server that root starts is nobody when it reads its keys."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="session")
def address(serving: Callable[..., AbstractContextManager[Served]]) -> Iterator[str]:
    """Where a server listens that has every language of the core tier, two programs at a time."""
    with serving("--tier", "core", "--slots", 2) as served:
        yield served.url


@pytest.fixture
def narrow(serving: Callable[..., AbstractContextManager[Served]]) -> Iterator[str]:
    """Where a server listens that takes one program at a time and lets hardly any wait."""
    with serving("--tier", "python", "--slots", 1, "--queue", 2) as served:
        yield served.url


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table of the attacks that were made, if any."""
    reports = [*terminalreporter.stats.get("passed", []), *terminalreporter.stats.get("failed", [])]
    rows = [value for report in reports for name, value in getattr(report, "user_properties", ()) if name == "attack"]
    if rows and terminalreporter.config.option.verbose >= 0:
        titles = ("attack", "language", "walls", "runtime", "with them", "without them", "ms with / without")
        widths = [max(len(str(row[column])) for row in [titles, *rows]) for column in range(len(titles))]
        for row in [titles, *sorted(map(tuple, rows))]:
            terminalreporter.write_line(
                "  ".join(str(cell).ljust(width) for cell, width in zip(row, widths, strict=True))
            )
