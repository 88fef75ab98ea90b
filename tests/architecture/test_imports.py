"""Who may import whom. `make check` keeps the contract itself; this keeps the contract complete."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGES: list[str] = PROJECT["tool"]["importlinter"]["root_packages"]
AGENT = ROOT / "sandbox/agent"


def imported(path: Path) -> Iterator[str]:
    """Every module name that ``path`` imports, at whatever depth of its code; relative ones with their dots."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def source_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def test_every_folder_of_code_is_a_package_under_the_contract() -> None:
    code = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert code == set(PACKAGES)
    assert code == set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])


def test_the_layers_name_every_package_once() -> None:
    (layers,) = (contract for contract in PROJECT["tool"]["importlinter"]["contracts"] if contract["type"] == "layers")
    named = [name.strip() for layer in layers["layers"] for name in layer.split("|")]
    assert sorted(named) == sorted(PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_sqlmodel_is_imported_in_store_files_only(package: str) -> None:
    strays = [
        str(path.relative_to(ROOT))
        for path in source_files(package)
        if path.name != "store.py" and any(name.split(".")[0] in {"sqlmodel", "sqlalchemy"} for name in imported(path))
    ]
    assert strays == []


def test_the_agent_imports_the_standard_library_and_itself_only() -> None:
    files = source_files("sandbox/agent")
    assert files, "sandbox/agent holds no code"
    own = {"agent", *(path.stem for path in AGENT.iterdir())}
    foreign = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in files
        for name in imported(path)
        if not name.startswith(("sandbox.agent.", "."))
        if name != "sandbox.agent"
        if name.split(".")[0] not in sys.stdlib_module_names | own
    }
    assert foreign == set()
    assert not [name for path in files for name in imported(path) if name.startswith("..")]


def test_nothing_shadows_the_docker_sdk_or_the_packages_under_test() -> None:
    assert [*(ROOT / "docker").rglob("__init__.py"), *(ROOT / "tests").rglob("__init__.py")] == []
