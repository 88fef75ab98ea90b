"""Generation: a statement with examples, and a function is to be written; for some seeds a whole program."""

from evaluator.protocol import Problem
from validator.problems.derivation import derive
from validator.problems.protocol import Made, Recipe, Source
from validator.problems.synthesis import as_problem, synthesise, targets
from validator.problems.synthesis.emitting.whole import whole
from validator.problems.synthesis.slips.drawing import first
from validator.problems.synthesis.streaming import as_stream, streams
from validator.problems.synthesis.trying import seeded

LANGUAGES = tuple(("", language) for language in targets())
WHOLE = 0.4
"""Of the problems that can be asked for as a whole program, the share that is."""
OTHER_SOURCES = {Source.DERIVATION: (("", "python"),)}


def make(recipe: Recipe, variant: bytes = b"") -> Made:
    """A function, or a program that reads and writes, to be written in the recipe's language."""
    if recipe.source is Source.DERIVATION:
        return _derived(recipe, variant)
    made = synthesise(recipe.seed, recipe.depth, variant)
    ((slip, wrong, _),) = first(made, recipe.language, "generation", 1)
    if as_program := streams(made) and seeded(f"whole/{recipe.seed}/{recipe.depth}").random() < WHOLE:
        problem, wrong = as_stream(made, recipe.language), whole(slip.program, recipe.language)
    else:
        problem = as_problem(made, recipe.language)
    return Made(
        recipe=recipe,
        variant=variant,
        problem=problem,
        right=fenced(problem, problem.canonical_solution),
        wrong=(fenced(problem, wrong),),
        features={**made.features, "whole_program": float(as_program)},
        behaviour=made.behaviour,
    )


def _derived(recipe: Recipe, variant: bytes) -> Made:
    """One that is derived from a benchmark problem: the benchmark's own answer must not pass."""
    made = derive(recipe.seed, recipe.depth, variant)
    problem = made.as_problem()
    return Made(
        recipe=recipe,
        variant=variant,
        problem=problem,
        right=fenced(problem, made.reference),
        wrong=(fenced(problem, made.unchanged),),
        features=made.features,
        behaviour=made.behaviour,
    )


def fenced(problem: Problem, code: str) -> str:
    """A program as a model would show it."""
    return f"```{problem.language}\n{code.rstrip()}\n```\n"
