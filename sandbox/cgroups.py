"""Where the host's cgroups are."""

from pathlib import Path

ROOT = Path("/sys/fs/cgroup")


def paths(pid: int) -> dict[str, str]:
    """Of the process ``pid`` on this host: its path in each v1 controller's hierarchy, and in v2's, whose name is "".

    Empty if there is no such process: an engine elsewhere, or in a machine of its own.
    """
    found: dict[str, str] = {}
    try:
        for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            found |= dict.fromkeys(controllers.split(","), path.lstrip("/"))
    except OSError:
        pass
    return found
