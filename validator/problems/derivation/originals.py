"""The benchmark problems that others are derived from, with what they give for many inputs: ``originals.json``.

It was made in the sandbox, by ``python -m validator.problems.derivation``, so that nothing of a benchmark ever runs
on the host. HumanEval's solutions and inputs: MIT, OpenAI; more inputs of HumanEval+: Apache-2.0, EvalPlus; MBPP's
solutions and inputs: CC-BY-4.0, Google Research, changed (functions renamed, docstrings removed, inputs added).
"""

import json
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import Field

from evaluator.graders import types, values
from evaluator.graders.types import Type
from evaluator.suites import Message

HERE = Path(__file__).parent
CHOSEN, MADE = HERE / "chosen.toml", HERE / "originals.json"
PARAMETER = re.compile(r"(\w+): ((?:[^,\[]|\[[^:]*\])+)")


class Twist(Message):
    """One thing that is asked otherwise, and how the code changes with it."""

    say: tuple[str, str]
    """What is said, and what is said instead, with ``{k}`` for a number."""
    code: tuple[tuple[str, str], ...] = Field(min_length=1)
    k: tuple[int, ...] = (0,)


class Chosen(Message):
    """What ``chosen.toml`` says of a problem."""

    text: str
    takes: str
    gives: str
    where: str = ""
    """A condition in Python that holds for every input."""
    twists: tuple[Twist, ...] = ()

    @property
    def parameters(self) -> tuple[tuple[str, Type], ...]:
        """Names and types."""
        return tuple((name, types.parse(kind)) for name, kind in PARAMETER.findall(self.takes))

    @property
    def result(self) -> Type:
        """The type of what comes back."""
        return types.parse(self.gives)


class Twisted(Message):
    """A twist as it was run."""

    code: str
    """Defines ``task``; ``{k}`` stands for the number."""
    results: tuple[tuple[Any, ...], ...]
    """For each number of the twist's, what comes of each input."""


class Run(Message):
    """A problem's code as it was run; values are JSON, as problems spell them."""

    code: str
    """Defines ``task``."""
    inputs: tuple[tuple[Any, ...], ...]
    results: tuple[Any, ...]
    twisted: tuple[Twisted | None, ...] = ()
    """None where a twist changes too little."""


class Original(Message):
    """A benchmark problem with everything that is known of it."""

    name: str
    chosen: Chosen
    run: Run

    def inputs(self) -> list[tuple[Any, ...]]:
        """The inputs as values."""
        kinds = [kind for _, kind in self.chosen.parameters]
        return [tuple(values.parse(*pair) for pair in zip(kinds, one, strict=True)) for one in self.run.inputs]


@cache
def chosen() -> Mapping[str, Chosen]:
    """What is to be derived from, by name."""
    table = tomllib.loads(CHOSEN.read_text(encoding="utf-8"))
    return {name: Chosen.model_validate(entry) for name, entry in table.items()}


@cache
def originals() -> tuple[Original, ...]:
    """All that were run, in a fixed order."""
    runs = json.loads(MADE.read_text(encoding="utf-8"))["originals"]
    return tuple(
        Original(name=name, chosen=entry, run=Run.model_validate(runs[name]))
        for name, entry in chosen().items()
        if name in runs
    )
