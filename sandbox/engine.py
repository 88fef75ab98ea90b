"""The Docker engine, as the sandbox uses it: blocking calls, to be made in threads."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox import context, seccomp
from sandbox import image as images
from sandbox.errors import ContainerLost, EngineUnavailable
from sandbox.protocol import MEBIBYTE

if TYPE_CHECKING:
    from docker import APIClient

OWNER_LABEL = "lovelace.owner"
OVERHEAD_BYTES = 96 * MEBIBYTE
"""What a container may hold beside its program: the agent, and what is written to the tmpfs mounts."""
CAPABILITIES = ["SETUID", "SETGID", "CHOWN", "KILL", "DAC_OVERRIDE"]
PROCESSES = 256
TMPFS = {
    "/work": "size=64m,nr_inodes=16k,mode=711,exec,nosuid,nodev",
    "/tmp": "size=16m,nr_inodes=4k,mode=1777,exec,nosuid,nodev",  # noqa: S108
}


def connect() -> "APIClient":
    """A client of the engine that the environment names (DOCKER_HOST and friends). Raises EngineUnavailable."""
    from docker.errors import DockerException

    import docker

    try:
        client = docker.from_env(version="auto", timeout=60, max_pool_size=32).api
        client.ping()
    except DockerException as error:
        where = os.environ.get("DOCKER_HOST", "the default socket")
        raise EngineUnavailable(f"no Docker engine answers at {where}: run `docker/engine.sh start`, "
                                f"or start Docker yourself") from error  # fmt: skip
    return client


@dataclass(frozen=True, slots=True)
class Started:
    """A container that was created, attached to and started."""

    name: str
    socket: socket.socket
    reset_peak: int | None
    """A descriptor: writing 0 resets the container's memory high-water mark. None where the host has no such file."""


class Engine:
    """Makes and removes containers of one image."""

    def __init__(self, client: "APIClient", image: images.Image, runtime: str | None = None) -> None:
        self.image = image
        self._client = client
        self._runtime = runtime
        self._profile = seccomp.profile(context.recipe_directory() / "seccomp.toml")

    def start(self, memory_bytes: int) -> Started:
        """A fresh container, its agent starting up. Raises EngineUnavailable."""
        from docker.errors import APIError

        try:
            name = self._client.create_container(
                self.image.digest, stdin_open=True, labels={OWNER_LABEL: owner()}, network_disabled=True,
                host_config=self._host_config(memory_bytes), hostname="sandbox", runtime=self._runtime,
            )["Id"]  # fmt: skip
            attached = self._client.attach_socket(name, {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1})
            stream = socket.socket(fileno=os.dup(attached.fileno()))
            attached.close()
            self._client.start(name)
            return Started(name, stream, _peak_file(self._client.inspect_container(name)["State"]["Pid"]))
        except (APIError, OSError) as error:
            raise EngineUnavailable(f"the engine could not start a container: {error}") from error

    def resize(self, name: str, memory_bytes: int) -> None:
        """Change a container's memory limit. Raises ContainerLost."""
        from docker.errors import APIError

        limit = memory_bytes + OVERHEAD_BYTES
        try:
            self._client.update_container(name, mem_limit=limit, memswap_limit=limit)
        except (APIError, OSError) as error:
            raise ContainerLost(f"its memory limit could not be set: {error}") from error

    def remove(self, name: str) -> None:
        """Kill and remove a container, if it is still there."""
        from docker.errors import APIError

        try:
            self._client.remove_container(name, force=True, v=True)
        except APIError as error:
            # 404: gone by itself; 409: its removal is under way (it removes itself when the agent leaves).
            if error.status_code not in (404, 409):
                raise

    def sweep(self) -> None:
        """Remove the containers whose owner is dead: what a killed engine may have kept of a killed daemon."""
        for container in self._client.containers(all=True, filters={"label": OWNER_LABEL}):
            if not _alive(container["Labels"][OWNER_LABEL]):
                self.remove(container["Id"])

    def _host_config(self, memory_bytes: int) -> Any:
        from docker.types import LogConfig

        limit = memory_bytes + OVERHEAD_BYTES
        return self._client.create_host_config(
            auto_remove=True,
            network_mode="none",
            read_only=True,
            cap_drop=["ALL"],
            cap_add=CAPABILITIES,
            security_opt=["no-new-privileges", f"seccomp={self._profile}"],
            mem_limit=limit,
            memswap_limit=limit,
            pids_limit=PROCESSES,
            nano_cpus=1_000_000_000,
            ipc_mode="private",
            tmpfs=TMPFS,
            shm_size=16 * MEBIBYTE,
            log_config=LogConfig(type="none"),
            oom_score_adj=500,
        )


def owner() -> str:
    """Names this process for as long as the machine runs: its pid and when it started."""
    return f"{os.getpid()}-{_started(os.getpid())}"


def _alive(name: str) -> bool:
    pid, _, started = name.partition("-")
    return _started(int(pid)) == started


def _started(pid: int) -> str | None:
    try:
        # The command's name, in brackets, may hold spaces; field 22 is counted from behind it.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except FileNotFoundError:
        return None


def _peak_file(pid: int) -> int | None:
    """The host's handle on a container's memory high-water mark (cgroup v1; on v2 the kernel resets per reader)."""
    try:
        for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            if controllers == "memory":
                mark = f"/sys/fs/cgroup/memory{path}/memory.max_usage_in_bytes"
                return os.open(mark, os.O_WRONLY | os.O_CLOEXEC)
    except OSError:
        pass
    return None
