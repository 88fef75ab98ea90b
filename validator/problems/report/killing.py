"""How many mutants the hidden cases of problems kill: of those that any case kills, through the real grader."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice

from evaluator.protocol import Executor
from validator.problems.mutation import Trial, distinct, mutants
from validator.problems.synthesis import Synthesised, as_problem
from validator.problems.synthesis.evaluating import Evaluator
from validator.problems.synthesis.inputs import draw, shapes
from validator.problems.synthesis.trying import Case

OTHERS = 100
MUTANTS = 15


@dataclass(frozen=True, slots=True)
class Killed:
    """Mutants of so many problems' references. ``killable`` are those that a hidden case or another one kills."""

    problems: int
    mutants: int
    killable: int
    killed: int
    """By a hidden case."""


def others(problem: Synthesised, count: int) -> list[Case]:
    """Inputs that had nothing to do with how the problem was made, and their results."""
    evaluate, rng = Evaluator(problem.program), random.Random(problem.seed)  # noqa: S311  a draw, not a secret
    return [(given, evaluate(*given)) for given in draw(shapes()[problem.shape], rng, (), count)]


async def killed(problems: Iterable[Synthesised], executor: Executor) -> Killed:
    """What becomes of MUTANTS mutants of each problem's reference in Python, tried on its cases and OTHERS more.

    Raises what executors raise.
    """
    known, caught = 0, 0
    trials: list[Trial] = []
    for problem in problems:
        everything = as_problem(replace(problem, hidden=(*problem.hidden, *others(problem, OTHERS))), "python")
        names = [function.name for function in problem.program.functions]
        made = mutants("python", problem.reference("python"), names[-1], problem.seed, tuple(names[:-1]))
        found = await distinct(everything, list(islice(made, MUTANTS)), [executor])
        known += 1
        trials += found
        caught += sum(trial.killed and min(trial.kills) < len(problem.hidden) for trial in found)
    return Killed(known, len(trials), sum(trial.killed for trial in trials), caught)
