"""Repair: a task, and a program for it that has one bug; the corrected program is asked for."""

import hashlib

from evaluator.protocol import Problem
from validator.problems.kinds.generation import fenced
from validator.problems.protocol import Made, Recipe
from validator.problems.synthesis import Synthesised, as_problem, synthesise, targets
from validator.problems.synthesis.asking import TITLES
from validator.problems.synthesis.slips.drawing import first, share

LANGUAGES = tuple(("", language) for language in targets())
SHOWN = """\
Someone was given this task:

{task}

The {title} program below was written for it. It has exactly one bug: for some arguments it returns a wrong result, or
none.

{program}
Answer with the whole corrected program in one code block, everything that it needs included. Keep the name and the
signature of `{name}`. It is tested with other arguments than those of the examples.
"""


def make(recipe: Recipe, variant: bytes = b"") -> Made:
    """A program with one bug, to be mended in the recipe's language."""
    made = synthesise(recipe.seed, recipe.depth, variant)
    (slip, buggy, _), (_, other, _) = first(made, recipe.language, "repair", 2)
    problem = _problem(made, recipe.language, buggy)
    return Made(
        recipe=recipe,
        variant=variant,
        problem=problem,
        right=fenced(problem, problem.canonical_solution),
        wrong=(fenced(problem, buggy), fenced(problem, other)),
        features={**made.features, "hard_to_notice": 1 - share(made, slip)},
        behaviour=hashlib.sha256(f"{made.behaviour}/{slip.program!r}".encode()).hexdigest(),
    )


def _problem(made: Synthesised, language: str, buggy: str) -> Problem:
    asked = as_problem(made, language)
    name = made.entry_point(language)
    shown = SHOWN.format(
        task=quoted(made.statement.replace(made.program.entry.name, name)),
        title=TITLES.get(language, language.capitalize()),
        program=fenced(asked, buggy),
        name=name,
    )
    task_id = asked.task_id.replace("synthesis", "repair", 1)
    return asked.model_copy(update={"task_id": task_id, "shown": shown})


def quoted(text: str) -> str:
    """Lines that are marked as someone else's words."""
    return "\n".join(f"> {line}".rstrip() for line in text.rstrip().splitlines())
