"""Files and functions stay short enough to be read in one go."""

import ast
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILE_LINES = 400
FUNCTION_LINES = 60


def python_files() -> list[Path]:
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.py"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    ours = (ROOT / name for name in names if name and not name.startswith("tests/corpus/"))
    return [path for path in ours if path.is_file()]


def test_no_file_is_long() -> None:
    lengths = {path.relative_to(ROOT): len(path.read_bytes().splitlines()) for path in python_files()}
    assert {path: length for path, length in lengths.items() if length > FILE_LINES} == {}


def test_no_function_is_long() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in python_files()
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (node.end_lineno or node.lineno) - node.lineno >= FUNCTION_LINES
    ]
    assert long == []
