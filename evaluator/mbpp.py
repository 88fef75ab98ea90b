"""MBPP and QuixBugs: benchmarks whose tests are statements about a function called by its name."""

import ast
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluator.errors import BadBenchmark
from evaluator.protocol import Problem


@dataclass(frozen=True, slots=True)
class Pair:
    """A problem whose canonical solution is the repaired program, and the program with its bug."""

    problem: Problem
    buggy: str


def sanitized(path: Path) -> tuple[Problem, ...]:
    """MBPP, sanitized (Austin et al. 2021, arXiv 2108.07732): a JSON list of 427 tasks. Raises BadBenchmark."""
    return tuple(_task(task, path) for task in _json(path, path.read_text(encoding="utf-8")))


def quixbugs(path: Path) -> tuple[Pair, ...]:
    """QuixBugs (Lin et al. 2017) as octopack has it: 40 lines, each a bug and its repair. Raises BadBenchmark."""
    tasks = [_json(path, line) for line in path.read_text(encoding="utf-8").splitlines()]
    try:
        return tuple(
            Pair(
                Problem(
                    task_id=f"QuixBugs/{task['name']}",
                    prompt=f"{task['docstring']}\n",
                    entry_point=task["name"],
                    tests=task["tests"],
                    canonical_solution=task["solution"],
                ),
                task["buggy_program"],
            )
            for task in tasks
        )
    except (KeyError, TypeError) as error:
        raise BadBenchmark(f"{path}: not QuixBugs as octopack has it: {error!r}") from error


def _task(task: Any, path: Path) -> Problem:
    try:
        tests = [*task["test_imports"], *task["test_list"]]
        text = task["prompt"].replace("\\", "\\\\").replace('"""', "'''")
        return Problem(
            task_id=f"Mbpp/{task['task_id']}",
            prompt=f'"""\n{text}\n{task["test_list"][0]}\n"""\n',
            entry_point=_entry_point(task["code"], "\n".join(task["test_list"])),
            tests="\n".join(tests),
            canonical_solution=task["code"],
        )
    except (KeyError, TypeError, IndexError, SyntaxError, StopIteration) as error:
        raise BadBenchmark(f"{path}: not sanitized MBPP: {error!r}") from error


def _entry_point(code: str, tests: str) -> str:
    """The function of the solution that the tests call."""
    defined = [node.name for node in ast.parse(code).body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    used = {node.id for node in ast.walk(ast.parse(tests)) if isinstance(node, ast.Name)}
    return next(name for name in reversed(defined) if name in used)


def _json(path: Path, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise BadBenchmark(f"{path}: not JSON: {error.msg} at line {error.lineno}") from error
