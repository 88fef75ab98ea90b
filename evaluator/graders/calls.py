"""Calls: an entry point called with typed arguments in any language, its results compared on the host.

Covered: the container holds arguments and never an expected value; each result is the answer to its own call (see
``drivers/caller.py``); what comes back is plain data, bounded, and fit to its type before anything looks at it. Not
covered: a completion that answers the protocol itself; it must give the right answers to do so, and then it has.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from evaluator.errors import Ungradable
from evaluator.graders import drivers, types, values, wire
from evaluator.graders.compare import same
from evaluator.graders.facts import COMPILE_LIMITS, broken_limit, ending, last_line, not_compiled, shown, verdict
from evaluator.graders.types import Kind, Type
from evaluator.protocol import Failure, Grader, Problem, Status, Verdict
from evaluator.suites import Calls
from sandbox.protocol import MEBIBYTE, Companion, Execution, Limits, Outcome, Program, Run

LIMITS = Limits(cpu_seconds=10, wall_seconds=60, memory_bytes=512 * MEBIBYTE, output_bytes=32 * MEBIBYTE)
"""For all calls together, unless the problem has its own."""
CALLER = Path(__file__).parents[1] / "drivers" / "caller.py"


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A problem's cases as typed values."""

    parameters: tuple[Type, ...]
    result: Type
    arguments: list[list[Any]]
    expected: list[Any]


def load() -> None:
    """Read the drivers of all languages."""
    drivers.load()
    _caller()


def assemble(problem: Problem, tests: Calls, code: str) -> Program:
    """The program that answers the calls of ``tests``. Raises Ungradable if the problem or its cases make no sense."""
    prepared = _prepare(problem, tests)
    if not drivers.find(problem.language).nul_in_strings:
        _refuse_nul(problem, prepared)
    source = drivers.assemble(problem.language, code, problem.entry_point, prepared.parameters, prepared.result)
    calls = [
        b"".join(wire.encode(kind, value) for kind, value in zip(prepared.parameters, arguments, strict=True))
        for arguments in prepared.arguments
    ]
    companion = Companion(language="python", source=f"{_caller()}\n\nconverse({calls!r})\n".encode())
    runs = (Run(companion=companion),)
    limits = problem.limits or LIMITS
    return Program(language=problem.language, source=source, runs=runs, limits=limits, compile_limits=COMPILE_LIMITS)


def grade(problem: Problem, tests: Calls, execution: Execution) -> Verdict:
    """Judge the execution of ``assemble(problem, tests, code)``. Raises Ungradable if it is of something else."""
    if unfit := not_compiled(Grader.CALLS, execution):
        return unfit
    if len(execution.runs) != 1:
        raise Ungradable(f"{problem.task_id}: expected one run, got {len(execution.runs)}")
    (step,) = execution.runs
    caller = step.companion
    records = list(_records(caller)) if caller else []
    status, detail, failure = _judge(_prepare(problem, tests), tests, records)
    endings = {step.ended, caller.ended} if caller else {step.ended}
    if broken := broken_limit(endings, problem.limits or LIMITS):
        status, detail = broken
    elif caller is None or (status is Status.PASSED and not caller.succeeded):
        raise Ungradable(f"{problem.task_id}: no calls were made: {ending(caller or step)}")
    elif records[-1:] and records[-1][0] == b"g":
        detail = "; ".join(filter(None, [detail, ending(step), last_line(step.stderr)]))
    answered = sum(kind in (b"r", b"e", b"v") for kind, _ in records)
    return verdict(Grader.CALLS, status, detail, [step], calls=answered, failure=failure)


def answered(problem: Problem, tests: Calls, execution: Execution) -> tuple[bool | None, ...]:
    """Of each case of ``assemble(problem, tests, code)``, whether the answer was right; None where none was asked for.

    The calls end with the first that is not answered with a value. Raises Ungradable if the cases make no sense.
    """
    prepared = _prepare(problem, tests)
    found: list[bool | None] = [None] * len(prepared.expected)
    caller = execution.runs[0].companion if execution.runs else None
    for case, (kind, body) in zip(range(len(found)), _records(caller) if caller else (), strict=False):
        got, why = _result(prepared.result, body) if kind == b"r" else (None, "no value")
        expected = prepared.expected[case]
        found[case] = why is None and same(prepared.result, got, expected, tests.tolerance, unordered=tests.unordered)
    return tuple(found)


