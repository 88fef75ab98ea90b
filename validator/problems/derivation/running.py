"""Benchmark code run in the sandbox, and the cases that are kept of it."""

import json
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from evaluator.errors import Ungradable
from evaluator.graders import values
from evaluator.graders.types import Type
from evaluator.protocol import Executor
from sandbox.protocol import MEBIBYTE, Limits, Program
from sandbox.protocol import Run as Step
from validator.problems.derivation.gathering import Gathered
from validator.problems.derivation.originals import Chosen, Run, Twisted, chosen

KEPT, LEAST = 27, 24
LIMITS = Limits(cpu_seconds=60, wall_seconds=120, memory_bytes=512 * MEBIBYTE, output_bytes=4 * MEBIBYTE)
LONGEST = 100
"""Characters of a result as JSON."""
EXACT = 2**53
HARNESS = """
import copy, json, signal, sys

def slow(*_):
    raise TimeoutError

def one(task, fits, given):
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.1)
        value = task(*copy.deepcopy(given)) if fits(*copy.deepcopy(given)) else None
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        return [json.dumps(value), type(value).__name__]
    except Exception:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        return ["null", ""]

def ran(code, fits, inputs):
    exec(code, space := {"__name__": "benchmark"})
    exec(fits, checks := {})
    return [one(space["task"], checks["fits"], given) for given in inputs]

signal.signal(signal.SIGVTALRM, slow)
codes, fits, inputs = json.loads(sys.stdin.read())
json.dump([ran(code, fits, inputs) for code in codes], sys.stdout)
"""


async def run(gathered: Gathered, executor: Executor) -> Run | None:
    """What is kept of a problem; None if too few of its inputs have a fitting result. Raises Ungradable."""
    wanted = chosen()[gathered.name]
    variants = [(n, k) for n, twist in enumerate(wanted.twists) for k in twist.k]
    codes = [gathered.code, *(gathered.twisted[n].replace("{k}", str(k)) for n, k in variants)]
    found = await _ran(codes, gathered, executor)
    kept = _kept(wanted, gathered, found)
    if len(kept) < LEAST:
        return None
    results = [[json.loads(row[place][0]) for place in kept] for row in found]
    converted = any(kind == "tuple" for row in found for _, kind in row)
    twisted = []
    for n, twist in enumerate(wanted.twists):
        rows = [results[1 + place] for place, (number, _) in enumerate(variants) if number == n]
        same = max(sum(one == other for one, other in zip(row, results[0], strict=True)) for row in rows)
        good = same <= 0.85 * len(kept) and len(rows) == len(twist.k)
        twisted.append(_twist(gathered.twisted[n], rows, converted) if good else None)
    inputs = tuple(tuple(gathered.inputs[place]) for place in kept)
    return Run(
        code=_converted(gathered.code, converted),
        inputs=inputs,
        results=tuple(results[0]),
        twisted=tuple(twisted),
    )


def _twist(code: str, rows: list[list[Any]], converted: bool) -> Twisted:
    return Twisted(code=_converted(code, converted), results=tuple(map(tuple, rows)))


def _converted(code: str, needed: bool) -> str:
    """Code whose result is a list where it was a tuple."""
    if not needed:
        return code
    return f"{code.replace('task(', 'task_inside(')}\n\ndef task(*given):\n    return list(task_inside(*given))\n"


async def _ran(codes: Sequence[str], gathered: Gathered, executor: Executor) -> list[list[tuple[str, str]]]:
    stdin = json.dumps([codes, gathered.where, gathered.inputs]).encode()
    program = Program(language="python", source=HARNESS.encode(), runs=(Step(stdin=stdin),), limits=LIMITS)
    (step,) = (await executor.execute(program)).runs
    if not step.succeeded:
        raise Ungradable(f"{gathered.name}: {step.ended}: {step.stderr.decode(errors='replace')[-400:]}")
    found: list[list[tuple[str, str]]] = json.loads(step.stdout)
    return found


def _kept(wanted: Chosen, gathered: Gathered, found: list[list[tuple[str, str]]]) -> list[int]:
    """The places of the inputs that have a fitting result in every variant: of each result some."""
    kind = wanted.result
    groups: dict[str, list[int]] = {}
    for place in range(len(gathered.inputs)):
        if all(_fits(kind, row[place][0]) for row in found):
            groups.setdefault(found[0][place][0], []).append(place)
    turns = zip_longest(*groups.values())
    return sorted([place for turn in turns for place in turn if place is not None][:KEPT])


def _fits(kind: Type, text: str) -> bool:
    try:
        value = values.parse(kind, json.loads(text))
    except (Ungradable, ValueError):
        return False
    return len(text) <= LONGEST and all(abs(number) < EXACT for number in _numbers(value))


def _numbers(value: Any) -> list[float]:
    if isinstance(value, list):
        return [number for item in value for number in _numbers(item)]
    return [value] if isinstance(value, int | float) else []
