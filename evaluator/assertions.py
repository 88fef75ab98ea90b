"""A problem's tests, read on the host: their form, and the names that they leave to the completion.

Tests are trusted (they are the benchmark's own); a completion is never parsed here.
"""

import ast
import builtins
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from evaluator.bytecode import Source
from evaluator.drivers.python_tests import TALLY
from evaluator.errors import Ungradable
from evaluator.protocol import Problem
from evaluator.quiet import MODULES, is_quiet

Form = Literal["check", "cases", "functions", "script"]
"""HumanEval's ``check(candidate)``; unittest's classes; functions that nobody calls yet; statements that just run."""


@dataclass(frozen=True, slots=True)
class Suite:
    """Tests that are ready to be sent."""

    form: Form
    names: tuple[str, ...]
    """What only the completion defines: the entry point, then every other name that the tests use."""
    classes: frozenset[str]
    """Those of them that the tests use as classes."""
    prompt: Source
    """What the prompt defines is the prompt's own, in the tests' process."""
    tests: Source
    """With a call of ``TALLY`` before each assertion."""
    is_quiet: bool
    """They leave nothing behind in the process that runs them."""


@lru_cache(maxsize=512)
def read(problem: Problem) -> Suite:
    """Read ``problem.tests``. Raises Ungradable if they, or the prompt up to the entry point, are no Python source."""
    if not isinstance(problem.tests, str):
        raise Ungradable(f"{problem.task_id}: expected tests in Python source, got {problem.tests.kind}")
    tests = _parsed(problem, problem.tests)
    prompt = _prompt(problem)
    tests.body = [node for node in tests.body if not _imports_the_solution(node)]
    nodes, prompts = list(ast.walk(tests)), list(ast.walk(prompt))
    form, own = _form(tests), (_bound(nodes) | _bound(prompts)) - {problem.entry_point} | set(dir(builtins))
    foreign = [n for n in dict.fromkeys(_loaded(nodes)) if n not in own or n == problem.entry_point]
    if form != "check" and problem.entry_point not in foreign:
        raise Ungradable(f"{problem.task_id}: the tests neither define check(candidate) nor use {problem.entry_point}")
    modules = [name for name in foreign if name in sys.stdlib_module_names and name != problem.entry_point]
    names = dict.fromkeys([problem.entry_point, *(name for name in foreign if name not in modules)])
    classes = frozenset(name for name in names if _is_used_as_a_class(nodes, name))
    imports = "".join(f"import {name}\n" for name in modules)
    quiet = is_quiet(nodes) and is_quiet(prompts) and MODULES.issuperset(modules)
    counted = ast.unparse(ast.fix_missing_locations(_Counted().visit(tests)))
    sources = ("prompt.py", ast.unparse(prompt)), ("tests.py", imports + counted)
    return Suite(form, tuple(names), classes, *sources, quiet)


def readable(problem: Problem) -> Suite | None:
    """``read``, or None where that raises Ungradable."""
    try:
        return read(problem)
    except Ungradable:
        return None


def _parsed(problem: Problem, source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Ungradable(f"{problem.task_id}: the tests do not parse: {error}") from error


def _prompt(problem: Problem) -> ast.Module:
    for source in (problem.prompt, f"{problem.prompt}\n    pass\n"):  # a signature without a docstring has no body yet
        try:
            return ast.parse(source)
        except (SyntaxError, ValueError):
            continue
    raise Ungradable(f"{problem.task_id}: the prompt is no Python")


def _form(tests: ast.Module) -> Form:
    defined = [node for node in tests.body if isinstance(node, ast.FunctionDef)]
    if any(node.name == "check" and len(node.args.args) == 1 for node in defined) and not _called(tests, "check"):
        return "check"
    if any(_is_case(node) for node in tests.body):
        return "cases"
    waiting = [node.name for node in defined if node.name.startswith("test") and not node.args.args]
    return "functions" if waiting and not any(_called(tests, name) for name in waiting) else "script"


def _is_case(node: ast.stmt) -> bool:
    return isinstance(node, ast.ClassDef) and any(ast.unparse(base).endswith("TestCase") for base in node.bases)


def _called(tests: ast.Module, name: str) -> bool:
    """Whether the tests themselves call the function, at their margin."""
    calls = [node.value for node in tests.body if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)]
    return any(isinstance(call.func, ast.Name) and call.func.id == name for call in calls)


def _imports_the_solution(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "solution"


def _loaded(nodes: list[ast.AST]) -> Iterable[str]:
    return (node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))


def _bound(nodes: list[ast.AST]) -> set[str]:
    """Every name that is bound anywhere: the tests' locals are theirs too."""
    names: set[str] = set()
    for node in nodes:
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name) | ast.ExceptHandler(name=str(name)):
                names.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.alias(name=name, asname=other):
                names.add(other or name.partition(".")[0])
    return names


def _is_used_as_a_class(nodes: list[ast.AST], name: str) -> bool:
    """Whether it is named as classes are, and the tests look up attributes of it or of what a call of it returns."""
    if not name[:1].isupper():
        return False
    made, used = {name}, set()
    for node in nodes:
        match node:
            case ast.Assign(targets=[target], value=ast.Call(func=ast.Name(id=called))) if called == name:
                made.add(ast.unparse(target))
            case ast.Attribute(value=ast.Call(func=ast.Name(id=called))):
                used.add(called)
            case ast.Attribute(value=value):
                used.add(ast.unparse(value))
    return not made.isdisjoint(used)


class _Counted(ast.NodeTransformer):
    """Puts a call of TALLY before every ``assert``, and every call of a method ``assert…`` or ``fail…``."""

    def visit_Assert(self, node: ast.Assert) -> list[ast.stmt]:
        return [_tally(node), node]

    def visit_Expr(self, node: ast.Expr) -> list[ast.stmt]:
        return [_tally(node), node] if _asserts(node.value) else [node]

    def visit_With(self, node: ast.With) -> list[ast.stmt]:
        self.generic_visit(node)
        return [_tally(node), node] if any(_asserts(item.context_expr) for item in node.items) else [node]


def _asserts(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr.startswith(("assert", "fail"))
    )


def _tally(node: ast.stmt) -> ast.stmt:
    return ast.copy_location(ast.Expr(ast.Call(ast.Name(TALLY, ast.Load()), [], [])), node)
