"""PID 1 of a sandbox container: takes steps from the host, one at a time, and never runs or forks a program itself.

Frames in: ``{"step": …}`` (see ``Step``), ``{"drop": [directory, …]}``. Frames out: ``{"ready": …}``, ``{"out": …}``,
``{"done": …}``, ``{"failed": "why"}``. When the host hangs up, we leave, and the kernel ends all that is left.
"""

import json
import os
import select
import socket

from . import cleaning, frames
from .cleaning import Ipc
from .counters import Counters
from .nursery import Nursery, SpawnFailed
from .step import HOST, Agent, HostFull, Step
from .streams import REPLIES

VERSIONS = "/opt/lovelace/versions.json"


def send(header: frames.Header, blobs: list[bytes]) -> None:
    """One frame to the host."""
    frames.write(REPLIES, frames.pack(header, blobs))


def main() -> None:
    """Serve the host until it hangs up."""
    os.umask(0o022)
    nursery = Nursery()
    agent = Agent(Counters(), nursery, Ipc(), os.open("/dev/null", os.O_RDONLY | os.O_CLOEXEC), [])
    with open(VERSIONS) as file:
        versions = json.load(file)
    _meet_the_host(versions)
    first = True
    while frame := frames.read(HOST):
        header, blobs = frame
        if "drop" in header:
            for directory in header["drop"]:
                cleaning.remove(directory.encode(), cleaning.RUNS)
            continue
        try:
            if any(process["warm"] for process in header["step"]["processes"]):
                if not first or header["step"]["resident"]:
                    nursery.warm_up()
                first = False
            Step(header["step"], blobs, send, agent).run()
        except EOFError:
            return
        except (SpawnFailed, HostFull) as failure:
            send({"failed": str(failure)}, [])
            return


def _meet_the_host(versions: dict[str, str]) -> None:
    """Say that we are ready, and where the host can reach us without the engine's help; go on over what it chooses.

    Only root may connect, and the socket is gone before the first program starts.
    """
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(frames.SHORTCUT)
        os.chmod(frames.SHORTCUT, 0o600)
        listener.listen(1)
        send({"ready": versions}, [])
        ready, _, _ = select.select([HOST, listener.fileno()], [], [])
        if listener.fileno() in ready:
            connection, _ = listener.accept()
            os.dup2(connection.fileno(), HOST)
            os.dup2(connection.fileno(), REPLIES)
            connection.close()
    os.unlink(frames.SHORTCUT)
