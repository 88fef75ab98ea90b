"""Refactoring: a correct program that is hard to follow, and what does the same has to be written simply."""

import random
from dataclasses import replace

from evaluator.graders.refactoring import WEIGHTS
from evaluator.metrics import measure
from evaluator.protocol import Problem
from evaluator.suites import Calls, Measures, Refactoring
from validator.errors import Fault, SynthesisError
from validator.problems.kinds.generation import fenced
from validator.problems.protocol import Made, Recipe
from validator.problems.synthesis import Synthesised, as_problem, inputs, synthesise, targets
from validator.problems.synthesis.asking import TITLES
from validator.problems.synthesis.emitting.printer import emit
from validator.problems.synthesis.evaluating import Evaluator
from validator.problems.synthesis.inputs import shapes
from validator.problems.synthesis.tree import Program
from validator.problems.synthesis.trying import MOST_STEPS, Case
from validator.problems.tangling import renamed, tangled

LANGUAGES = tuple(("", language) for language in targets())
COMPILED = frozenset({"c", "cpp", "go", "java", "rust"})
"""Where each wrong answer costs a compiler's time: one stands for all."""
ATTEMPTS = 6
SEEDS, STRIDE = 20, 10**9
DRAWN = 16
"""Random inputs, beside the hidden cases and the examples."""
LEAST_COMPLEXITY, LEAST_TOKENS = 1.5, 1.15
"""How often the clean program's the measures of the tangled one have to be."""
SHOWN = """\
This {title} program is correct, but hard to follow. Refactor it: write a program that does exactly the same and is as \
simple as you can make it.

```{language}
{source}
```

{domain}

- `{name}` keeps its name, its parameters, and its results for all such inputs; hidden tests call it with many of \
them{inside}. Nothing else is called from outside: add functions or take some away, as you like, and use the standard \
library.
- What counts is how much simpler the program becomes, by four measures. {complexity:.0%}: its decisions, each of \
which counts once, and once more for each level that it is nested in others. {tokens:.0%}: its length in tokens. \
{depth:.0%}: the number of levels where it is nested most. {repeated:.0%}: what is said again elsewhere, whatever the \
names in it are.
- Other names, comments, and another layout change none of these. Loops, `if`, `else`, logical operators, conditional \
expressions, comprehensions and functions in expressions all are decisions. Programs that make code out of text, or \
look at themselves, are not accepted.
- Your score is the share of the gain that a clean version has; at least {enough:.0%} are needed to pass.

Answer with the whole program in one fenced code block.
"""


def make(recipe: Recipe, variant: bytes = b"") -> Made:
    """A program to be made simple, judged by its behaviour and its measures."""
    made = _without_classes(recipe, variant)
    language = recipe.language
    clean = measure(language, made.reference(language))
    program, given = _tangled(made, language, clean)
    problem = _problem(made, language, program, given, clean)
    worse = replace(program.entry, body=renamed(program.entry).body)
    other_names = emit(Program((*program.functions[:-1], worse)), language)
    wrong = [_minified(other_names, language)]
    if language not in COMPILED:
        wrong += [emit(program, language), other_names]
    return Made(
        recipe=recipe,
        variant=variant,
        problem=problem,
        right=fenced(problem, made.reference(language)),
        wrong=tuple(fenced(problem, code) for code in wrong),
        features={**made.features, "tangle": given.complexity / max(1, clean.complexity), "longer": given.tokens},
        behaviour=made.behaviour,
    )


def _without_classes(recipe: Recipe, variant: bytes) -> Synthesised:
    """The problem of the recipe's seed, or of the first further one that needs no class: those are not tangled."""
    for turn in range(SEEDS):
        made = synthesise(recipe.seed + turn * STRIDE, recipe.depth, variant)
        if not any(function.classes for function in made.program.functions):
            return made
    raise SynthesisError(f"{SEEDS} problems of depth {recipe.depth} from seed {recipe.seed} on all have classes")


def _tangled(made: Synthesised, language: str, clean: Measures) -> tuple[Program, Measures]:
    """A program that is worse by far, and does the same in all cases. Raises SynthesisError."""
    for attempt in range(ATTEMPTS):
        start = f"tangle/{made.seed}/{made.depth}/{made.variant.hex()}/{attempt}"
        program = tangled(made.program, random.Random(start))  # noqa: S311  no secret
        given = measure(language, emit(program, language))
        worse = given.complexity >= LEAST_COMPLEXITY * clean.complexity and given.depth >= clean.depth
        if worse and given.tokens >= LEAST_TOKENS * clean.tokens and _same(made, program):
            return program, given
    raise SynthesisError(f"nothing to tangle in the problem of depth {made.depth} from seed {made.seed}")


def _same(made: Synthesised, program: Program) -> bool:
    evaluate = Evaluator(program, 2 * MOST_STEPS)
    try:
        return all(evaluate(*arguments) == result for arguments, result in (*made.examples, *made.hidden))
    except Fault:
        return False


def _problem(made: Synthesised, language: str, program: Program, given: Measures, clean: Measures) -> Problem:
    asked = as_problem(replace(made, hidden=(*made.hidden, *made.examples, *_drawn(made))), language)
    assert isinstance(asked.tests, Calls)
    tests = Refactoring(calls=asked.tests, given=given, clean=clean)
    inside = "; it stays a static method of the class `Solution`" if language == "java" else ""
    shown = SHOWN.format(
        title=TITLES.get(language, language.capitalize()),
        language=language,
        source=emit(program, language).strip(),
        domain=made.statement.split("\n\n")[1],
        name=made.entry_point(language),
        inside=inside,
        enough=tests.enough,
        **WEIGHTS,
    )
    task = asked.task_id.replace("synthesis/", "refactoring/", 1)
    return asked.model_copy(update={"task_id": task, "tests": tests, "shown": shown})


def _drawn(made: Synthesised) -> list[Case]:
    """More cases, from random inputs."""
    rng = random.Random(f"inputs/{made.seed}/{made.depth}/{made.variant.hex()}")  # noqa: S311  no secret
    evaluate = Evaluator(made.program, MOST_STEPS)
    cases: list[Case] = []
    for arguments in inputs.draw(shapes()[made.shape], rng, (), DRAWN):
        try:
            cases.append((arguments, evaluate(*arguments)))
        except Fault:
            continue
    return cases


def _minified(code: str, language: str) -> str:
    """The same program without blank lines and with as little indentation as it can have."""
    lines = [line for line in code.splitlines() if line.strip()]
    if language != "python":
        return "\n".join(line.strip() for line in lines) + "\n"
    return "\n".join(" " * ((len(line) - len(line.lstrip())) // 4) + line.strip() for line in lines) + "\n"
