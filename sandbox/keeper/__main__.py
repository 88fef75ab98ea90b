"""Keeps a keeper: starts it, and another one whenever it dies, for a process that has no right to do so itself.

``python -m sandbox.keeper DESCRIPTOR OWNER CPUS [RUNTIME]``: the descriptor of a socket whose other end asks.
"""

import socket
import subprocess
import sys
import time

from sandbox.keeper.protocol import NOTICE, Answer, KeeperLost

PAUSE_SECONDS = 0.5
"""Between two attempts, while the engine is away."""


def main(descriptor: int, arguments: list[str]) -> None:
    """Until a keeper leaves by itself, or nobody is there to ask."""
    wire = socket.socket(fileno=descriptor)
    command = [sys.executable, "-m", "sandbox.keeper.server", str(descriptor), *arguments]
    while subprocess.run(command, check=False, pass_fds=[descriptor]).returncode:
        notice = Answer.of_error(NOTICE, KeeperLost("the keeper died"))
        try:
            wire.send(notice.model_dump_json().encode())
        except ConnectionError:
            return
        time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
