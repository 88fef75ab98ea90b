"""The reference of a derived problem: the benchmark's own solution, and an adapter around it, in Python."""

import re

from validator.problems.derivation.drawing import Drawn, items
from validator.problems.derivation.planning import Base, Form
from validator.problems.synthesis import tree
from validator.problems.synthesis.emitting.printer import emit, signature

TASKS = ("task", "other_task")


def reference(drawn: Drawn) -> str:
    """A solution."""
    parts = [
        re.sub(r"\btask(?=\b|_)", name, original(base, number))
        for base, number, name in zip(drawn.plan.bases, drawn.numbers, TASKS, strict=False)
    ]
    return "\n\n".join([*(part.strip("\n") + "\n" for part in parts), emit(_around(drawn), "python"), _entry(drawn)])


def original(base: Base, number: int, name: str = "task") -> str:
    """A benchmark problem's solution with its twist, under another name."""
    code = base.original.run.code
    if base.twist is not None and (twisted := base.original.run.twisted[base.twist]) is not None:
        code = twisted.code.replace("{k}", str(number))
    return re.sub(r"\btask\b", name, code)


def unchanged(drawn: Drawn) -> str:
    """The benchmark's own answer under the new name: what must not pass."""
    base = drawn.plan.bases[0]
    return original(Base(base.original, None), 0, drawn.realised.program.entry.name)


def head(drawn: Drawn) -> str:
    """The signature."""
    entry = drawn.realised.program.entry
    pairs = tuple((drawn.outer[place], kind) for place, kind in zip(drawn.order, drawn.kinds, strict=True))
    return signature(tree.Function(entry.name, pairs, entry.result, ()), "python")


def _around(drawn: Drawn) -> tree.Program:
    """Every function of ours but the one that is called from outside."""
    layers = [layer.function for layer in (drawn.recoding, drawn.join) if layer is not None]
    return tree.Program((*layers, *drawn.realised.program.functions[:-1]))


def _entry(drawn: Drawn) -> str:
    lines = [head(drawn)]
    if drawn.recoding is not None:
        place = drawn.plan.recoded
        lines.append(f"    {drawn.inner[place]} = {drawn.recoding.function.name}({drawn.outer[place]})")
    lines += [f"    {line}" for line in _called(drawn)]
    result = "outcome"
    for stage in drawn.realised.stages:
        result = f"{stage.name}({result})"
    return "\n".join([*lines, f"    return {result}"]) + "\n"


def _called(drawn: Drawn) -> list[str]:
    """The lines that find the outcome."""
    given = ", ".join(items(drawn, 0))
    whole = drawn.inner[0]
    each = f"for {given} in {whole}"
    match drawn.plan.form:
        case Form.SINGLE:
            return [f"outcome = task({given})"]
        case Form.EACH:
            return [f"outcome = [task({given}) {each}]"]
        case Form.KEPT:
            return [f"outcome = [{given} {each} if task({given})]"]
        case Form.PLACES:
            counted = f"for place, {f'({given})' if ',' in given else given} in enumerate({whole})"
            return [f"outcome = [place {counted} if task({given})]"]
        case Form.FLAT:
            return [f"outcome = [one {each} for one in task({given})]"]
        case Form.PAIR:
            assert drawn.join is not None
            other = ", ".join(items(drawn, 1))
            return [f"outcome = {drawn.join.function.name}(task({given}), other_task({other}))"]