def returned(problem: Problem, tests: Calls, execution: Execution) -> tuple[Any, ...]:
    """What the calls of ``assemble(problem, tests, code)`` gave, up to the first that gave no value of the right type.

    What is expected of them does not matter. Raises Ungradable if the cases make no sense.
    """
    prepared = _prepare(problem, tests)
    found: list[Any] = []
    caller = execution.runs[0].companion if execution.runs else None
    for kind, body in _records(caller) if caller else ():
        got, why = _result(prepared.result, body) if kind == b"r" else (None, "no value")
        if why is not None or len(found) == len(prepared.expected):
            break
        found.append(got)
    return tuple(found)


def _judge(prepared: _Prepared, tests: Calls, records: list[tuple[bytes, bytes]]) -> tuple[Status, str, Failure | None]:
    """What the records of the companion come to, before limits are looked at. The first fault counts."""
    for number, (kind, body) in enumerate(records):
        case = min(number, len(prepared.expected) - 1)
        match kind:
            case b"r" if number < len(prepared.expected):
                got, why = _result(prepared.result, body)
                expected = prepared.expected[case]
                if why is None and same(prepared.result, got, expected, tests.tolerance, unordered=tests.unordered):
                    continue
                failure = _failure(prepared, case, why or shown(got))
                detail = f"call {case + 1}: {failure.sent} returned {failure.got}, expected {failure.expected}"
                return Status.FAILED, detail, failure
            case b"v" | b"e":
                what = _text(body)
                said = f"raised {what}" if kind == b"e" else f"returned {what}, which no type can carry"
                status = Status.CRASHED if kind == b"e" else Status.FAILED
                return status, f"call {case + 1} {said}", _failure(prepared, case, said)
            case b"g":
                return (
                    Status.CRASHED,
                    f"it ended before it answered call {case + 1}",
                    _failure(prepared, case, "nothing"),
                )
            case _:
                why = body.decode(errors="replace").partition(" ")[2]
                return Status.FAILED, f"call {case + 1} {why}", _failure(prepared, case, why)
    if len(records) != len(prepared.expected):
        return Status.CRASHED, f"answered {len(records)} of {len(prepared.expected)} calls", None
    return Status.PASSED, "", None


def _records(caller: Outcome) -> Iterator[tuple[bytes, bytes]]:
    """What the companion wrote of each call, without its full stop; what was cut off is left out."""
    data, position = caller.stdout, 0
    while position + 5 <= len(data):
        kind, (length,) = data[position : position + 1], struct.unpack_from(">I", data, position + 1)
        position += 5 + length
        if kind == b"." or position > len(data):
            return
        yield kind, data[position - length : position]


def _result(kind: Type, body: bytes) -> tuple[Any, str | None]:
    """The value that a call returned; or what is wrong with it."""
    try:
        return values.fit(kind, wire.decode(body)), None
    except (wire.Malformed, values.Misfit) as error:
        return None, f"something else than {kind}: {error}"


def _text(body: bytes) -> str:
    try:
        return str(wire.decode(body))[:400]
    except wire.Malformed:
        return "something unreadable"


def _failure(prepared: _Prepared, case: int, got: str) -> Failure:
    sent = shown(tuple(prepared.arguments[case]))
    return Failure(case=case, sent=sent, got=got[:400], expected=shown(prepared.expected[case]))


def _prepare(problem: Problem, tests: Calls) -> _Prepared:
    """The cases of ``tests`` as values. Raises Ungradable, naming the problem and the case."""
    try:
        parameters, result = tuple(map(types.parse, tests.parameters)), types.parse(tests.result)
    except Ungradable as error:
        raise Ungradable(f"{problem.task_id}: {error}") from error
    if tests.unordered and result.kind is not Kind.LIST:
        raise Ungradable(f"{problem.task_id}: unordered, but the result is {result}, not a list")
    prepared = _Prepared(parameters, result, [], [])
    for number, case in enumerate(tests.cases):
        if len(case.arguments) != len(parameters):
            found = f"{len(case.arguments)} arguments for {len(parameters)} parameters"
            raise Ungradable(f"{problem.task_id}, case {number}: {found}")
        try:
            prepared.arguments.append(
                [values.parse(kind, spelt) for kind, spelt in zip(parameters, case.arguments, strict=True)]
            )
            prepared.expected.append(values.parse(result, case.expected))
        except Ungradable as error:
            raise Ungradable(f"{problem.task_id}, case {number}: {error}") from error
    return prepared


def _refuse_nul(problem: Problem, prepared: _Prepared) -> None:
    kinds = (*prepared.parameters, prepared.result)
    for case, arguments in enumerate(prepared.arguments):
        cells = zip(kinds, [*arguments, prepared.expected[case]], strict=True)
        if any("\0" in text for kind, value in cells for text in values.strings(kind, value)):
            raise Ungradable(f"{problem.task_id}, case {case}: no string of {problem.language} holds a NUL")


@cache
def _caller() -> str:
    return CALLER.read_text(encoding="utf-8")
