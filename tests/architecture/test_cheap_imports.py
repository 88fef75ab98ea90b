"""Importing a package does nothing: no heavy library comes with it, and no setting is read."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]
HEAVY = {"bittensor", "docker", "sqlmodel", "sqlalchemy", "fastapi", "uvicorn", "torch", "vllm", "ray", "tree_sitter"}
MODULES = [
    name
    for package in PACKAGES
    for name in (package, f"{package}.protocol")
    if name == package or (ROOT / package / "protocol.py").exists()
]

# os.environ is replaced by one that remembers which file reads it; libraries may, our own packages may not.
PROBE = """
import collections, importlib, json, os, sys

root, module = sys.argv[1:]
readers = set()

def note():
    frame = sys._getframe(2)
    while frame.f_globals["__name__"] in ("os", "collections", "collections.abc", "__main__") and frame.f_back:
        frame = frame.f_back
    if frame.f_code.co_filename.startswith(root) and "site-packages" not in frame.f_code.co_filename:
        readers.add(frame.f_code.co_filename)

class Watched(collections.UserDict):
    def __getitem__(self, key):
        note()
        return super().__getitem__(key)
    def __contains__(self, key):
        note()
        return super().__contains__(key)
    def __iter__(self):
        note()
        return super().__iter__()

os.environ = Watched(os.environ)
importlib.import_module(module)
print(json.dumps({"loaded": sorted({name.split(".")[0] for name in sys.modules}), "readers": sorted(readers)}))
"""

READINGS = ["os.environ['PATH']", "os.getenv('X')", "os.environ.get('X')", "'X' in os.environ", "list(os.environ)"]


def import_alone(module: str, root: Path = ROOT) -> dict[str, list[str]]:
    """What importing ``module`` in a fresh interpreter loaded, and which files below ``root`` read the environment."""
    command = [sys.executable, "-c", PROBE, f"{root}/", module]
    ran = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    found: dict[str, list[str]] = json.loads(ran.stdout)
    return found


@pytest.mark.parametrize("module", MODULES)
def test_importing_loads_nothing_heavy_and_reads_no_setting(module: str) -> None:
    found = import_alone(module)
    assert HEAVY.intersection(found["loaded"]) == set()
    assert found["readers"] == []


@pytest.mark.parametrize("reading", READINGS)
def test_the_probe_sees_a_module_that_reads_the_environment(tmp_path: Path, reading: str) -> None:
    (tmp_path / "eager.py").write_text(f"import os\nimport sqlite3\n{reading}\n")
    found = import_alone("eager", tmp_path)
    assert found["readers"] == [str(tmp_path / "eager.py")]
    assert "sqlite3" in found["loaded"]
