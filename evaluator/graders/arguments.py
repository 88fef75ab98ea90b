"""Arguments: a call of given code, with arguments from the answer, and its result compared on the host.

Covered: the answer is parsed on the host and must be one call's arguments, made of literals, operators, comprehensions,
lambdas, methods of builtin types and the builtins below. Nothing in it can name the function, assign, import, or
reach an attribute that leads to frames and globals; so it can only be what an input is. Where the problem gives types,
they are literals, and what runs is what we wrote from their values. The expected value never enters the container. Not
covered: the given code is trusted; one that evaluates its arguments would run them.
"""

import ast
from collections.abc import Iterator
from typing import Any

from evaluator.errors import Ungradable
from evaluator.graders import static, types, values
from evaluator.graders.facts import broken_limit, ending, last_line, one_line, verdict
from evaluator.protocol import Failure, Grader, Problem, Status, Verdict
from evaluator.suites import Arguments
from sandbox.protocol import MEBIBYTE, Execution, Limits, Program, Run

LIMITS = Limits(cpu_seconds=5, wall_seconds=60, memory_bytes=256 * MEBIBYTE, output_bytes=MEBIBYTE)
RESULT = "result"
"""The file that the call's result is written to, as Python spells it."""

BUILTINS = frozenset((
    "abs", "all", "any", "bool", "bytes", "chr", "complex", "dict", "divmod", "enumerate", "filter", "float",
    "frozenset", "hash", "int", "iter", "len", "list", "map", "max", "min", "ord", "pow", "range", "repr",
    "reversed", "round", "set", "slice", "sorted", "str", "sum", "tuple", "zip",
))  # fmt: skip
METHODS = frozenset(
    name
    for kind in (str, bytes, int, float, complex, list, tuple, dict, set, frozenset)
    for name in dir(kind)
    if not name.startswith("_")
)
NODES = (
    ast.Constant, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.Starred, ast.UnaryOp, ast.BinOp, ast.BoolOp, ast.Compare,
    ast.IfExp, ast.Subscript, ast.Slice, ast.Call, ast.keyword, ast.Attribute, ast.Name, ast.Lambda, ast.arguments,
    ast.arg, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.comprehension, ast.operator, ast.unaryop,
    ast.boolop, ast.cmpop, ast.expr_context,
)  # fmt: skip


HEAVIEST, LARGEST = 1_000, 1_000_000
"""Of arguments that are typed: values and characters, and the size of a number."""


class NoArguments(Exception):
    """The answer is no call's arguments; the message says why."""


def expression(problem: Problem, tests: Arguments, completion: str) -> str | None:
    """The call that the answer amounts to, or None if it is none: ``f(1)``, ``assert f(1) == 2`` and ``1`` all are."""
    text = static.answer(completion)
    if len(text) > static.LONGEST_ANSWER:
        return None
    try:
        known = _variables(tests.source)
        for call in _readings(problem.entry_point, text):
            _check(call, known)
            return ast.unparse(call) if not tests.parameters else _typed(call, tests.parameters)
    except (NoArguments, static.NoValue, RecursionError, MemoryError):
        return None
    return None


def assemble(problem: Problem, tests: Arguments, call: str) -> Program:
    """The given code and, after it, the call."""
    write = f"with open({RESULT!r}, 'w') as _file:\n    _file.write(repr(_result))\n"
    source = f"{tests.source}\n\n_result = {call}\n{write}".encode("utf-8", "surrogatepass")
    return Program(language="python", source=source, runs=(Run(collect=(RESULT,)),), limits=problem.limits or LIMITS)


