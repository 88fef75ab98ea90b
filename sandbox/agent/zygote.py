"""The zygote: a warm interpreter that has never held a payload, and forks every program.

It hears from the supervisor alone, over a socket: where a program lies, as whom it runs, its limits, and its
descriptors. It answers with the child's pid, and after the last of a step with the status of each child as it ends.
"""

import gc
import marshal
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
    "enum fractions functools heapq io itertools json math numbers operator os re string struct sys "
    "time traceback typing warnings weakref"
).split()
"""What programs commonly import, imported once for all of them.

Not ``threading`` or what imports it (queue, subprocess, unittest): it alone makes every fork a quarter dearer. Not
``random`` or what imports it (statistics, tempfile): it draws a new seed in every child, for the few that want one.
"""

MESSAGE_LIMIT = 120 * 1024
"""Six times what a lease allows for arguments (JSON spells a control character in six), and some.

Below malloc's threshold: beyond it, every receive would map and unmap its buffer.
"""
STACK_BYTES = 64 * 1024 * 1024
CHANNEL = 63
"""The descriptor of our socket to the supervisor."""
PRIVATE = ("HOSTNAME", VARIABLE)
"""The only variables of the image's environment that programs do not get."""
CLOSES_DESCRIPTORS = stands(Wall.CLOSED_DESCRIPTORS)
LIMITS_RESOURCES = stands(Wall.RESOURCE_LIMITS)
CHANGES_UID = stands(Wall.OWN_UID)
WARM_UP, READY = b"warm up", b"ready"
MORE, LAST = b"+", b"."
"""What an order begins with: whether its step has another program to start."""


def main(descriptor: int) -> None:
    """Serve the supervisor at ``descriptor`` until it hangs up."""
    for name in PRIVATE:
        os.environ.pop(name, None)
    channel = socket.socket(fileno=_out_of_the_way(descriptor))
    _set_what_programs_inherit()
    gc.freeze()
    channel.send(READY)
    remembered: list[bytes] = []
    while True:
        message, descriptors, _, _ = socket.recv_fds(channel, MESSAGE_LIMIT, 8)
        if not stands(Wall.BLANK_ZYGOTE):
            remembered.append(message)
        if not message:
            return
        if message == WARM_UP:
            _warm_up()
            channel.send(READY)
            continue
        order, more = message[1:], message[:1] == MORE
        if _spawn(channel, order, descriptors) and not more:
            _report_the_ended(channel)


def _warm_up() -> None:
    """Import what programs commonly import, once for all that are still to come."""
    for name in WARM:
        import_module(name)
    gc.collect()
    gc.freeze()


def _spawn(channel: socket.socket, order: bytes, descriptors: list[int]) -> bool:
    """Fork one program as ``order`` says, and tell its pid; or 0 and why there is none."""
    try:
        pid = os.fork()
    except OSError as error:
        channel.send(f"0 {error.strerror}".encode())
        return False
    if pid == 0:
        _become(marshal.loads(order), descriptors)  # noqa: S302  the supervisor's, and no page of json is touched
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
    """In the child: be the program, with nothing of ours but its own descriptors.

    Each page that is written here is copied first: half of what a short program costs. So the less is done, the better.
    """
    try:
        for number, descriptor in enumerate(descriptors):
            os.dup2(descriptor, number, inheritable=True)
        if CLOSES_DESCRIPTORS:
            os.closerange(len(descriptors), CHANNEL + 1)
        _confine(order)
        command, environment = order["command"], order["environment"]
        if order["warm"]:
            if environment:
                os.environ.update(environment)
            warm_python.run(command[0], command[1:])
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.execvpe(command[0], command, os.environ | environment)  # noqa: S606  it is what we are for
    except OSError as error:
        os.write(2, f"cannot start {order['command'][0]}: {error.strerror}\n".encode())
    finally:
        os._exit(127)


def _confine(order: dict[str, Any]) -> None:
    os.setsid()
    score = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
    os.write(score, b"1000")
    os.close(score)
    os.chdir(order["directory"])
    if LIMITS_RESOURCES:
        cpu = int(order["cpu_seconds"]) + 2  # a backstop: the supervisor counts the whole tree
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    if CHANGES_UID:
        uid = order["uid"]
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)


def _set_what_programs_inherit() -> None:
    """What is the same for every program need not be done in each."""
    os.umask(0o022)
    os.setgroups([])
    if LIMITS_RESOURCES:
        for limit, value in (
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_NOFILE, 1024),
            (resource.RLIMIT_STACK, STACK_BYTES),
        ):
            resource.setrlimit(limit, (value, value))


def _out_of_the_way(descriptor: int) -> int:
    """``descriptor`` moved up, and 0 to 3 taken: what programs get then never lies where it has to go."""
    moved = os.dup2(descriptor, CHANNEL, inheritable=not CLOSES_DESCRIPTORS)
    os.dup2(0, 3, inheritable=False)
    if descriptor > 3:
        os.close(descriptor)
    return moved
