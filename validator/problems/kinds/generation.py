"""Generation: a statement with examples, and a function is to be written."""

import re

from evaluator.protocol import Problem
from validator.problems.derivation import derive
from validator.problems.protocol import Made, Recipe, Source
from validator.problems.synthesis import as_problem, synthesise, targets

LANGUAGES = tuple(("", language) for language in targets())
OTHER_SOURCES = {Source.DERIVATION: (("", "python"),)}


def make(recipe: Recipe, variant: bytes = b"") -> Made:
    """A function to be written in the recipe's language."""
    if recipe.source is Source.DERIVATION:
        return _derived(recipe, variant)
    made = synthesise(recipe.seed, recipe.depth, variant)
    problem = as_problem(made, recipe.language)
    other = synthesise(recipe.seed, recipe.depth, variant + b"/other").reference(recipe.language)
    return Made(
        recipe=recipe,
        variant=variant,
        problem=problem,
        right=fenced(problem, problem.canonical_solution),
        wrong=(fenced(problem, other),),
        features=made.features,
        behaviour=made.behaviour,
    )


def _derived(recipe: Recipe, variant: bytes) -> Made:
    """One that is derived from a benchmark problem: the benchmark's own answer must not pass, nor another miner's."""
    made = derive(recipe.seed, recipe.depth, variant)
    problem = made.as_problem()
    other = derive(recipe.seed, recipe.depth, variant + b"/other")
    copied = re.sub(rf"\b{other.entry_point}\b", made.entry_point, other.reference)
    return Made(
        recipe=recipe,
        variant=variant,
        problem=problem,
        right=fenced(problem, made.reference),
        wrong=(fenced(problem, made.unchanged), fenced(problem, copied)),
        features=made.features,
        behaviour=made.behaviour,
    )


def fenced(problem: Problem, code: str) -> str:
    """A program as a model would show it."""
    return f"```{problem.language}\n{code.rstrip()}\n```\n"
