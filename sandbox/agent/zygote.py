"""The zygote: a warm interpreter that has never held a payload, and forks every program.

It hears from the supervisor alone, over a socket: where a program lies, as whom it runs, its limits, and its
descriptors. It answers with the child's pid, and with its wait status when it has ended.
"""

import gc
import json
import os
import resource
import select
import signal
import socket
from importlib import import_module
from typing import Any, Never

from . import warm_python

WARM = (  # noqa: SIM905  words read better than a column of strings
    "abc argparse array ast base64 bisect calendar cmath collections collections.abc contextlib copy csv dataclasses "
    "datetime decimal enum fractions functools hashlib heapq inspect io itertools json math numbers operator os "
    "pathlib pickle pprint queue random re statistics string struct subprocess sys tempfile textwrap threading time "
    "traceback typing unittest urllib.parse uuid warnings weakref zlib"
).split()
"""What programs commonly import, imported once for all of them."""

MESSAGE_LIMIT = 256 * 1024
"""Six times what a lease allows for arguments (JSON spells a control character in six), and some."""
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONHASHSEED": "0"}


def main(descriptor: int) -> None:
    """Serve the supervisor at ``descriptor`` until it hangs up."""
    for name in WARM:
        import_module(name)
    channel = socket.socket(fileno=descriptor)
    wake, alarm = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(alarm, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    gc.collect()
    gc.freeze()
    channel.send(json.dumps({"ready": True}).encode())
    poll = select.poll()
    poll.register(channel, select.POLLIN)
    poll.register(wake, select.POLLIN)
    while True:
        for ready, _ in poll.poll():
            if ready == wake:
                os.read(wake, 512)
                _report_the_ended(channel)
            elif not _spawn(channel):
                return


def _report_the_ended(channel: socket.socket) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        channel.send(json.dumps({"pid": pid, "status": status}).encode())


def _spawn(channel: socket.socket) -> bool:
    """Fork one program as the next message says; False when the supervisor is gone."""
    message, descriptors, _, _ = socket.recv_fds(channel, MESSAGE_LIMIT, 8)
    if not message:
        return False
    try:
        pid = os.fork()
    except OSError as error:
        channel.send(json.dumps({"error": error.strerror}).encode())
        return True
    if pid == 0:
        _become(json.loads(message), descriptors)
    for descriptor in descriptors:
        os.close(descriptor)
    channel.send(json.dumps({"spawned": pid}).encode())
    return True


def _become(order: dict[str, Any], descriptors: list[int]) -> Never:
    """In the child: be the program, with nothing of ours but its own descriptors."""
    try:
        _leave_the_zygote_behind(descriptors)
        _confine(order)
        environment = {**ENVIRONMENT, "HOME": order["directory"]}
        command = order["command"]
        if order["warm"]:
            os.environ.clear()
            os.environ.update(environment)
            gc.enable()
            warm_python.run(command[0], command[1:])
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.execvpe(command[0], command, environment)  # noqa: S606  it is what we are for
    except OSError as error:
        os.write(2, f"cannot start {order['command'][0]}: {error.strerror}\n".encode())
    finally:
        os._exit(127)


def _leave_the_zygote_behind(descriptors: list[int]) -> None:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # First out of the way, then into place: a descriptor may already lie at another's number.
    high = [_duplicate_above(descriptor, 32) for descriptor in descriptors]
    for number, descriptor in enumerate(high):
        os.dup2(descriptor, number, inheritable=True)
    os.closerange(len(high), 64)


def _duplicate_above(descriptor: int, lowest: int) -> int:
    import fcntl

    return fcntl.fcntl(descriptor, fcntl.F_DUPFD, lowest)


def _confine(order: dict[str, Any]) -> None:
    os.setsid()
    with open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")
    cpu = int(order["cpu_seconds"]) + 2
    for limit, value in (
        (resource.RLIMIT_CPU, cpu),  # a backstop: the supervisor counts the whole tree
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 1024),
        (resource.RLIMIT_STACK, order["stack_bytes"]),
    ):
        resource.setrlimit(limit, (value, value))
    os.setgroups([])
    os.setresgid(order["uid"], order["uid"], order["uid"])
    os.setresuid(order["uid"], order["uid"], order["uid"])
    os.umask(0o022)
    os.chdir(order["directory"])