def grade(problem: Problem, tests: Arguments, execution: Execution) -> Verdict:
    """Judge the execution of ``assemble(problem, tests, call)``. Raises Ungradable if it is of something else.

    Results are compared as Python does (1 is True is 1.0), for the assertion in the prompt is Python's.
    """
    try:
        expected = static.literal(tests.expected)
    except static.NoValue as error:
        raise Ungradable(f"{problem.task_id}: the expected result is none: {error}") from error
    if len(execution.runs) != 1:
        raise Ungradable(f"{problem.task_id}: expected one run, got {len(execution.runs)}")
    (step,) = execution.runs
    if broken := broken_limit([step.ended], problem.limits or LIMITS):
        return verdict(Grader.ARGUMENTS, *broken, [step])
    if not step.succeeded:
        why = "; ".join(filter(None, [f"the call ended {ending(step)}", last_line(step.stderr)]))
        return verdict(Grader.ARGUMENTS, Status.CRASHED, why, [step], calls=1)
    text = step.files.get(RESULT, b"").decode("utf-8", "replace")
    if _equals(text, expected):
        return verdict(Grader.ARGUMENTS, Status.PASSED, "", [step], calls=1)
    failure = Failure(case=0, sent="", got=one_line(text), expected=one_line(tests.expected))
    detail = f"it returned {failure.got[:150]}, expected {failure.expected[:150]}"
    return verdict(Grader.ARGUMENTS, Status.FAILED, detail, [step], calls=1, failure=failure)


def _equals(text: str, expected: object) -> bool:
    try:
        return bool(static.literal(text) == expected)
    except static.NoValue:
        return False


def _readings(function: str, text: str) -> Iterator[ast.Call]:
    """The answer as a call that was written out, else as what stands between its parentheses."""
    for source, wrapped in ((text, False), (f"{function}({text}\n)", True)):
        try:
            body = ast.parse(source.strip()).body
        except (SyntaxError, ValueError):
            continue
        call = _call(body[0]) if len(body) == 1 else None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == function:
            yield call
        elif wrapped:
            raise NoArguments("more than one call")


def _call(statement: ast.stmt) -> ast.expr | None:
    """The expression of a statement, or the left side where it is compared with something."""
    node: ast.expr | None = None
    if isinstance(statement, ast.Expr):
        node = statement.value
    elif isinstance(statement, ast.Assert) and statement.msg is None:
        node = statement.test
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq):
        return node.left
    return node


def _check(call: ast.Call, known: frozenset[str]) -> None:
    """Raises NoArguments unless the arguments of ``call`` are plain expressions."""
    parts = [*call.args, *call.keywords]
    nodes = [node for part in parts for node in ast.walk(part)]
    bound = {node.arg for node in nodes if isinstance(node, ast.arg)}
    bound |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in nodes:
        if not isinstance(node, NODES):
            raise NoArguments(f"{type(node).__name__} is no part of an argument")
        if isinstance(node, ast.Name) and node.id not in known | bound | BUILTINS:
            raise NoArguments(f"{node.id!r} is not known")
        if isinstance(node, ast.Attribute) and node.attr not in METHODS:
            raise NoArguments(f"no builtin type has a method {node.attr!r}")


def _typed(call: ast.Call, parameters: tuple[str, ...]) -> str:
    """The call, its arguments written anew as literals of such types. Raises NoArguments, NoValue."""
    if call.keywords:
        raise NoArguments("arguments by name")
    given = [static.literal(ast.unparse(one)) for one in call.args]
    if len(given) == 1 < len(parameters) and isinstance(given[0], tuple):
        given = list(given[0])
    if len(given) != len(parameters):
        raise NoArguments(f"expected {len(parameters)} arguments, got {len(given)}")
    kinds = list(map(types.parse, parameters))
    try:
        found = [values.parse(kind, value) for kind, value in zip(kinds, given, strict=True)]
    except Ungradable as misfit:
        raise NoArguments(str(misfit)) from misfit
    if _weight(found) > HEAVIEST:
        raise NoArguments(f"more than {HEAVIEST} items and characters, or a number beyond {LARGEST}")
    return f"{ast.unparse(call.func)}({', '.join(map(repr, found))})"


def _weight(value: Any) -> float:
    """How many values and characters there are; infinitely many where a number is too large, or is none."""
    match value:
        case list() | tuple():
            return 1 + sum(map(_weight, value))
        case dict():
            return 1 + _weight([*value.keys(), *value.values()])
        case int() | float():
            return 1 if -LARGEST <= value <= LARGEST else float("inf")
    return 1 + len(value) if isinstance(value, str) else 1


def _variables(source: str) -> frozenset[str]:
    """What the given code assigns at its margin: an answer may use it."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError) as error:
        raise Ungradable(f"the given code does not parse: {error}") from error
    targets = (target for node in body if isinstance(node, ast.Assign) for target in node.targets)
    return frozenset(target.id for target in targets if isinstance(target, ast.Name))
