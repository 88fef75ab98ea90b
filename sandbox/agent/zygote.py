"""The zygote: a warm interpreter that has never held a payload, and that every program is forked from.

It keeps a blank child ready for each slot of a step. The supervisor tells the child itself, over the slot's socket,
where its program lies, as whom it runs, its limits, and its descriptors; the zygote hears none of it. It waits for its
children, reports how they ended, and replaces them: while the host and the supervisor are busy with what came back.
"""

import gc
import marshal
import os
import resource
import signal
import socket
import sys
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

DRIVERS = "/opt/lovelace/warm"
"""Modules of the image's own, that programs of its makers import."""

MESSAGE_LIMIT = 120 * 1024
"""Six times what a lease allows for arguments (JSON spells a control character in six), and some.

"""
BUFFER = bytearray(MESSAGE_LIMIT)
"""Where orders arrive, in the children. To allocate so much in a child would have malloc tidy up first."""
STACK_BYTES = 64 * 1024 * 1024
CHANNEL = 61
"""The first descriptor of ours: reports to the supervisor; the orders of each slot follow."""
PRIVATE = ("HOSTNAME", VARIABLE)
"""The only variables of the image's environment that programs do not get."""
CLOSES_DESCRIPTORS = stands(Wall.CLOSED_DESCRIPTORS)
LIMITS_RESOURCES = stands(Wall.RESOURCE_LIMITS)
CHANGES_UID = stands(Wall.OWN_UID)
WARM_UP = b"warm up"
SPARE, FULL = b"spare ", b"full "
"""What a report begins with that is not of a death: a slot and its new spare child; why there is none."""


def main(descriptors: list[int]) -> None:
    """Serve the supervisor: reports go to the first of ``descriptors``, the orders of each slot come from the others.

    Returns only in a child to which the supervisor has hung up.
    """
    for name in PRIVATE:
        os.environ.pop(name, None)
    reports, *orders = (socket.socket(fileno=descriptor) for descriptor in _out_of_the_way(descriptors))
    _set_what_programs_inherit()
    warm_python.prepare()
    gc.freeze()
    while True:
        slot = _keep_spares(reports, len(orders))
        os.setsid()
        length, ancillary, _, _ = orders[slot].recvmsg_into([BUFFER], socket.CMSG_SPACE(8 * 4))
        if not length:
            return
        if not BUFFER.startswith(WARM_UP):
            _become(marshal.loads(BUFFER), ancillary[0][2])  # noqa: S302  the supervisor's, and touches less than json
        _warm_up()


def _keep_spares(reports: socket.socket, slots: int) -> int:
    """In the zygote, fork a child for each of ``slots``, and another for each that ends, forever.

    Returns in each child: its slot. The zygote itself leaves when a fork is refused.
    """
    children: dict[int, int] = {}
    slot = 0
    score = os.open("/proc/self/oom_score_adj", os.O_RDWR | os.O_CLOEXEC)
    own = os.read(score, 16)
    while True:
        try:
            os.write(score, b"1000")  # what children inherit
            pid = os.fork()
        except OSError as error:
            reports.send(FULL + str(error.strerror).encode())
            os._exit(1)
        if pid == 0:
            return slot
        os.write(score, own)
        children[pid] = slot
        reports.send(b"%s%d %d" % (SPARE, slot, pid))
        if len(children) == slots:
            pid, status = os.waitpid(-1, 0)
            slot = children.pop(pid)
            reports.send(b"%d %d" % (pid, status))
        else:
            slot += 1


def _warm_up() -> None:
    """Import what programs commonly import, once for all that are still to come."""
    for name in WARM:
        import_module(name)
    _import_drivers()
    gc.collect()
    gc.freeze()


def _import_drivers() -> None:
    """Import what lies in ``DRIVERS``; what that imports of its own gives its name back, for programs to use."""
    if not os.path.isdir(DRIVERS):
        return
    own = sys.path[0]
    sys.path[0] = DRIVERS
    names = [name.removesuffix(".py") for name in os.listdir(DRIVERS) if name.endswith(".py")]
    for name in names:
        import_module(name)
    sys.path[0] = own
    for name, module in list(sys.modules.items()):
        if name not in names and (getattr(module, "__file__", None) or "").startswith(DRIVERS):
            del sys.modules[name]


def _become(order: dict[str, Any], descriptors: bytes) -> Never:
    """In the child: be the program, with nothing of ours but its own descriptors.

    Each page that is written here is copied first: half of what a short program costs. So the less is done, the better.
    """
    try:
        count = len(descriptors) // 4
        for number in range(count):
            descriptor = int.from_bytes(descriptors[4 * number : 4 * number + 4], sys.byteorder)
            os.dup2(descriptor, number, inheritable=True)
        if CLOSES_DESCRIPTORS:
            os.closerange(count, CHANNEL + 3)
        _confine(order)
        command, environment = order["command"], order["environment"]
        if order["warm"]:
            if environment:
                os.environ.update(environment)
            warm_python.run(command[0], command[1:], order["directory"])
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.execvpe(command[0], command, os.environ | environment)  # noqa: S606  it is what we are for
    except OSError as error:
        os.write(2, f"cannot start {order['command'][0]}: {error.strerror}\n".encode())
    finally:
        os._exit(127)


def _confine(order: dict[str, Any]) -> None:
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


def _out_of_the_way(descriptors: list[int]) -> list[int]:
    """``descriptors`` moved up, and 0 to 3 taken: what programs get then never lies where it has to go."""
    moved = [
        os.dup2(descriptor, CHANNEL + index, inheritable=not CLOSES_DESCRIPTORS)
        for index, descriptor in enumerate(descriptors)
    ]
    os.closerange(3, CHANNEL)
    os.dup2(0, 3, inheritable=False)
    return moved
