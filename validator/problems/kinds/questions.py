"""Questions about what a program does, with answers that are values: what it returns, what makes it return that.

A blind guess is right in well under a fifth of the cases: results are asked for by the handful, and the result that an
input is wanted for is one that no edge case, and hardly any random input, has.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evaluator.graders.arguments import HEAVIEST, LARGEST
from evaluator.graders.types import Kind, Type
from evaluator.suites import Arguments, Static
from validator.errors import Fault
from validator.problems.synthesis import Synthesised
from validator.problems.synthesis.asking import CLOSE, TITLES
from validator.problems.synthesis.emitting.naming import spelt
from validator.problems.synthesis.evaluating import Evaluator
from validator.problems.synthesis.inputs import draw, shapes
from validator.problems.synthesis.trying import MOST_STEPS, Case

ASKED, ASKED_OF_FEW = 3, 6
"""How many results are asked for; the latter where there are not so many that differ."""
DRAWN = 40
"""Random inputs, at most one of which may give the result that an input is wanted for."""
NOTATION = {
    Kind.FLOAT: "floating-point numbers with a point (2.0)",
    Kind.BOOL: "truth values as True and False",
    Kind.STRING: 'strings in quotes ("ab")',
    Kind.LIST: "lists as [1, 2]",
    Kind.TUPLE: "pairs as (1, 2)",
    Kind.MAP: "maps as {1: 2}",
    Kind.OPTIONAL: "None where there is no value",
}
PROGRAM = """\
This is a program in {title}:

```{language}
{code}
```

"""
PREDICTING = """\
What does `{name}` return for each of these arguments? They are in Python's notation; the calls are independent.

{calls}

Answer with one list of the {count} results, in this order, in a fenced code block. Write it in Python's notation,
whatever language the program is in{notation}.
For instance, `{example}` returns `{result}`, in this notation.
"""
FINDING = """\
With which arguments does `{name}` return exactly this result, which is in Python's notation?

    {target}

{given}
All arguments that are so and give this result are right.

Answer with the arguments alone, separated by commas if there are several, in a fenced code block. No calls and no
operators, at most {heaviest:,} values and characters, and no number beyond {largest:,}. Write them in Python's
notation, whatever language the program is in{notation}.
For instance, `{example}` would be an answer if the result were to be `{result}`.
"""


@dataclass(frozen=True, slots=True)
class Question:
    """What is put to a miner, and how its answer is judged."""

    shown: str
    name: str
    """Of the function that it is about."""
    tests: Static | Arguments
    right: str
    wrong: tuple[str, ...]


def predicting(made: Synthesised, language: str) -> Question:
    """What the program returns for a few inputs. Raises UnknownTarget."""
    cases = _telling(made.hidden)
    results = [result for _, result in cases]
    name, (example, result) = made.entry_point(language), _instance(made)
    shown = _program(made, language) + PREDICTING.format(
        name=name,
        calls="\n".join(f"{number}. `{name}({_spelt(given)})`" for number, (given, _) in enumerate(cases, 1)),
        count=len(cases),
        notation=_notation([made.result]),
        example=f"{name}({_spelt(example)})",
        result=repr(result),
    )
    floats = any(part.kind is Kind.FLOAT for part in made.result.parts())
    tests = Static(answer="value", expected=repr(results), tolerance=CLOSE if floats else None)
    turned = [*results[1:], results[0]]
    return Question(shown, name, tests, fenced(repr(results)), (fenced(repr(turned)), fenced(repr(results[:1]))))


def finding(made: Synthesised, language: str, rng: random.Random) -> Question | None:
    """An input that makes the program return what is shown; None if guesses might. Raises UnknownTarget."""
    name, (example, result) = made.entry_point(language), _instance(made)
    case = _rare(made, rng, result)
    if case is None:
        return None
    arguments, target = case
    given = made.statement.split("\n\n")[1]
    for parameter, _ in made.program.entry.parameters:
        given = given.replace(f"`{parameter}`", f"`{spelt(language, parameter)}`")
    shown = _program(made, language) + FINDING.format(
        name=name,
        target=repr(target),
        given=given,
        notation=_notation(made.parameters),
        heaviest=HEAVIEST,
        largest=LARGEST,
        example=_spelt(example),
        result=repr(result),
    )
    python = made.entry_point("python")
    source = made.reference("python") + (f"\n\n{name} = {python}\n" if name != python else "")
    tests = Arguments(source=source, expected=repr(target), parameters=tuple(map(str, made.parameters)))
    others = [given for given, result in (*made.examples, *made.hidden) if result != target]
    return Question(shown, name, tests, fenced(_spelt(arguments)), tuple(fenced(_spelt(one)) for one in others[:2]))


def fenced(text: str) -> str:
    """An answer as a model would show it."""
    return f"```python\n{text}\n```\n"


def _program(made: Synthesised, language: str) -> str:
    title = TITLES.get(language, language.capitalize())
    return PROGRAM.format(title=title, language=language, code=made.reference(language).rstrip())


def _telling(cases: Sequence[Case]) -> list[Case]:
    """A few cases with results that differ; more of them where there are not so many results."""
    first: dict[str, Case] = {}
    for case in cases:
        first.setdefault(repr(case[1]), case)
    if len(first) >= ASKED:
        return list(first.values())[:ASKED]
    rest = [case for case in cases if case not in first.values()]
    return [*first.values(), *rest][:ASKED_OF_FEW]


def _instance(made: Synthesised) -> Case:
    """The example that shows most of the notation."""
    return max(made.examples, key=lambda case: len(repr(case)))


def _rare(made: Synthesised, rng: random.Random, shown: Any) -> Case | None:
    """A case whose result is given by nothing that comes to mind: no edge case, no example, not by itself."""
    shape = shapes()[made.shape]
    drawn = [_result(made, given) for given in draw(shape, rng, (), DRAWN)]
    plain = [repr(shown), *(_result(made, given) for given in shape.edges)]
    for case in made.hidden:
        result = repr(case[1])
        is_own = list(made.parameters) == [made.result] and _result(made, (case[1],)) == result
        if result not in plain and drawn.count(result) <= 1 and not is_own:
            return case
    return None


def _result(made: Synthesised, given: tuple[Any, ...]) -> str:
    """What the program returns, as Python spells it; nothing if it is a Fault."""
    try:
        return repr(Evaluator(made.program, MOST_STEPS)(*given))
    except Fault:
        return ""


def _spelt(arguments: Sequence[Any]) -> str:
    return ", ".join(map(repr, arguments))


def _notation(kinds: Sequence[Type]) -> str:
    found = {part.kind for kind in kinds for part in kind.parts()}
    words = [text for kind, text in NOTATION.items() if kind in found]
    return f" ({'; '.join(words)})" if words else ""
