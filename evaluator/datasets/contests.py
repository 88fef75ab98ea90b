"""Contest problems in the forms of LiveCodeBench (Jain et al. 2024, arXiv 2403.07974) and CodeContests (Li et al. 2022,
arXiv 2203.07814), as published and as SandboxFusion carries them. Whole programs are judged by what they write, methods
of a ``Solution`` by what they return.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from evaluator.datasets import packed, rows
from evaluator.errors import BadBenchmark
from evaluator.protocol import Problem
from evaluator.suites import Comparison, Stdio, StdioCase, Tolerance
from sandbox.protocol import MEBIBYTE, Limits

METHOD_TESTS = """
import json

CASES = json.loads({cases!r})

def plain(value):
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value

for arguments, expected in CASES:
    got = plain(Solution().{method}(*arguments))
    close = isinstance(got, float) and isinstance(expected, (int, float)) and abs(got - expected) < 1e-6
    assert got == expected or close
"""
TOLERANCE = Tolerance(relative=1e-6, absolute=1e-6)
DECIMAL = re.compile(r"[-+]?\d+\.\d+")
IMPORTS = """\
import bisect, collections, copy, functools, heapq, itertools, math, random, re, string, sys
from bisect import *
from collections import *
from functools import *
from heapq import *
from itertools import *
from math import *
from typing import *
from builtins import *


class Solution:
"""
"""What starter code takes for granted, as on the site that it is from."""
SECONDS_EACH = 6.0
"""LiveCodeBench's limit of one test."""


class _Case(BaseModel, frozen=True, extra="ignore"):
    input: str
    output: str
    testtype: Literal["stdin", "functional"] = "stdin"


_CASES = TypeAdapter(tuple[_Case, ...])


class _LiveCodeBench(rows.Row, frozen=True):
    question_id: str
    question_content: str
    starter_code: str = ""
    difficulty: str = ""
    public_test_cases: str
    private_test_cases: str = "[]"
    metadata: str = "{}"


class _Fusion(rows.Row, frozen=True):
    """A row as SandboxFusion has it: tests packed (LiveCodeBench) or plain (CodeContests)."""

    id: int | str
    content: str
    test: str
    labels: str = "{}"


class _Tests(BaseModel, frozen=True, extra="ignore"):
    input: tuple[str, ...] = ()
    output: tuple[str, ...] = ()


class _TimeLimit(BaseModel, frozen=True, extra="ignore"):
    seconds: int = 0
    nanos: int = 0


class _CodeContests(rows.Row, frozen=True):
    name: str
    description: str
    difficulty: int | str = ""
    public_tests: _Tests = _Tests()
    private_tests: _Tests = _Tests()
    generated_tests: _Tests = _Tests()
    time_limit: _TimeLimit | None = None
    memory_limit_bytes: int | None = None


class _Packed(BaseModel, frozen=True, extra="ignore"):
    inputs: tuple[str, ...] = Field(min_length=1)
    outputs: tuple[str, ...]
    fn_name: str | None = None


class _Step(BaseModel, frozen=True, extra="ignore"):
    input: dict[str, str]
    output: dict[str, str]


_STEPS = TypeAdapter(tuple[_Step, ...])


def livecodebench(path: Path) -> tuple[Problem, ...]:
    """LiveCodeBench's ``code_generation_lite``, or SandboxFusion's form of it. Raises BadBenchmark."""
    if _is_fusion(path):
        return tuple(_from_fusion_lcb(where, task) for where, task in rows.read(path, _Fusion))
    return tuple(_from_lcb(where, task) for where, task in rows.read(path, _LiveCodeBench))


def codecontests(path: Path, language: str = "python") -> tuple[Problem, ...]:
    """CodeContests, or SandboxFusion's form of it, to be solved in ``language``. Raises BadBenchmark."""
    if _is_fusion(path):
        return tuple(_from_fusion_contest(where, task, language) for where, task in rows.read(path, _Fusion))
    return tuple(_from_contest(where, task, language) for where, task in rows.read(path, _CodeContests))


def _is_fusion(path: Path) -> bool:
    row = rows.peek(path)
    return isinstance(row, dict) and "content" in row


def _from_lcb(where: str, task: _LiveCodeBench) -> Problem:
    hidden = task.private_test_cases
    private = hidden if hidden.lstrip().startswith("[") else packed.text(where, hidden)
    cases = [*_parsed(where, _CASES, task.public_test_cases), *_parsed(where, _CASES, private)]
    name = _object(where, "metadata", task.metadata).get("func_name")
    if name is None and any(case.testtype == "functional" for case in cases):
        raise BadBenchmark(f"{where}: functional tests, but metadata names no func_name")
    pairs = [(case.input, case.output) for case in cases]
    return _problem(where, task.question_id, task.question_content, task.starter_code, name, pairs, task.difficulty)


