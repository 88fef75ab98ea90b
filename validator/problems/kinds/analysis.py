"""Analysis: a program is shown, and what it does is to be said; checked by running it, here or in the sandbox.

The seed decides which of three: predict results, find an input for a result, or put functions in order by how many
turns their loops take for large n. A blind guess is right in fewer than 1 of 20 cases: see docs/design/problems.md.
"""

import hashlib
import random
from collections.abc import Mapping

from evaluator.protocol import Problem
from evaluator.suites import Static
from validator.problems.kinds import growth
from validator.problems.kinds.questions import PROGRAM, Question, fenced, finding, predicting
from validator.problems.protocol import Made, Recipe
from validator.problems.synthesis import synthesise, targets
from validator.problems.synthesis.asking import TITLES
from validator.problems.synthesis.emitting.naming import spelt
from validator.problems.synthesis.emitting.printer import emit
from validator.problems.synthesis.tree import Program
from validator.problems.synthesis.trying import seeded

LANGUAGES = tuple(("", language) for language in targets())
SORTS = ("predicting", "finding", "ordering")
ORDERING = """\
Put these functions in order by how many turns their loops take in all when `n` is large, the one that takes the fewest
first: {names}.

A turn is one run through the body of a loop; those of loops inside other loops count too. From some `n` on, the order
is always the same.

Answer with a list of the {count} names in quotes, in a fenced code block, like this one, which is not the right order:

    {example}
"""


def make(recipe: Recipe, variant: bytes = b"") -> Made:
    """A question about a program in the recipe's language."""
    start = f"analysis/{recipe.seed}/{recipe.depth}"
    sort = seeded(start).choice(SORTS)
    rng = seeded(f"{start}/{variant.hex()}")
    if sort == "ordering":
        return _ordering(recipe, variant, seeded(f"{start}/skeleton"), rng)
    made = synthesise(recipe.seed, recipe.depth, variant)
    question = finding(made, recipe.language, rng) if sort == "finding" else None
    sort = "predicting" if question is None else sort
    question = question or predicting(made, recipe.language)
    return _made(recipe, variant, question, made.features, f"{sort}/{made.behaviour}")


def _ordering(recipe: Recipe, variant: bytes, skeleton: random.Random, rng: random.Random) -> Made:
    """Functions to be put in order."""
    ranked = growth.rank(skeleton, rng, recipe.depth)
    right = [spelt(recipe.language, function.name) for function in ranked.functions]
    shuffled = rng.sample(ranked.functions, len(right))
    while shuffled == list(ranked.functions):
        shuffled = rng.sample(ranked.functions, len(right))
    mixed = [spelt(recipe.language, function.name) for function in shuffled]
    code = emit(Program(tuple(shuffled)), recipe.language)
    title = TITLES.get(recipe.language, recipe.language.capitalize())
    about = {"title": title, "language": recipe.language, "code": code.rstrip()}
    names = ", ".join(f"`{name}`" for name in mixed[:-1]) + f" and `{mixed[-1]}`"
    shown = PROGRAM.format(**about) + ORDERING.format(names=names, count=len(mixed), example=_listed(mixed))
    question = Question(
        shown=shown,
        name="",
        tests=Static(answer="value", expected=repr(right)),
        right=fenced(_listed(right)),
        wrong=(fenced(_listed(mixed)), fenced(_listed(right[::-1]))),
    )
    features = {
        "blocks": float(len(right)),
        "stages": float(len(right)),
        "weight": float(sum(ranked.weights)),
        "hardest": float(max(ranked.weights)),
        "nested": 0.0,
        "steps": float(sum(turns[0] for turns in ranked.turns)),
        "lines": float(code.count("\n")),
    }
    behaviour = hashlib.sha256(emit(Program(ranked.functions), "python").encode()).hexdigest()
    return _made(recipe, variant, question, features, f"ordering/{behaviour}")


def _made(
    recipe: Recipe, variant: bytes, question: Question, features: Mapping[str, float], behaviour: str
) -> Made:  # fmt: skip
    salt = f"-{variant.hex()[:16]}" if variant else ""
    problem = Problem(
        task_id=f"analysis/{recipe.seed}-{recipe.depth}{salt}/{recipe.language}",
        prompt="",
        entry_point=question.name,
        tests=question.tests,
        canonical_solution=question.right,
        shown=question.shown,
        difficulty=f"{features['weight']:.0f}",
    )
    return Made(
        recipe=recipe,
        variant=variant,
        problem=problem,
        right=question.right,
        wrong=question.wrong,
        features=features,
        behaviour=hashlib.sha256(behaviour.encode()).hexdigest(),
    )


def _listed(names: list[str]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"
