"""Translation: a program in one language, which says all that there is to say, is to be written in another."""

from itertools import permutations

from evaluator.protocol import Problem
from validator.problems.kinds.generation import fenced
from validator.problems.protocol import Made, Recipe
from validator.problems.synthesis import Synthesised, as_problem, synthesise, targets
from validator.problems.synthesis.asking import TITLES, heading
from validator.problems.synthesis.inputs import shapes
from validator.problems.synthesis.slips.drawing import first

LANGUAGES = tuple(permutations(targets(), 2))
SHOWN = """\
Translate this {given} program into {title}. For the same arguments, your `{name}` must return what
`{original}` returns.

{program}
{arguments}

{heading}
Answer with the whole {title} program in one code block, everything that it needs included. What it does is all that
counts: it need not look like the original.
"""


def make(recipe: Recipe, variant: bytes = b"") -> Made:
    """A program of the language ``recipe.given``, to be written in ``recipe.language``."""
    made = synthesise(recipe.seed, recipe.depth, variant)
    ((_, wrong, _),) = first(made, recipe.language, "translation", 1)
    problem = _problem(made, recipe.given, recipe.language)
    return Made(
        recipe=recipe,
        variant=variant,
        problem=problem,
        right=fenced(problem, problem.canonical_solution),
        wrong=(fenced(problem, wrong),),
        features=made.features,
        behaviour=made.behaviour,
    )


def _problem(made: Synthesised, given: str, language: str) -> Problem:
    asked = as_problem(made, language)
    parameters = zip(made.program.entry.parameters, shapes()[made.shape].parameters, strict=True)
    shown = SHOWN.format(
        given=TITLES.get(given, given.capitalize()),
        title=TITLES.get(language, language.capitalize()),
        name=made.entry_point(language),
        original=made.entry_point(given),
        program=f"```{given}\n{made.reference(given).rstrip()}\n```\n",
        arguments=" ".join(f"`{name}` is {parameter.says}." for (name, _), parameter in parameters),
        heading=heading(made, language),
    )
    task_id = asked.task_id.replace("synthesis", f"translation/{given}", 1)
    return asked.model_copy(update={"task_id": task_id, "shown": shown})
