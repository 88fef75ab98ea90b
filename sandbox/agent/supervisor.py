"""PID 1 of a sandbox container: takes steps from the host, one at a time, and never runs or forks a program itself.

Frames in: ``{"step": …}`` (see ``Step``), ``{"drop": [directory, …]}``. Frames out: ``{"ready": …}``, ``{"out": …}``,
``{"done": …}``, ``{"failed": "why"}``. When the host hangs up, we leave, and the kernel ends all that is left.
"""

import json
import os
from typing import NamedTuple

from . import cleaning, frames
from .counters import Counters
from .nursery import Nursery, SpawnFailed
from .step import HOST, Step

REPLIES = 1
VERSIONS = "/opt/lovelace/versions.json"


class Agent(NamedTuple):
    """What lasts from step to step."""

    counters: Counters
    nursery: Nursery


def send(header: frames.Header, blobs: list[bytes]) -> None:
    """One frame to the host."""
    frames.write(REPLIES, frames.pack(header, blobs))


def main() -> None:
    """Serve the host until it hangs up."""
    os.umask(0o022)
    agent = Agent(Counters(), Nursery())
    with open(VERSIONS) as file:
        send({"ready": json.load(file)}, [])
    while frame := frames.read(HOST):
        header, blobs = frame
        if "drop" in header:
            for directory in header["drop"]:
                cleaning.remove(directory.encode(), cleaning.WORK)
            continue
        try:
            Step(header["step"], blobs, send, agent.counters, agent.nursery).run()
        except EOFError:
            return
        except SpawnFailed as failure:
            send({"failed": str(failure)}, [])
            return
