"""``python -m miner.engines.child COMMAND...``: run a command that ends when our standard input does, with all its own.

Whoever started us holds the other end of the pipe, and may be killed at any moment: nothing of the command stays.
"""

import contextlib
import os
import select
import signal
import subprocess
import sys

GRACE_SECONDS = 10.0


def main() -> int:
    """The command's exit code; that of a killed one is negative."""
    child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True)
    ended = os.pidfd_open(child.pid)
    ready, _, _ = select.select([sys.stdin.fileno(), ended], [], [])
    if ended not in ready:
        _signal(child.pid, signal.SIGTERM)
        select.select([ended], [], [], GRACE_SECONDS)
    _signal(child.pid, signal.SIGKILL)  # what it started may outlive it
    return child.wait()


def _signal(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


if __name__ == "__main__":
    sys.exit(main())
