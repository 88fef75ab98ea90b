"""Outlives a process that holds containers, by just as long as it takes to remove what that process left.

A container removes itself when its agent's input ends. One that was created and not yet started has no agent: a daemon
that is killed in that moment would leave it. ``python -m sandbox.guardian OWNER`` waits for its standard input to end:
after a byte all is well; without one it removes the containers of OWNER.
"""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator

from sandbox import owner

WATCH_SECONDS = 5.0
"""How long an engine may still be at work on what the dead process had asked for."""


@contextlib.contextmanager
def guarded() -> Iterator[None]:
    """While the context lasts, our containers are removed if we die."""
    command = [sys.executable, "-m", "sandbox.guardian", owner.name()]
    # A session of its own: a Ctrl-C at the terminal, or a kill of our group, is not for it.
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True) as guardian:
        try:
            yield
        finally:
            assert guardian.stdin is not None
            guardian.stdin.write(b"!")
            guardian.stdin.close()


def main() -> None:
    """Wait for the end of standard input; clean up unless a byte came first."""
    if os.read(0, 1):
        return
    from sandbox import engine
    from sandbox.errors import SandboxError

    until = time.monotonic() + WATCH_SECONDS
    with contextlib.suppress(SandboxError):  # no engine, no containers
        client = engine.connect()
        while time.monotonic() < until:
            engine.sweep(client)
            time.sleep(0.25)


if __name__ == "__main__":
    main()
