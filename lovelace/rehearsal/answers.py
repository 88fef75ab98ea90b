"""What the scripted miners of a rehearsal know: to each problem a right answer, and one that was seen to fail."""

import ast
import random
from collections.abc import Callable, Iterator, Sequence

from evaluator.judging import judge
from evaluator.protocol import Executor, Problem, Status
from miner.engines.scripted import AnswerBook, Entry
from validator.problems import EMPTY, fenced

CANDIDATES = 6
"""Mutants tried of each problem before an empty function has to do."""


async def write_book(
    problems: Sequence[Problem], executor: Executor, seed: int, watch: Callable[[str, int, int], None]
) -> AnswerBook:
    """A book for ``problems``; every wrong answer in it was run and failed its tests."""
    entries = []
    for number, problem in enumerate(problems, 1):
        right = problem.prompt + problem.canonical_solution
        wrong = await _wrong(problem, executor, random.Random(f"{seed}/{problem.task_id}"))  # noqa: S311  no secret
        entries.append(Entry(task_id=problem.task_id, prompt=problem.prompt, right=right, wrong=wrong))
        watch("answers prepared", number, len(problems))
    return AnswerBook(entries=tuple(entries))


async def _wrong(problem: Problem, executor: Executor, draw: random.Random) -> str:
    """The first of some mutants that fails an assertion; an empty function where none does."""
    candidates = list(mutants(problem.prompt + problem.canonical_solution, problem.entry_point))
    draw.shuffle(candidates)
    for source in candidates[:CANDIDATES]:
        judgement = await judge(problem, f"```python\n{source}\n```\n", executor)
        if judgement.verdict.status is Status.FAILED:
            return source
    judgement = await judge(problem, fenced(problem, EMPTY), executor)
    if judgement.verdict.passed:
        raise AssertionError(f"{problem.task_id} passes with an empty function; it should not have been verified")
    return problem.prompt + EMPTY


def mutants(source: str, entry_point: str) -> Iterator[str]:
    """Every version of ``source`` with one small mistake in ``entry_point``."""
    for place in range(len(_places(ast.parse(source), entry_point))):
        tree = ast.parse(source)
        _spoil(_places(tree, entry_point)[place])
        yield ast.unparse(tree)


_SPOILT_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_SPOILT_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv,
}  # fmt: skip


def _places(tree: ast.Module, entry_point: str) -> list[ast.Compare | ast.BinOp | ast.Constant]:
    """Where a mistake can be made."""
    function = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == entry_point)
    return [node for node in ast.walk(function) if _can_be_spoilt(node)]  # type: ignore[misc]  # the test narrows it


def _can_be_spoilt(node: ast.AST) -> bool:
    match node:
        case ast.Compare(ops=[operator, *_]):
            return type(operator) in _SPOILT_COMPARISONS
        case ast.BinOp(op=operator):
            return type(operator) in _SPOILT_OPERATORS
        case ast.Constant(value=value):
            return type(value) is int
    return False


def _spoil(node: ast.Compare | ast.BinOp | ast.Constant) -> None:
    match node:
        case ast.Compare():
            node.ops[0] = _SPOILT_COMPARISONS[type(node.ops[0])]()
        case ast.BinOp():
            node.op = _SPOILT_OPERATORS[type(node.op)]()
        case ast.Constant():
            assert isinstance(node.value, int)
            node.value += 1
