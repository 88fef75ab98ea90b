"""The Docker engine, as the sandbox uses it: blocking calls, to be made in threads."""

import contextlib
import os
import socket
from collections.abc import Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox import image as images
from sandbox import owner
from sandbox.agent.walls import Wall
from sandbox.confinement import OVERHEAD_BYTES, environment, host_config
from sandbox.deaths import Deaths
from sandbox.errors import ContainerLost, EngineUnavailable

if TYPE_CHECKING:
    from docker import APIClient

NO_WALLS_DOWN: frozenset[Wall] = frozenset()


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
    pid: int
    """Of the agent, on the engine's host."""


class Engine:
    """Makes and removes containers of one image. ``without`` takes walls down, in a test of them."""

    def __init__(
        self,
        client: "APIClient",
        image: images.Image,
        runtime: str | None = None,
        without: Set[Wall] = NO_WALLS_DOWN,
    ) -> None:
        self.image = image
        self.without = without
        self.deaths = Deaths(client)
        self._client = client
        self._runtime = runtime

    def start(self, memory_bytes: int) -> Started:
        """A fresh container, its agent starting up. Raises EngineUnavailable."""
        import requests
        from docker.errors import DockerException

        name = ""
        try:
            name = self._client.create_container(
                self.image.digest, stdin_open=True, labels={owner.LABEL: owner.name()}, hostname="sandbox",
                host_config=host_config(self._client, memory_bytes, self._runtime, self.without),
                environment=environment(self.without),
                network_disabled=Wall.NETWORK not in self.without,  # spares dockerd a start of itself, for a hook
            )["Id"]  # fmt: skip
            attached = self._client.attach_socket(name, {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1})
            stream = socket.socket(fileno=os.dup(attached.fileno()))
            attached.close()
            self._client.start(name)
            pid = self._client.inspect_container(name)["State"]["Pid"]
        except (DockerException, requests.RequestException, OSError) as error:
            if name:
                with contextlib.suppress(DockerException, requests.RequestException, OSError):
                    self.remove(name)  # what never started does not remove itself
            raise EngineUnavailable(f"the engine could not start a container: {error}") from error
        return Started(name, stream, pid)

    def resize(self, name: str, memory_bytes: int) -> None:
        """Change a container's memory limit. Raises ContainerLost."""
        import requests
        from docker.errors import DockerException

        if Wall.MEMORY in self.without:
            return
        limit = memory_bytes + OVERHEAD_BYTES
        try:
            self._client.update_container(name, mem_limit=limit, memswap_limit=limit)
        except (DockerException, requests.RequestException) as error:
            raise ContainerLost(f"its memory limit could not be set: {error}") from error

    def remove(self, name: str) -> None:
        """Kill and remove a container, if it is still there. An engine that is away removes it when it is back."""
        remove(self._client, name)

    def sweep(self) -> None:
        """Remove the containers whose owner is dead: what a killed engine may have kept of a killed daemon."""
        sweep(self._client)


def sweep(client: "APIClient") -> None:
    """Remove the containers whose owner is dead."""
    for container in client.containers(all=True, filters={"label": owner.LABEL}):
        if not owner.is_alive(container["Labels"][owner.LABEL]):
            remove(client, container["Id"])


def remove(client: "APIClient", name: str) -> None:
    """Kill and remove a container, if it is still there."""
    import requests
    from docker.errors import APIError

    try:
        client.remove_container(name, force=True, v=True)
    except requests.ConnectionError:
        pass  # a container that removes itself does not survive its engine
    except APIError as error:
        # 404: gone by itself; 409: its removal is under way (it removes itself when the agent leaves).
        if error.status_code not in (404, 409):
            raise
