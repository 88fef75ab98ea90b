"""For tests: a PostgreSQL server of their own, from Debian's binaries, on a port of its own."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from evaluator.daemon.errors import DaemonError

PLACES = "/usr/lib/postgresql/*/bin"
READY_SECONDS = 60.0


class PostgresMissing(DaemonError):
    """Its binaries are not there, or do not start."""


class OwnPostgres:
    """Its files are gone when it is closed. Made by ``open_postgres``."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        with contextlib.closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._binaries, self._folder = binaries, folder
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, name: str) -> str:
        """Of a database, made if it is not there."""
        made = self.run("createdb", name)
        if made.returncode and b"already exists" not in made.stderr:
            raise PostgresMissing(f"createdb: {made.stderr.decode()}")
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def run(self, program: str, *words: str) -> "subprocess.CompletedProcess[bytes]":
        """A client program, as a user who may do anything."""
        command = [str(self._binaries / program), "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", *words]
        return subprocess.run(command, capture_output=True, check=False)

    def start(self) -> None:
        """Start it, and wait until it answers. Raises PostgresMissing."""
        words = ["-D", str(self._folder / "data"), "-p", str(self.port), "-k", "", "-c", "listen_addresses=127.0.0.1"]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._binaries / "postgres"), *words], stdout=log, stderr=log, cwd="/",
                start_new_session=True, user=_user(), group=_user(),
            )  # fmt: skip
        until = time.monotonic() + READY_SECONDS
        while self.run("pg_isready").returncode:
            if time.monotonic() > until or self._process.poll() is not None:
                raise PostgresMissing(f"PostgreSQL does not start: {(self._folder / 'log').read_text()[-2000:]}")
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT at once but in order, SIGQUIT as in a crash."""
        assert self._process is not None
        self._process.send_signal(how)
        self._process.wait(timeout=60)


@contextlib.contextmanager
def open_postgres() -> Iterator[OwnPostgres]:
    """A running server. Raises PostgresMissing."""
    found = sorted(Path("/").glob(PLACES.removeprefix("/")))
    if not found:
        raise PostgresMissing("no PostgreSQL in /usr/lib/postgresql: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="lovelace-postgres-"))
    try:
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        made = subprocess.run(
            [str(found[-1] / "initdb"), "-D", str(folder / "data"), "-U", "postgres", "--auth=trust", "--no-sync"],
            capture_output=True, cwd="/", check=False, user=_user(), group=_user(),
        )  # fmt: skip
        if made.returncode:
            raise PostgresMissing(f"initdb: {made.stderr.decode()}")
        server = OwnPostgres(found[-1], folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


def _user() -> str | None:
    """It refuses to be root."""
    return "postgres" if os.geteuid() == 0 else None
