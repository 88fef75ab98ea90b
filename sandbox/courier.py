"""Runs in the sandbox, for ``sandbox.inspect``: lays a sample's files out, runs one command, brings what changed back.

Standard input: 20 digits (a length), so many bytes of JSON (the order), the contents of its files, the command's input.
Standard output: the command's own, the contents of what changed, a report in JSON, its length in 20 digits. Thus files
need room once and not twice. It imports the standard library only.
"""

import contextlib
import json
import os
import signal
import stat
import subprocess
import sys
import time
from typing import Any

TEMPORARY = "/tmp"  # noqa: S108
HOME = "/tmp/sample"  # noqa: S108
"""The command's directory: a link to where there is more room than in /tmp. Both are carried, and nothing else."""
DIGITS = 20
CHUNK = 1 << 20
NOT_FOUND, NOT_ALLOWED, OUT_OF_TIME = 127, 126, 124

Entry = dict[str, Any]
"""A file: its path, kind (file, directory, link), mode, time of change, and size or target."""
Seen = dict[str, tuple[int, ...]]
"""By path, what tells whether it has changed."""


def main() -> int:
    """Returns what the command did, 128 more than its signal if one ended it."""
    order = json.loads(_read(int(_read(DIGITS))))
    os.mkdir("home", 0o755)
    os.symlink(f"{os.getcwd()}/home", HOME)
    for entry in order["files"]:
        _lay_out(entry)
    before = {entry["path"]: _dressed(entry) for entry in reversed(order["files"])}
    report = _run(order)
    _stop_the_others()
    entries, after = _found()
    report["files"] = [entry for entry in entries if before.get(entry["path"]) != after[entry["path"]]]
    report["gone"] = [path for path in before if path not in after]
    for entry in report["files"]:
        if entry["kind"] == "file":
            _send(entry)
    told = json.dumps(report).encode()
    _write(told + b"%020d" % len(told))
    return int(report["code"])


def _read(length: int) -> bytes:
    """So many bytes of standard input, and not one more: the rest is the command's."""
    parts = []
    while length:
        part = os.read(0, min(length, CHUNK))
        if not part:
            raise EOFError("the order ends too early")
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _write(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(1, view) :]


def _lay_out(entry: Entry) -> None:
    if entry["kind"] == "directory":
        os.makedirs(entry["path"], 0o700, exist_ok=True)
    elif entry["kind"] == "link":
        os.symlink(entry["target"], entry["path"])
    else:
        with open(entry["path"], "wb") as file:
            left = entry["size"]
            while left:
                left -= file.write(_read(min(left, CHUNK)))


def _dressed(entry: Entry) -> tuple[int, ...]:
    """Give a file its mode and time, a directory after what it holds; what tells from now on whether it has changed."""
    path = entry["path"]
    if entry["kind"] != "link":
        os.utime(path, ns=(entry["changed"], entry["changed"]))
        os.chmod(path, entry["mode"])
    return _signature(os.lstat(path))


def _signature(facts: os.stat_result) -> tuple[int, ...]:
    if stat.S_ISDIR(facts.st_mode):
        return (facts.st_mode,)
    return (facts.st_mode, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)


def _run(order: dict[str, Any]) -> dict[str, Any]:
    """Run the command to its end, or to the end of its time."""
    command, directory = order["command"], order["directory"]
    if not os.path.isdir(directory):
        return _refusal(NOT_ALLOWED, f"{directory}: no such directory")
    environment = {**os.environ, "HOME": HOME, "PWD": directory, **order["environment"]}
    try:
        process = subprocess.Popen(command, cwd=directory, env=environment)
    except FileNotFoundError:
        return _refusal(NOT_FOUND, f"{command[0]}: not found")
    except PermissionError:
        return {**_refusal(NOT_ALLOWED, f"{command[0]}: permission denied"), "forbidden": True}
    except OSError as error:
        return _refusal(NOT_ALLOWED, f"{command[0]}: {error.strerror}")
    try:
        code = process.wait(order["seconds"])
    except subprocess.TimeoutExpired:
        return {"code": OUT_OF_TIME, "late": True, "forbidden": False}
    return {"code": code if code >= 0 else 128 - code, "late": False, "forbidden": False}


def _refusal(code: int, why: str) -> dict[str, Any]:
    os.write(2, f"{why}\n".encode())
    return {"code": code, "late": False, "forbidden": False}


def _stop_the_others() -> None:
    """Whatever the command left running, in whatever session, is of our uid, and would write while we read."""
    for _ in range(1000):
        os.kill(-1, signal.SIGKILL)  # never ourselves, nor whoever is not of our uid
        with contextlib.suppress(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)
        if not any(_is_another(name) for name in os.listdir("/proc")):
            return
        time.sleep(0.001)


def _is_another(name: str) -> bool:
    try:
        return name.isdigit() and int(name) != os.getpid() and os.stat(f"/proc/{name}").st_uid == os.getuid()
    except OSError:
        return False  # it has just gone


def _found() -> tuple[list[Entry], Seen]:
    """What is there now, directories before what they hold. Closed ones are opened: nobody comes after us."""
    entries: list[Entry] = []
    seen: Seen = {}
    waiting = [HOME, TEMPORARY]
    while waiting:
        directory = waiting.pop()
        for name in os.listdir(directory):
            path = f"{directory}/{name}"
            facts = os.lstat(path)
            entry = _entry(path, facts)
            if entry is None or path == HOME or facts.st_uid != os.getuid():
                continue
            if entry["kind"] == "directory":
                os.chmod(path, 0o700)
                waiting.append(path)
            entries.append(entry)
            seen[path] = _signature(facts)
    return entries, seen


def _entry(path: str, facts: os.stat_result) -> Entry | None:
    """None for what is not carried: sockets, FIFOs, names that are not UTF-8."""
    if not _is_text(path):
        return None
    entry: Entry = {"path": path, "mode": stat.S_IMODE(facts.st_mode), "changed": facts.st_mtime_ns}
    if stat.S_ISDIR(facts.st_mode):
        return {**entry, "kind": "directory"}
    if stat.S_ISLNK(facts.st_mode) and _is_text(target := os.readlink(path)):
        return {**entry, "kind": "link", "target": target}
    if stat.S_ISREG(facts.st_mode):
        return {**entry, "kind": "file", "size": facts.st_size}
    return None


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _send(entry: Entry) -> None:
    os.chmod(entry["path"], 0o600)
    left = entry["size"]
    with open(entry["path"], "rb") as file:
        while left:
            data = file.read(min(left, CHUNK))
            left -= len(data)
            _write(data)


if __name__ == "__main__":
    sys.exit(main())
