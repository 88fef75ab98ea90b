"""The zygote: a warm interpreter that has never held a payload, and forks every program.

It hears from the supervisor alone, over a socket: where a program lies, as whom it runs, its limits, and its
descriptors. It answers with the child's pid, and after the last of a step with the status of each child as it ends.
"""

import fcntl
import gc
import json
import os
import resource
import signal
import socket
from importlib import import_module
from typing import Any, Never

from . import warm_python
from .walls import VARIABLE, Wall, stands

WARM = (  # noqa: SIM905  words read better than a column of strings
    "abc array ast base64 bisect cmath collections collections.abc contextlib copy dataclasses datetime decimal "
    "enum fractions functools heapq io itertools json math numbers operator os random re statistics string struct sys "
    "time traceback typing warnings weakref"
).split()
"""What programs commonly import, imported once for all of them.

Not ``threading`` or what imports it (queue, subprocess, unittest): it alone makes every fork a quarter dearer.
"""

MESSAGE_LIMIT = 120 * 1024
"""Six times what a lease allows for arguments (JSON spells a control character in six), and some.

Below malloc's threshold: beyond it, every receive would map and unmap its buffer.
"""
PRIVATE = ("HOSTNAME", VARIABLE)
"""The only variables of the image's environment that programs do not get."""
MORE, LAST = b"+", b"."
"""What an order begins with: whether its step has another program to start."""


def main(descriptor: int) -> None:
    """Serve the supervisor at ``descriptor`` until it hangs up."""
    for name in PRIVATE:
        os.environ.pop(name, None)
    for name in WARM:
        import_module(name)
    channel = socket.socket(fileno=descriptor)
    gc.collect()
    gc.freeze()
    channel.send(b"ready")
    remembered: list[bytes] = []
    while True:
        message, descriptors, _, _ = socket.recv_fds(channel, MESSAGE_LIMIT, 8)
        if not stands(Wall.BLANK_ZYGOTE):
            remembered.append(message)
        if not message:
            return
        order, more = message[1:], message[:1] == MORE
        if _spawn(channel, order, descriptors) and not more:
            _report_the_ended(channel)


def _spawn(channel: socket.socket, order: bytes, descriptors: list[int]) -> bool:
    """Fork one program as ``order`` says, and tell its pid; or 0 and why there is none."""
    try:
        pid = os.fork()
    except OSError as error:
        channel.send(f"0 {error.strerror}".encode())
        return False
    if pid == 0:
        _become(json.loads(order), descriptors)
    for descriptor in descriptors:
        os.close(descriptor)
    channel.send(b"%d" % pid)
    return True


def _report_the_ended(channel: socket.socket) -> None:
    """Tell the wait status of every child, as they end, until there is none."""
    while True:
        try:
            pid, status = os.waitpid(-1, 0)
        except ChildProcessError:
            return
        channel.send(b"%d %d" % (pid, status))


def _become(order: dict[str, Any], descriptors: list[int]) -> Never:
    """In the child: be the program, with nothing of ours but its own descriptors."""
    try:
        _leave_the_zygote_behind(descriptors)
        _confine(order)
        command = order["command"]
        if order["warm"]:
            os.environ.update(order["environment"])
            warm_python.run(command[0], command[1:])
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.execvpe(command[0], command, os.environ | order["environment"])  # noqa: S606  it is what we are for
    except OSError as error:
        os.write(2, f"cannot start {order['command'][0]}: {error.strerror}\n".encode())
    finally:
        os._exit(127)


def _leave_the_zygote_behind(descriptors: list[int]) -> None:
    # First out of the way, then into place: a descriptor may already lie at another's number.
    high = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, 32) for descriptor in descriptors]
    for number, descriptor in enumerate(high):
        os.dup2(descriptor, number, inheritable=True)
    if stands(Wall.CLOSED_DESCRIPTORS):
        os.closerange(len(high), 64)


def _confine(order: dict[str, Any]) -> None:
    os.setsid()
    score = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
    os.write(score, b"1000")
    os.close(score)
    if stands(Wall.RESOURCE_LIMITS):
        _set_limits(order)
    os.umask(0o022)
    os.chdir(order["directory"])
    if stands(Wall.OWN_UID):
        os.setgroups([])
        os.setresgid(order["uid"], order["uid"], order["uid"])
        os.setresuid(order["uid"], order["uid"], order["uid"])


def _set_limits(order: dict[str, Any]) -> None:
    cpu = int(order["cpu_seconds"]) + 2
    for limit, value in (
        (resource.RLIMIT_CPU, cpu),  # a backstop: the supervisor counts the whole tree
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 1024),
        (resource.RLIMIT_STACK, order["stack_bytes"]),
    ):
        resource.setrlimit(limit, (value, value))
