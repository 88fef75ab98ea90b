"""Documentation: a function is shown, and its docstring is to be written, with examples that tell it from mistakes."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evaluator.graders.types import Kind
from evaluator.protocol import Problem
from evaluator.suites import Docstring
from validator.errors import SynthesisError
from validator.problems.kinds.mistakes import Mistake, mistakes
from validator.problems.protocol import Made, Recipe
from validator.problems.synthesis import Synthesised, synthesise
from validator.problems.synthesis.trying import Case

LANGUAGES = (("", "python"),)
COPIES, FEWEST = 10, 5
"""How many mistaken copies there are apart from those of a check, and without how many it is no problem."""
CHECKED = 0.6
"""The share of the problems whose function checks what it is given."""
SHOWN = """\
Write the docstring of the Python function `{name}`, the last one below.

```python
{source}
```

Apart from its examples, the docstring says in words what the function does. It mentions {parameters} by name, and \
what the function returns{raising}. Its examples are written as Python's `doctest` reads them:

    >>> {name}({arguments})
    the value that comes back

- An example is a call of `{name}` in which every argument is a literal, then its result as a literal. There are 1 to \
30 of them. Nothing else may stand behind `>>>`.
- Instead of a result an example may have an exception: the line `Traceback (most recent call last):`, and in the next \
line the name of the exception, a colon and its message.
- A result is compared by value, and every example has to be right. One wrong example, and the answer is worth nothing.
- The examples are then run on {copies} hidden copies of the code above that have one mistake each: another \
comparison, a number that is off by one, a condition turned round, a check that is missing. Your score is the share of \
these copies for which some example comes out differently; at least {enough:.0%} are needed to pass. So give examples \
that reach every branch and every limit.

