"""What is right passes, and what is wrong by one detail does not, on whole benchmarks."""

import ast
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from evaluator.datasets import load, mbpp
from evaluator.datasets.plus import humanevalplus
from evaluator.graders import grade
from evaluator.programs import assemble, prepare
from evaluator.protocol import Problem, Status, Verdict
from sandbox.lease import Lease
from sandbox.local import open_sandbox
from sandbox.protocol import Limits, Program

DATA = Path(__file__).parents[3] / "shared" / "data"
INPUTS = 60
"""Of each problem of HumanEval+, for its mutants."""
DIFFERS = """
import copy, json
for arguments in {cases}:
    outcomes = []
    for source in ({right!r}, {wrong!r}):
        names = {{"__name__": "tests"}}
        try:
            exec(source, names)
            outcomes.append((0, repr(names[{entry_point!r}](*copy.deepcopy(arguments)))))
        except Exception as error:
            outcomes.append((1, ""))
    if outcomes[0] != outcomes[1]:
        print("differs")
        break
"""

SWAPS: dict[type[ast.AST], Any] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Mod: ast.FloorDiv,
    ast.FloorDiv: ast.Mod,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Div: ast.Mult,
}

pytestmark = pytest.mark.heavy


@pytest_asyncio.fixture(scope="module")
async def lease(engine: None) -> AsyncIterator[Lease]:
    async with open_sandbox(["python"], slots=1) as sandbox, sandbox.lease() as lease:
        await prepare((), lease)
        yield lease


async def verdict_on(problem: Problem, code: str, lease: Lease) -> Verdict:
    return grade(problem, await lease.execute(assemble(problem, code)))


async def failures(problems: tuple[Problem, ...], lease: Lease) -> dict[str, str]:
    """The problems whose canonical solution does not pass, and why."""
    verdicts = {p.task_id: await verdict_on(p, p.prompt + p.canonical_solution, lease) for p in problems}
    return {task: verdict.detail for task, verdict in verdicts.items() if not verdict.passed}


async def test_every_canonical_solution_of_humaneval_passes(lease: Lease) -> None:
    assert await failures(load("humaneval"), lease) == {}


async def test_every_canonical_solution_of_sanitized_mbpp_passes(lease: Lease) -> None:
    problems = load("mbpp", DATA / "mbpp-sanitized" / "sanitized-mbpp.json")
    assert len(problems) == 427
    assert await failures(problems, lease) == {}


async def test_every_bug_of_quixbugs_fails_and_every_repair_passes(lease: Lease) -> None:
    pairs = mbpp.quixbugs(DATA / "quixbugs" / "quixbugs_python.jsonl")
    assert len(pairs) == 40
    assert await failures(tuple(pair.problem for pair in pairs), lease) == {}
    verdicts = {pair.problem.task_id: await verdict_on(pair.problem, pair.buggy, lease) for pair in pairs}
    assert [task for task, verdict in verdicts.items() if verdict.passed] == []


async def test_mutants_that_answer_otherwise_fail_on_humanevalplus(lease: Lease) -> None:
    passed, few = [], {}
    for seed, problem in enumerate(humanevalplus(DATA / "humanevalplus" / "HumanEvalPlus.jsonl.gz", INPUTS)):
        right, found = problem.prompt + problem.canonical_solution, 0
        for wrong in mutants(right, seed):
            if found == 3:
                break
            if not await _differs(problem, right, wrong, lease):
                continue
            found += 1
            verdict = await verdict_on(problem, wrong, lease)
            assert verdict.status is not Status.NO_PROGRAM
            if verdict.passed:
                passed.append((problem.task_id, wrong))
        if found < 3:
            few[problem.task_id] = found
    assert passed == []
    assert few == {}


async def _differs(problem: Problem, right: str, wrong: str, lease: Lease) -> bool:
    """Whether the two give other answers, both in one process: nothing here is hostile."""
    assert isinstance(problem.tests, str)
    cases = next(
        node.value
        for node in ast.parse(problem.tests).body
        if isinstance(node, ast.Assign) and "loads" in ast.unparse(node)
    )
    source = DIFFERS.format(cases=ast.unparse(cases), right=right, wrong=wrong, entry_point=problem.entry_point)
    program = Program(language="python", source=source.encode(), limits=Limits(cpu_seconds=4, wall_seconds=30))
    return (await lease.execute(program)).runs[0].stdout == b"differs\n"


def mutants(source: str, seed: int) -> list[str]:
    """Every mutant that differs from ``source`` in its text, in an order that ``seed`` decides."""
    nodes = enumerate(ast.walk(ast.parse(source)))
    sites = [(index, variant) for index, node in nodes for variant in range(_variants(node))]
    random.Random(seed).shuffle(sites)
    made = []
    for index, variant in sites:
        tree = ast.parse(source)
        _mutate(list(ast.walk(tree))[index], variant)
        made.append(ast.unparse(tree))
    return [mutant for mutant in dict.fromkeys(made) if mutant != ast.unparse(ast.parse(source))]


def _variants(node: ast.AST) -> int:
    """In how many ways ``_mutate`` can change it."""
    match node:
        case ast.BinOp(op=op) | ast.BoolOp(op=op) | ast.AugAssign(op=op) | ast.Compare(ops=[op]):
            return int(type(op) in SWAPS)
        case ast.Constant(value=bool()) | ast.If() | ast.IfExp():
            return 1
        case ast.Constant(value=int()):
            return 2
        case ast.Return(value=ast.expr()):
            return 3
    return 0


def _mutate(node: ast.AST, variant: int) -> None:
    match node:
        case ast.BinOp(op=op) | ast.BoolOp(op=op) | ast.AugAssign(op=op):
            node.op = SWAPS[type(op)]()
        case ast.Compare(ops=[op]):
            node.ops = [SWAPS[type(op)]()]
        case ast.Constant(value=bool(value)):
            node.value = not value
        case ast.Constant(value=int(value)):
            node.value = value + (1, -1)[variant]
        case ast.Return(value=ast.expr() as value):
            wrapped = ast.Call(ast.Name("repr", ast.Load()), [value], [])
            node.value = (ast.Constant(None), ast.List([value], ast.Load()), wrapped)[variant]
        case ast.If(test=test) | ast.IfExp(test=test):
            node.test = ast.UnaryOp(ast.Not(), test)
