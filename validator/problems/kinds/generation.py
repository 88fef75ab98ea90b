"""Generation: a statement with examples, and a function is to be written."""

from evaluator.protocol import Problem
from validator.problems.protocol import Made, Recipe
from validator.problems.synthesis import as_problem, synthesise, targets
from validator.problems.synthesis.slips.drawing import first

LANGUAGES = tuple(("", language) for language in targets())


def make(recipe: Recipe, variant: bytes = b"") -> Made:
    """A function to be written in the recipe's language."""
    made = synthesise(recipe.seed, recipe.depth, variant)
    problem = as_problem(made, recipe.language)
    ((_, wrong, _),) = first(made, recipe.language, "generation", 1)
    return Made(
        recipe=recipe,
        variant=variant,
        problem=problem,
        right=fenced(problem, problem.canonical_solution),
        wrong=(fenced(problem, wrong),),
        features=made.features,
        behaviour=made.behaviour,
    )


def fenced(problem: Problem, code: str) -> str:
    """A program as a model would show it."""
    return f"```{problem.language}\n{code.rstrip()}\n```\n"
