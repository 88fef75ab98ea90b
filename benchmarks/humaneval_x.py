"""Programs of HumanEval-X: a canonical solution and its tests in one file, as the benchmark's authors have it."""

import gzip
import json
import re
from pathlib import Path

from benchmarks.errors import BenchmarkError

FOLDER = Path(__file__).parents[1].parent / "shared/data/humaneval-x"
FILES = {"cpp": "cpp", "java": "java", "typescript": "js", "rust-test": "rust", "go-test": "go"}
"""What the files call our languages. TypeScript's programs are JavaScript's that have no type errors."""
ILL_TYPED = {"JavaScript/8", "JavaScript/112"}
"""Of every eighth, those of JavaScript's that TypeScript refuses."""
GO_PACKAGES = ("bytes", "crypto/md5", "fmt", "math", "math/rand", "regexp", "sort", "strconv", "strings", "time")


def sources(language: str, count: int) -> list[str]:
    """``count`` programs, each eighth of the benchmark, and more from its rest. Raises BenchmarkError."""
    path = FOLDER / f"humaneval_{FILES[language]}.jsonl.gz"
    if not path.exists():
        raise BenchmarkError(f"HumanEval-X is not at {path}: put the shared data folder beside the repository")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        tasks = [json.loads(line) for line in lines]
    wanted = [task for task in tasks[::8] + tasks[1::41] if task["task_id"] not in ILL_TYPED]
    return [_source(language, task) for task in wanted[:count]]


def _source(language: str, task: dict[str, str]) -> str:
    match language:
        case "go-test":
            return _go_source(task)
        case "rust-test":
            return "fn main() {}\n" + task["declaration"] + task["canonical_solution"] + task["test"]
        case "cpp":
            return "#include <bits/stdc++.h>\n" + task["prompt"] + task["canonical_solution"] + task["test"]
        case _:
            return task["prompt"] + task["canonical_solution"] + "\n" + task["test"]


def _go_source(task: dict[str, str]) -> str:
    """Go refuses a package that is imported twice, or for nothing: those are added that the code uses and lacks."""
    code = task["prompt"].replace(task["import"], "") + task["canonical_solution"]
    used = set(re.findall(r"\b(\w+)\.", re.sub("//.*", "", code)))
    missing = [package for package in GO_PACKAGES if f'"{package}"' not in task["test_setup"]]
    imports = [f'import "{package}"\n' for package in missing if package.rpartition("/")[2] in used]
    return task["test_setup"] + "".join(imports) + code + task["test"]
