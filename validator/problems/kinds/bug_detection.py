"""Bug detection: a task, and a program for it that has one bug; its line and its kind are asked for.

The lines are numbered from a number that the variant draws, so that an answer to another variant is wrong even where
both have their bug in the same place.
"""

import hashlib
import json

from evaluator.graders.bug import MOST_NAMED, PLACE
from evaluator.protocol import Problem
from evaluator.suites import Bug
from validator.problems.kinds.repair import quoted
from validator.problems.protocol import Made, Recipe
from validator.problems.synthesis import Synthesised, as_problem, synthesise, targets
from validator.problems.synthesis.asking import TITLES
from validator.problems.synthesis.slips.drawing import first, share
from validator.problems.synthesis.slips.making import Slip
from validator.problems.synthesis.slips.operators import WORDS
from validator.problems.synthesis.trying import seeded

LANGUAGES = tuple(("", language) for language in targets())
HIGHEST = 600
"""Where the numbers of the lines may begin."""
KINDS = tuple(sorted(kind.value for kind in WORDS))
SHOWN = """\
Someone was given this task:

{task}

The {title} program below was written for it. One place in it was changed, so that for some arguments it now returns a
wrong result, or none. All the rest of it is right. Its lines are numbered as in the file that it is a part of, from
{first} to {last}; the numbers do not belong to the program.

```
{program}
```

Say which line has to be corrected, and what kind of bug it has. If something is missing, name the line before or the
line behind the place where it belongs. These are the kinds:

{kinds}

Answer with a JSON object such as

    {example}

with exactly these two keys. You may explain before it; the last such object counts. You may name up to {most} lines,
but what an answer earns is multiplied by the share of them that is right. The right line with another kind earns
{place:.0%} of the whole, and the kind alone nothing.
"""


def make(recipe: Recipe, variant: bytes = b"") -> Made:
    """A program with one bug, to be found."""
    made = synthesise(recipe.seed, recipe.depth, variant)
    ((slip, buggy, lines),) = first(made, recipe.language, "bug detection", 1)
    start = seeded(f"lines/{recipe.seed}/{recipe.depth}/{variant.hex()}").randint(1, HIGHEST)
    problem = _problem(made, recipe.language, buggy, slip, tuple(start - 1 + line for line in lines), start)
    return Made(
        recipe=recipe,
        variant=variant,
        problem=problem,
        right=_answer(problem, lines[0] + start - 1, slip.bugs[0]),
        wrong=_wrong(problem, lines, start, buggy.count("\n"), slip),
        features={**made.features, "hard_to_notice": 1 - share(made, slip)},
        behaviour=hashlib.sha256(f"{made.behaviour}/{slip.program!r}/lines".encode()).hexdigest(),
    )


def _problem(made: Synthesised, language: str, buggy: str, slip: Slip, lines: tuple[int, ...], start: int) -> Problem:
    asked = as_problem(made, language)
    code = buggy.rstrip("\n").split("\n")
    numbered = (f"{start + n:>4}  {line}".rstrip() for n, line in enumerate(code))
    shown = SHOWN.format(
        task=quoted(made.statement.replace(made.program.entry.name, made.entry_point(language))),
        title=TITLES.get(language, language.capitalize()),
        first=start,
        last=start + len(code) - 1,
        program="\n".join(numbered),
        kinds="\n".join(f"- `{kind}`: {words}" for kind, words in sorted(WORDS.items())),
        example=json.dumps({"lines": [start], "bug": KINDS[0]}),
        most=MOST_NAMED,
        place=PLACE,
    )
    task_id = asked.task_id.replace("synthesis", "bug_detection", 1)
    tests = Bug(lines=lines, bugs=tuple(bug.value for bug in slip.bugs), kinds=KINDS)
    return asked.model_copy(update={"task_id": task_id, "shown": shown, "tests": tests, "canonical_solution": ""})


def _answer(problem: Problem, line: int, kind: str) -> str:
    found = json.dumps({"lines": [line], "bug": kind})
    return f"The bug is in line {line} of the {problem.language} program.\n\n{found}\n"


def _wrong(problem: Problem, lines: tuple[int, ...], start: int, count: int, slip: Slip) -> tuple[str, ...]:
    """Another line, and another kind."""
    other_line = next(line for line in range(1, count + 1) if line not in lines)
    other_kind = next(kind for kind in KINDS if kind not in slip.bugs)
    return (
        _answer(problem, start - 1 + other_line, slip.bugs[0]),
        _answer(problem, start - 1 + lines[0], other_kind),
    )
