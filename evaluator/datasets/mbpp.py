"""MBPP and QuixBugs: benchmarks whose tests are statements about a function called by its name."""

import ast
from dataclasses import dataclass
from pathlib import Path

from evaluator.datasets import rows
from evaluator.errors import BadBenchmark
from evaluator.protocol import Problem


@dataclass(frozen=True, slots=True)
class Pair:
    """A problem whose canonical solution is the repaired program, and the program with its bug."""

    problem: Problem
    buggy: str


class _Task(rows.Row, frozen=True):
    task_id: int
    prompt: str
    code: str
    test_imports: tuple[str, ...]
    test_list: tuple[str, ...]


class _Bug(rows.Row, frozen=True):
    name: str
    docstring: str
    buggy_program: str
    solution: str
    tests: str


def sanitized(path: Path) -> tuple[Problem, ...]:
    """MBPP, sanitized (Austin et al. 2021, arXiv 2108.07732), 427 tasks. Raises BadBenchmark."""
    return tuple(_problem(where, task) for where, task in rows.read(path, _Task))


def quixbugs(path: Path) -> tuple[Pair, ...]:
    """QuixBugs (Lin et al. 2017) as octopack has it: 40 lines, each a bug and its repair. Raises BadBenchmark."""
    return tuple(
        Pair(
            Problem(
                task_id=f"QuixBugs/{task.name}",
                prompt=f"{task.docstring}\n",
                entry_point=task.name,
                tests=task.tests,
                canonical_solution=task.solution,
            ),
            task.buggy_program,
        )
        for _, task in rows.read(path, _Bug)
    )


def repairs(path: Path) -> tuple[Problem, ...]:
    """QuixBugs as problems that show the program with its bug. Raises BadBenchmark."""
    return tuple(pair.problem.model_copy(update={"shown": _to_repair(pair)}) for pair in quixbugs(path))


def _to_repair(pair: Pair) -> str:
    return f"{pair.problem.prompt}\n# This function has a bug; write it without.\n{pair.buggy}\n"


def _problem(where: str, task: _Task) -> Problem:
    if not task.test_list:
        raise BadBenchmark(f"{where}: test_list is empty")
    text = task.prompt.replace("\\", "\\\\").replace('"""', "'''")
    return Problem(
        task_id=f"Mbpp/{task.task_id}",
        prompt=f'"""\n{text}\n{task.test_list[0]}\n"""\n',
        entry_point=_entry_point(where, task.code, "\n".join(task.test_list)),
        tests="\n".join([*task.test_imports, *task.test_list]),
        canonical_solution=task.code,
    )


def _entry_point(where: str, code: str, tests: str) -> str:
    """The function of the solution that the tests call."""
    try:
        defined = [node.name for node in ast.parse(code).body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
        used = {node.id for node in ast.walk(ast.parse(tests)) if isinstance(node, ast.Name)}
        return next(name for name in reversed(defined) if name in used)
    except SyntaxError as error:
        raise BadBenchmark(f"{where}: no Python: {error}") from error
    except StopIteration as error:
        raise BadBenchmark(f"{where}: the tests call nothing that the solution defines") from error
