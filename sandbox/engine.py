"""The Docker engine, as the sandbox uses it: blocking calls, to be made in threads."""

import contextlib
import os
import socket
import threading
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox import hosts, owner
from sandbox import image as images
from sandbox.agent.walls import Wall
from sandbox.confinement import environment, host_config, size
from sandbox.deaths import Deaths
from sandbox.errors import ContainerLost, EngineUnavailable, ImageMissing
from sandbox.keeper import Condition

if TYPE_CHECKING:
    from docker import APIClient

NO_WALLS_DOWN: frozenset[Wall] = frozenset()
CONFLICT = 409
"""What the engine answers when somebody still uses what it is to remove."""


def connect() -> "APIClient":
    """A client of the engine that the environment names (DOCKER_HOST and friends). Raises EngineUnavailable."""
    from docker.errors import DockerException

    import docker

    try:
        client = docker.from_env(version="auto", timeout=60, max_pool_size=32).api
        client.trust_env = False  # or requests would walk through the environment for proxies, for every call
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
    """Makes and removes the containers of one owner. ``without`` takes walls down, in a test of them."""

    def __init__(
        self,
        client: "APIClient",
        runtime: str | None = None,
        without: Set[Wall] = NO_WALLS_DOWN,
        holder: str | None = None,
        cpus: float = 1.0,
    ) -> None:
        """For the process ``holder`` (``owner.name()`` there), which is this one unless given; ``cpus`` a container."""
        self.holder = holder or owner.name()
        self.without = without
        self.deaths = Deaths(client, self.holder)
        self._client = client
        self._runtime = runtime
        self._cpus = cpus
        self._hosts: dict[str, str] = {}
        self._looking = threading.Lock()

    def find(self, wanted: Iterable[str]) -> images.Image:
        """The smallest built, fresh image that has the ``wanted`` languages. Raises ImageMissing, EngineUnavailable."""
        with _answering("could not look for images"):
            return images.find(self._client, wanted)

    def start(self, image: str, memory_bytes: int) -> Started:
        """A fresh container of the image with this digest, its agent starting up. Raises EngineUnavailable."""
        import requests
        from docker.errors import DockerException

        name = ""
        try:
            name = self._client.create_container(
                image, stdin_open=True, hostname="sandbox",
                labels={owner.LABEL: self.holder, owner.MAKER: owner.name()},
                host_config=host_config(
                    self._client, memory_bytes, self._runtime, self._hosts_file(image), self.without, self._cpus
                ),
                environment=environment(self.without),
                network_disabled=Wall.NETWORK not in self.without,  # spares dockerd a start of itself, for a hook
            )["Id"]  # fmt: skip
            attached = self._client.attach_socket(name, {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1})
            stream = socket.socket(fileno=os.dup(attached.fileno()))
            attached._response.close()  # or the connection stays open until a garbage collection, and the agent too
            self._client.start(name)
            pid = self._client.inspect_container(name)["State"]["Pid"]
        except (DockerException, requests.RequestException, OSError) as error:
            if name:
                with contextlib.suppress(EngineUnavailable):
                    self.remove(name)  # what never started does not remove itself
            raise EngineUnavailable(f"the engine could not start a container: {error}") from error
        return Started(name, stream, pid)

    def size(self, memory_bytes: int, processes: int) -> dict[str, int]:
        """How large a container for such programs is, in the words of the engine's API."""
        wanted = size(memory_bytes, processes, self.without)
        if self._runtime is not None:
            del wanted["PidsLimit"]  # another runtime's own threads, of which we know nothing, count too
        return wanted

    def update(self, name: str, wanted: Mapping[str, int]) -> None:
        """Make a container so large. Raises ContainerLost."""
        import requests
        from docker.errors import DockerException

        # As docker-py's update_container, which knows no limit of processes.
        address = f"{self._client.base_url}/v{self._client.api_version}/containers/{name}/update"
        try:
            self._client.post(address, json=wanted, timeout=self._client.timeout).raise_for_status()
        except (DockerException, requests.RequestException) as error:
            raise ContainerLost(f"its limits could not be set: {error}") from error

    def remove(self, name: str) -> None:
        """Kill and remove a container, if it is still there. An engine that is away removes it when it is back.

        Raises EngineUnavailable.
        """
        with _answering("could not remove a container"):
            remove(self._client, name)

    def sweep(self) -> None:
        """Remove the containers whose owner is dead: what a killed engine may have kept of a killed daemon."""
        with _answering("could not be swept"):
            sweep(self._client)

    def forget(self, image: str) -> None:
        """Remove the image with this digest, and what was made for it, unless a container or image still uses it."""
        from docker.errors import APIError, NotFound

        with _answering("could not remove an image"):
            try:
                self._client.remove_image(image)
            except NotFound:
                pass
            except APIError as error:
                if error.status_code != CONFLICT:
                    raise
                return  # with all that belongs to it
            with contextlib.suppress(NotFound):  # no container was ever started on it
                hosts.forget(self._client, image)

    def _hosts_file(self, image: str) -> str:
        with self._looking:
            if image not in self._hosts:
                self._hosts[image] = hosts.path(self._client, image, {owner.LABEL: self.holder})
            return self._hosts[image]

    def owns(self, name: str) -> bool:
        """Whether a container is our owner's, or gone. Raises EngineUnavailable."""
        from docker.errors import NotFound

        with _answering("could not tell of a container"):
            try:
                labels = self._client.inspect_container(name)["Config"]["Labels"]
            except NotFound:
                return True
            return bool(labels.get(owner.LABEL) == self.holder)

    def is_sandbox(self, image: str) -> bool:
        """Whether an image is a sandbox's, or gone. Raises EngineUnavailable."""
        from docker.errors import ImageNotFound

        with _answering("could not tell of an image"):
            try:
                found = self._client.inspect_image(image)  # type: ignore[no-untyped-call]  # a stub's omission
            except ImageNotFound:
                return True
            return images.TIER_LABEL in (found["Config"]["Labels"] or {})

    def condition(self, image: str) -> Condition:
        """How the engine is. Raises EngineUnavailable, ImageMissing (it has no image with this digest)."""
        from docker.errors import ImageNotFound

        with _answering("does not answer"):
            place = self._client.info()["DockerRootDir"]
            try:
                self._client.inspect_image(image)  # type: ignore[no-untyped-call]  # a stub's omission
            except ImageNotFound as error:
                raise ImageMissing(f"the engine has no image {image} any more") from error
        try:
            disk = os.statvfs(place)
        except OSError:  # on another machine
            return Condition(disk_free_bytes=0, disk_bytes=0)
        return Condition(disk_free_bytes=disk.f_bavail * disk.f_frsize, disk_bytes=disk.f_blocks * disk.f_frsize)


@contextlib.contextmanager
def _answering(what: str) -> Iterator[None]:
    """Whatever an engine may fail with is EngineUnavailable."""
    import requests
    from docker.errors import DockerException

    try:
        yield
    except (DockerException, requests.RequestException, OSError) as error:
        raise EngineUnavailable(f"the engine {what}: {error}") from error


def sweep(client: "APIClient") -> None:
    """Remove the containers whose owner is dead, and those that never started and whose maker is."""
    for container in client.containers(all=True, filters={"label": owner.LABEL}):
        labels = container["Labels"]
        unborn = container["State"] == "created" and not owner.is_alive(labels.get(owner.MAKER, labels[owner.LABEL]))
        if unborn or not owner.is_alive(labels[owner.LABEL]):
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
