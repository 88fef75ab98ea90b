"""Images, as the engine has them, are fresh only for the very recipe that they were built from."""

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sandbox import context, image, languages
from sandbox.errors import BadRequest, ImageMissing

if TYPE_CHECKING:
    from docker import APIClient


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of all that goes into an image, used in place of the original."""
    shutil.copytree(context.HERE / "agent", tmp_path / "sandbox" / "agent")
    shutil.copytree(context.recipe_directory(), tmp_path / "docker" / "sandbox")
    monkeypatch.setattr(context, "HERE", tmp_path / "sandbox")
    return tmp_path


def test_finds_the_smallest_image_that_has_what_is_wanted(client: "APIClient") -> None:
    found = image.find(client, ["python", "cpp"])
    assert found.tier == next(tier for tier, names in languages.tiers().items() if {"python", "cpp"} <= set(names))
    assert found.digest.startswith("sha256:")
    assert found.languages == languages.tiers()[found.tier]


def test_a_copy_of_the_recipe_is_as_good(client: "APIClient", checkout: Path) -> None:
    assert image.find(client, ["cpp"]).tier == "core"


@pytest.mark.parametrize("changed", ["sandbox/agent/step.py", "docker/sandbox/Dockerfile"])
def test_is_stale_when_the_recipe_changes(changed: str, client: "APIClient", checkout: Path) -> None:
    with (checkout / changed).open("a") as file:
        file.write("# changed\n")
    with pytest.raises(ImageMissing, match=r"no up-to-date image has cpp: run `lovelace sandbox build core`"):
        image.find(client, ["cpp"])


def test_is_stale_when_the_agent_has_one_more_file(client: "APIClient", checkout: Path) -> None:
    (checkout / "sandbox/agent/extra.py").touch()
    with pytest.raises(ImageMissing):
        image.find(client, ["cpp"])


def test_a_language_that_no_tier_has_is_missing(client: "APIClient") -> None:
    with pytest.raises(ImageMissing, match="no up-to-date image has cobol"):
        image.find(client, ["cobol"])


def test_builds_nothing_twice(client: "APIClient") -> None:
    said: list[str] = []
    built = image.build(client, "core", said.append)
    assert len(said) == 1
    assert re.fullmatch("image lovelace/sandbox:core-[0-9a-f]{12} is there", said[0])
    assert built == image.find(client, ["cpp"])


def test_an_unknown_tier_is_refused(client: "APIClient") -> None:
    with pytest.raises(BadRequest, match="unknown tier 'huge'; there are: python, core"):
        image.build(client, "huge", print)
