"""Sandbox images: built from a tier's languages and the agent, and tagged with the hash of what they were built from.

So a checkout finds its own images and no stale ones; the last few of each tier are kept.
"""

import contextlib
import io
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox import context, hosts, languages
from sandbox.errors import BadRequest, ImageMissing

if TYPE_CHECKING:
    from docker import APIClient

BASE = "lovelace/base:trixie"
TIER_LABEL = "lovelace.tier"
KEPT = 6
"""Images of a tier that stay after a build, the new one among them."""
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Image:
    """A built image. ``digest`` names its bytes: the same digest, the same compilers and the same agent."""

    tier: str
    digest: str
    languages: tuple[str, ...]


def find(client: "APIClient", wanted: Iterable[str] = ()) -> Image:
    """The smallest built, fresh image that has every ``wanted`` language. Raises ImageMissing."""
    needed = set(wanted)
    fit = [tier for tier, names in languages.tiers().items() if needed <= set(names)]
    for tier in fit:
        if image := _built(client, tier, _tag(tier)):
            return image
    raise ImageMissing(f"no up-to-date image has {', '.join(sorted(needed)) or 'any language'}: "
                       f"run `lovelace sandbox build {fit[0] if fit else 'core'}`")  # fmt: skip


def build(client: "APIClient", tier: str, report: Callable[[str], None]) -> Image:
    """The image of ``tier``, built if it is not there. Raises BadRequest, ImageMissing (it could not be built)."""
    if tier not in languages.tiers():
        raise BadRequest(f"unknown tier {tier!r}; there are: {', '.join(languages.tiers())}")
    tag = _tag(tier)
    if image := _built(client, tier, tag):
        report(f"image {tag} is there")
        return image
    _make_base()
    report(f"building image {tag} ({', '.join(languages.tiers()[tier])})")
    lines = client.build(
        fileobj=io.BytesIO(context.archive(tier)), custom_context=True, tag=tag, network_mode="host", rm=True,
        decode=True, forcerm=True, labels={TIER_LABEL: tier},
        buildargs={"BASE": BASE, "PACKAGES": " ".join(context.packages(tier))},
    )  # fmt: skip
    said: list[str] = []
    for line in lines:
        if "error" in line:
            raise ImageMissing(f"building {tag} failed: {line['error'].strip()}\n{''.join(said[-20:])}")
        said.append(line.get("stream", ""))
    image = _built(client, tier, tag)
    if image is None:
        raise ImageMissing(f"the engine built {tag}, but does not have it")
    _forget_old(client, tier, image)
    return image


def _tag(tier: str) -> str:
    return f"lovelace/sandbox:{tier}-{context.recipe(tier)}"


def _built(client: "APIClient", tier: str, tag: str) -> Image | None:
    from docker.errors import ImageNotFound

    try:
        found: dict[str, Any] = client.inspect_image(tag)  # type: ignore[no-untyped-call]  # a stub's omission
    except ImageNotFound:
        return None
    return Image(tier, found["Id"], languages.tiers()[tier])


def _forget_old(client: "APIClient", tier: str, built: Image) -> None:
    """Remove all but ``built`` and the newest images of a tier; those that a container uses stay until the next time.

    One that was built out of what the engine remembers is as old as that.
    """
    from docker.errors import APIError

    images = [
        image for image in client.images(filters={"label": f"{TIER_LABEL}={tier}"}) if image["Id"] != built.digest
    ]
    for image in sorted(images, key=lambda image: image["Created"], reverse=True)[KEPT - 1 :]:
        for tag in image["RepoTags"] or [image["Id"]]:
            with contextlib.suppress(APIError):
                client.remove_image(tag)
        with contextlib.suppress(APIError):
            hosts.forget(client, image["Id"])


def _make_base() -> None:
    script = HERE.parent / "docker" / "base.sh"
    if not script.exists():
        script = context.recipe_directory() / "base.sh"
    made = subprocess.run(["bash", str(script)], check=False, stderr=subprocess.PIPE, text=True)  # noqa: S607
    if made.returncode:
        raise ImageMissing(made.stderr.strip() or f"{script} failed with exit code {made.returncode}")
