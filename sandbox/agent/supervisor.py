"""PID 1 of a sandbox container: takes steps from the host, one at a time, and never runs or forks a program itself.

Frames in: ``{"step": …}`` (see ``Step``), ``{"drop": [directory, …]}``. Frames out: ``{"ready": …}``, ``{"out": …}``,
``{"done": …}``, ``{"failed": "why"}``. When the host hangs up, we leave, and the kernel ends all that is left.
"""

import json
import os

from . import cleaning, frames
from .cleaning import Ipc
from .counters import Counters
from .nursery import Nursery, SpawnFailed
from .step import HOST, Agent, Step
from .streams import REPLIES

VERSIONS = "/opt/lovelace/versions.json"


def send(header: frames.Header, blobs: list[bytes]) -> None:
    """One frame to the host."""
    frames.write(REPLIES, frames.pack(header, blobs))


def main() -> None:
    """Serve the host until it hangs up."""
    os.umask(0o022)
    agent = Agent(Counters(), Nursery(), Ipc())
    with open(VERSIONS) as file:
        send({"ready": json.load(file)}, [])
    while frame := frames.read(HOST):
        header, blobs = frame
        if "drop" in header:
            for directory in header["drop"]:
                cleaning.remove(directory.encode(), cleaning.WORK)
            continue
        try:
            Step(header["step"], blobs, send, agent).run()
        except EOFError:
            return
        except SpawnFailed as failure:
            send({"failed": str(failure)}, [])
            return
