"""What is run in the sandbox to make ``originals.json``: a benchmark's code with its twists, and inputs for it."""

import ast
import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluator.datasets import rows
from evaluator.errors import BadBenchmark, Ungradable
from evaluator.graders import values
from validator.problems.derivation.neighbours import Neighbours
from validator.problems.derivation.originals import Chosen, Twist, chosen

TRIED = 160
LARGEST, LONGEST = 10_000, 64
"""The largest integer in an input, and the most characters that it has as JSON."""
MARK = 987654321
"""Stands for a twist's number while code is parsed."""


class _Plus(rows.Row, frozen=True):
    task_id: str
    prompt: str
    contract: str
    canonical_solution: str
    entry_point: str
    base_input: Any
    plus_input: Any


class _Mbpp(rows.Row, frozen=True):
    task_id: int
    code: str
    test_list: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gathered:
    """A benchmark problem, ready to be run."""

    name: str
    code: str
    twisted: tuple[str, ...]
    where: str
    """Code that defines ``fits``, which is true for inputs that may be used."""
    inputs: tuple[list[Any], ...]
    """As JSON, those of the benchmark first."""


def humaneval(path: Path) -> Iterator[Gathered]:
    """What is chosen of a file of HumanEval+. Raises BadBenchmark."""
    for where, task in rows.read(path, _Plus):
        if (wanted := chosen().get(task.task_id)) is not None:
            contract = f"{task.prompt}{task.contract}\n    return True\n"
            given = [*task.base_input, *task.plus_input] if isinstance(task.base_input, list) else []
            code = task.prompt + task.canonical_solution
            yield _gathered(where, task.task_id, wanted, code, task.entry_point, given, contract)


def mbpp(path: Path) -> Iterator[Gathered]:
    """What is chosen of a file of MBPP. Raises BadBenchmark."""
    for where, task in rows.read(path, _Mbpp):
        if (wanted := chosen().get(f"Mbpp/{task.task_id}")) is not None:
            entry, given = _asserted(where, task.test_list)
            yield _gathered(where, f"Mbpp/{task.task_id}", wanted, task.code, entry, given, "")


def _gathered(
    where: str, name: str, wanted: Chosen, code: str, entry: str, given: Sequence[Any], contract: str
) -> Gathered:
    names = [name for name, _ in wanted.parameters]
    twisted = tuple(_twisted(f"{where}: {name}", code, entry, twist) for twist in wanted.twists)
    head = ", ".join(names)
    guarded = f"contract({head}) and " if contract else ""
    check = f"def fits({head}):\n    return {guarded}{wanted.where or 'True'}\n"
    if contract:
        check = f"{_renamed(contract, entry, 'contract')}\n{check}"
    return Gathered(name, _renamed(code, entry), twisted, check, tuple(_inputs(name, wanted, given)))


def _twisted(where: str, code: str, entry: str, twist: Twist) -> str:
    """The code with the twist, and ``{k}`` in the place of its number. Raises BadBenchmark."""
    for old, new in twist.code:
        if old not in code:
            raise BadBenchmark(f"{where}: expected {old!r} in the code:\n{code}")
        code = code.replace(old, new.replace("{k}", str(MARK)))
    return _renamed(code, entry).replace(str(MARK), "{k}")


def _renamed(code: str, entry: str, name: str = "task") -> str:
    """The code without docstrings; ``entry`` is called ``name``, and other functions at the margin ``name_...``."""
    module = ast.parse(code)
    own = [node.name for node in module.body if isinstance(node, ast.FunctionDef)]
    names = {one: f"{name}_{one}" for one in own} | {entry: name}
    for node in ast.walk(module):
        if isinstance(node, ast.Name) and node.id in names:
            node.id = names[node.id]
        elif isinstance(node, ast.arg) and node.arg in names:
            node.arg = names[node.arg]
        elif isinstance(node, ast.FunctionDef):
            node.name = names.get(node.name, node.name)
            node.returns = None
            _plain(node)
    module.body = [node for node in module.body if not _typing(node)]
    return ast.unparse(module) + "\n"


def _plain(function: ast.FunctionDef) -> None:
    """Take its annotations and its docstring away."""
    for one in function.args.args:
        one.annotation = None
    match function.body:
        case [ast.Expr(ast.Constant(str())), *rest]:
            function.body = rest or [ast.Pass()]


def _typing(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "typing"


def _asserted(where: str, tests: Sequence[str]) -> tuple[str, list[list[Any]]]:
    """The function that the tests call, and with what. Raises BadBenchmark."""
    calls = [
        node
        for test in tests
        for node in ast.walk(ast.parse(test))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id not in ("set", "sorted")
    ]
    try:
        given = [[ast.literal_eval(argument) for argument in call.args] for call in calls]
    except ValueError as error:
        raise BadBenchmark(f"{where}: arguments that are no literals: {error}") from error
    return ast.unparse(calls[0].func), json.loads(json.dumps(given))


def _inputs(name: str, wanted: Chosen, given: Sequence[Any]) -> Iterator[list[Any]]:
    """Those given that are of the right types and small, and neighbours of them."""
    kinds = [kind for _, kind in wanted.parameters]
    fitting = {json.dumps(one): one for one in given if _is_small(one) and _fits(kinds, one)}
    rng = random.Random(hashlib.sha256(name.encode()).digest())  # noqa: S311  the same each time, and no secret
    if fitting:
        columns = [
            Neighbours(kind, column) for kind, column in zip(kinds, zip(*fitting.values(), strict=True), strict=True)
        ]
        for _ in range(TRIED):
            drawn = [column.draw(rng) if rng.random() < 0.8 else rng.choice(column.seen) for column in columns]
            if _is_small(drawn):
                fitting.setdefault(json.dumps(drawn), drawn)
    yield from fitting.values()


def _is_small(value: Any) -> bool:
    if isinstance(value, list):
        return len(json.dumps(value)) <= LONGEST and all(map(_is_small, value))
    if isinstance(value, str):
        return value.isascii() and value.isprintable()
    return not isinstance(value, int | float) or abs(value) <= LARGEST


def _fits(kinds: Sequence[Any], given: Sequence[Any]) -> bool:
    try:
        return [values.parse(*pair) is not None for pair in zip(kinds, given, strict=True)] != []
    except (Ungradable, ValueError):
        return False