def _from_fusion_lcb(where: str, task: _Fusion) -> Problem:
    tests = packed.fields(where, task.test).get("input_output", "")
    try:
        found = _Packed.model_validate_json(tests)
    except ValidationError as error:
        raise BadBenchmark(f"{where}: tests: {rows.main_fault(error)}") from error
    labels = _object(where, "labels", task.labels)
    pairs = _pairs(where, found.inputs, found.outputs)
    name, difficulty = labels.get("task_id", str(task.id)), labels.get("difficulty", "")
    return _problem(where, name, task.content, "", found.fn_name, pairs, difficulty)


def _problem(
    where: str,
    name: str,
    text: str,
    starter: str,
    method: str | None,
    pairs: Sequence[tuple[str, str]],
    difficulty: str,
) -> Problem:
    if method is None:
        return _program(where, name, text, pairs, difficulty, "python", _time_limit(SECONDS_EACH))
    cases = [([_value(where, line) for line in given.split("\n")], _value(where, wanted)) for given, wanted in pairs]
    return Problem(
        task_id=name,
        prompt=IMPORTS,
        shown=f"{text}\n\n{starter}".rstrip() + "\n",
        entry_point="Solution",
        tests=METHOD_TESTS.format(cases=json.dumps(cases), method=method),
        canonical_solution="",
        limits=_time_limit(SECONDS_EACH * len(cases)),
        difficulty=difficulty,
    )


def _from_contest(where: str, task: _CodeContests, language: str) -> Problem:
    groups = (task.public_tests, task.private_tests, task.generated_tests)
    pairs = [pair for group in groups for pair in _pairs(where, group.input, group.output)]
    limit = task.time_limit or _TimeLimit(seconds=10)
    limits = _time_limit(limit.seconds + limit.nanos / 1e9, task.memory_limit_bytes or 0)
    return _program(where, task.name, task.description, pairs, str(task.difficulty), language, limits)


def _from_fusion_contest(where: str, task: _Fusion, language: str) -> Problem:
    steps = _parsed(where, _STEPS, task.test)
    pairs = [(step.input.get("stdin", ""), step.output.get("stdout", "")) for step in steps]
    labels = _object(where, "labels", task.labels)
    name, difficulty = labels.get("name", str(task.id)), labels.get("difficulty", "")
    return _program(where, name, task.content, pairs, difficulty, language, _time_limit(10))


def _program(
    where: str, name: str, text: str, pairs: Sequence[tuple[str, str]], difficulty: str, language: str, limits: Limits
) -> Problem:
    if not pairs:
        raise BadBenchmark(f"{where}: {name} has no tests")
    cases = tuple(StdioCase(stdin=given.encode(), expected=wanted.encode()) for given, wanted in pairs)
    return Problem(
        task_id=name,
        prompt=text,
        entry_point="main",
        tests=Stdio(cases=cases, comparison=_comparison(pairs), tolerance=TOLERANCE),
        canonical_solution="",
        language=language,
        limits=limits,
        difficulty=difficulty,
    )


def _comparison(pairs: Sequence[tuple[str, str]]) -> Comparison:
    """Whole numbers must be the same to the last digit: a tolerance is for problems whose answers have decimals."""
    decimals = any(DECIMAL.fullmatch(word) for _, wanted in pairs for word in wanted.split())
    return Comparison.FLOATS if decimals else Comparison.TOKENS


def _time_limit(seconds: float, memory_bytes: int = 0) -> Limits:
    """Processor time decides. Twice the makers' limit: theirs is for C++, or for an interpreter that is warm."""
    cpu = min(2 * max(seconds, 1.0), 300.0)
    memory = min(max(memory_bytes, 512 * MEBIBYTE), 2048 * MEBIBYTE)
    return Limits(cpu_seconds=cpu, wall_seconds=min(6 * cpu, 600), memory_bytes=memory, output_bytes=16 * MEBIBYTE)


def _parsed(where: str, adapter: TypeAdapter[Any], text: str) -> Any:
    try:
        return adapter.validate_json(text)
    except ValidationError as error:
        raise BadBenchmark(f"{where}: tests: {rows.main_fault(error)}") from error


def _pairs(where: str, inputs: Sequence[str], outputs: Sequence[str]) -> list[tuple[str, str]]:
    if len(inputs) != len(outputs):
        raise BadBenchmark(f"{where}: tests: {len(inputs)} inputs and {len(outputs)} outputs")
    return list(zip(inputs, outputs, strict=True))


def _object(where: str, field: str, text: str) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError as error:
        raise BadBenchmark(f"{where}: {field}: not JSON: {error}") from error
    if not isinstance(found, dict):
        raise BadBenchmark(f"{where}: {field}: expected an object, got {type(found).__name__}")
    return found


def _value(where: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise BadBenchmark(f"{where}: a test's value is not JSON: {text[:80]!r}") from error
