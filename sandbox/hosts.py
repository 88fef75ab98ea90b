"""What ``localhost`` means in a container: /etc/hosts, which the engine leaves empty where it sets no network up.

Whatever an image has there is hidden by an empty file of the engine's. So the image has it elsewhere, a volume takes it
from the image (once for each image), and containers see the volume's file, on whatever machine the engine is.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docker import APIClient

PLACE = "/opt/lovelace/etc"
"""Where it lies in the image."""


def path(client: "APIClient", image: str, labels: dict[str, str]) -> str:
    """The path of ``image``'s file on the engine's host. Raises DockerException, RequestException."""
    volume = client.create_volume(f"lovelace-{image.removeprefix('sha256:')[:12]}")
    config = client.create_host_config(binds={volume["Name"]: {"bind": PLACE, "mode": "ro"}})
    filler = client.create_container(image, volumes=[PLACE], host_config=config, labels=labels)["Id"]
    client.remove_container(filler)
    return f"{volume['Mountpoint']}/hosts"


def forget(client: "APIClient", image: str) -> None:
    """Remove what ``path`` made for an image that is gone. Raises DockerException, RequestException."""
    client.remove_volume(f"lovelace-{image.removeprefix('sha256:')[:12]}", force=True)
