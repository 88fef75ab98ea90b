"""Nothing in the repository knows a package registry's address or the machine that it was written on."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ADDRESSES = [
    r"pypi\.org",
    r"pythonhosted\.org",
    r"npmjs\.(org|com)",
    r"crates\.io",
    r"golang\.org",
    r"(deb|security|snapshot)\.debian\.org",
    r"ubuntu\.com",
    r"registry-1\.docker\.io",
    r"index\.docker\.io",
    r"\b(ghcr|gcr|quay)\.io",
    r"--?(extra-)?index-url[ =]\S*:/",
    r"file:///\S*(simple|wheel)",
]
MACHINE_PATHS = [r"/root/\w", r"/home/\w", r"/wor[k]/(main|shared)", r"/tmp/v/", r"/opt/(pypi|wheels)", r"/\.pyenv\b"]


def tracked_files() -> list[Path]:
    """What git tracks, or would if it were added."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [path for name in names if name and (path := ROOT / name).is_file()]


@pytest.mark.parametrize("pattern", ADDRESSES + MACHINE_PATHS)
def test_no_tracked_file_names(pattern: str) -> None:
    forbidden = re.compile(pattern.encode())
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.decode(errors='replace').strip()[:120]}"
        for path in tracked_files()
        for number, line in enumerate(path.read_bytes().splitlines(), 1)
        if forbidden.search(line) and path != Path(__file__)
    ]
    assert found == []