Answer with the docstring, or with the function that has it, in one fenced code block.
"""


@dataclass(frozen=True, slots=True)
class _Check:
    """What the function does not take: an argument above a limit."""

    place: int
    size: str
    limit: int
    complaint: str

    def lines(self, comparison: str) -> str:
        """As statements of Python."""
        return f'    if {self.size} {comparison} {self.limit}:\n        raise ValueError("{self.complaint}")\n'


@dataclass(frozen=True, slots=True)
class _Told:
    """An example, and the copies that it tells from the function."""

    written: str
    copies: frozenset[int]


def make(recipe: Recipe, variant: bytes = b"") -> Made:
    """A docstring to be written, judged by the mistakes that its examples would show."""
    made = synthesise(recipe.seed, recipe.depth, variant)
    found = mistakes(made, COPIES)
    if len(found) < FEWEST:
        raise SynthesisError(f"only {len(found)} mistakes in the problem of depth {recipe.depth} from {recipe.seed}")
    check = _check(made)
    told = _examples(made, found, check)
    problem = _problem(made, found, check)
    weakest = min(told, key=lambda one: len(one.copies))
    tests = problem.tests
    assert isinstance(tests, Docstring)
    if len(weakest.copies) >= tests.enough * len(tests.mutants):
        raise SynthesisError(f"any example would do for the problem of depth {recipe.depth} from {recipe.seed}")
    right, words = _cover(told, len(tests.mutants)), _words(made, check)
    return Made(
        recipe=recipe,
        variant=variant,
        problem=problem,
        right=_answer(words, [one.written for one in right]),
        wrong=(
            _answer(words, [*(one.written for one in right), _untrue(made)]),
            _answer(words, [weakest.written]),
            _answer("It returns something.", [one.written for one in right]),
        ),
        features={**made.features, "copies": len(tests.mutants), "checked": float(check is not None)},
        behaviour=made.behaviour,
    )


def _problem(made: Synthesised, found: Sequence[Mistake], check: _Check | None) -> Problem:
    source = _checked(made.reference("python"), made, check, ">")
    copies = [_checked(one.source, made, check, ">") for one in found]
    if check:
        copies += [_checked(made.reference("python"), made, check, ">="), made.reference("python")]
    parameters = tuple((name, str(kind)) for name, kind in made.program.entry.parameters)
    raises = ("ValueError",) if check else ()
    tests = Docstring(source=source, mutants=copies, parameters=parameters, result=str(made.result), raises=raises)
    shown = SHOWN.format(
        name=made.entry_point("python"),
        source=source.strip(),
        parameters=" and ".join(f"`{name}`" for name, _ in parameters),
        raising=", and names the exception that it raises" if check else "",
        arguments=", ".join("..." for _ in parameters),
        copies=len(copies),
        enough=tests.enough,
    )
    name = f"documentation/{made.seed}-{made.depth}{'-' if made.variant else ''}{made.variant.hex()[:16]}/python"
    return Problem(
        task_id=name,
        prompt="",
        entry_point=made.entry_point("python"),
        tests=tests,
        canonical_solution=source,
        shown=shown,
        difficulty=f"{made.features['weight']:.0f}",
    )


def _check(made: Synthesised) -> _Check | None:
    """A limit that no case is above, and one is at; or none."""
    rng = random.Random(f"check/{made.seed}/{made.depth}/{made.variant.hex()}")  # noqa: S311  no secret
    if rng.random() >= CHECKED:
        return None
    place = rng.randrange(len(made.parameters))
    name, kind = made.program.entry.parameters[place]
    whole = kind.kind is Kind.INT
    limit = max(_size(arguments[place]) for arguments, _ in (*made.examples, *made.hidden))
    size = name if whole else f"len({name})"
    words = ("{} is too large", "too large: {}") if whole else ("{} is too long", "too many in {}")
    return _Check(place, size, limit, rng.choice(words).format(name))


def _size(value: Any) -> int:
    return value if isinstance(value, int) else len(value)


def _checked(source: str, made: Synthesised, check: _Check | None, comparison: str) -> str:
    """``source`` with the check at the beginning of the function."""
    if check is None:
        return source
    before, head, rest = source.rpartition(f"def {made.entry_point('python')}(")
    signature, end, body = rest.partition(":\n")
    return f"{before}{head}{signature}{end}{check.lines(comparison)}{body}"


def _examples(made: Synthesised, found: Sequence[Mistake], check: _Check | None) -> list[_Told]:
    """Every case as an example, and one that the check refuses."""
    told = []
    for number, case in enumerate((*made.examples, *made.hidden)):
        copies = {place for place, one in enumerate(found) if number in one.told_by}
        if check and _size(case[0][check.place]) == check.limit:
            copies.add(len(found))
        told.append(_Told(_written(made, case), frozenset(copies)))
    if check:
        arguments = list(next(given for given, _ in (*made.examples, *made.hidden) if _size(given[check.place])))
        value = arguments[check.place]
        larger = check.limit + 1 if isinstance(value, int) else (value * (check.limit + 1))[: check.limit + 1]
        arguments[check.place] = larger
        call = f">>> {made.entry_point('python')}({', '.join(map(repr, arguments))})"
        raised = f"Traceback (most recent call last):\n    ...\nValueError: {check.complaint}"
        told.append(_Told(f"{call}\n{raised}", frozenset({len(found) + 1})))
    return told


def _cover(told: Sequence[_Told], copies: int) -> list[_Told]:
    """Examples that tell every copy, each of them more than those before it."""
    left, chosen = set(range(copies)), []
    while left:
        best = max(told, key=lambda one: len(one.copies & left))
        chosen.append(best)
        left -= best.copies
    return chosen


def _written(made: Synthesised, case: Case) -> str:
    arguments, result = case
    return f">>> {made.entry_point('python')}({', '.join(map(repr, arguments))})\n{result!r}"


def _untrue(made: Synthesised) -> str:
    """An example with the result of another one."""
    (arguments, result), *others = (*made.examples, *made.hidden)
    return _written(made, (arguments, next(other for _, other in others if other != result)))


def _words(made: Synthesised, check: _Check | None) -> str:
    """The statement without its examples, and what the function returns and raises."""
    statement = made.statement.partition("Examples:")[0].strip()
    raises = f"\n\nRaises ValueError if {check.size} is above {check.limit}." if check else ""
    return f"{statement}\n\nReturns the result of the last step.{raises}"


def _answer(words: str, examples: Sequence[str]) -> str:
    """A docstring as a model would show it."""
    return "```\n" + "\n\n".join([words, *examples]) + "\n```\n"
