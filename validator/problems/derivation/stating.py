"""Statements of derived problems: what is given, the benchmark's task, what is done with its answer."""

import random
from collections.abc import Sequence
from typing import Any

from evaluator.graders.types import Kind, Type
from validator.problems.derivation.drawing import Drawn, items, reworded
from validator.problems.derivation.planning import Form
from validator.problems.synthesis.trying import Case
from validator.problems.synthesis.wording import continued, described, spelt

LEADS = ("Do this, in this order:", "The result is found in these steps:", "Carry out the following steps:")
OPENINGS = (
    "Write a function `{name}` that takes {parameters} and returns {result}.",
    "Implement `{name}`: it is given {parameters}, and returns {result}.",
    "Your task is a function `{name}`, called with {parameters}, whose result is {result}.",
)
OUTCOME = "outcome"


def state(drawn: Drawn, cases: Sequence[Case], examples: Sequence[Case], rng: random.Random) -> str:
    """The statement; ``cases`` are all that there are, and say how large arguments are."""
    names = [drawn.outer[place] for place in drawn.order]
    listed = [f"`{name}` ({described(kind)})" for name, kind in zip(names, drawn.kinds, strict=True)]
    opening = rng.choice(OPENINGS).format(
        name=drawn.realised.program.entry.name,
        parameters=" and ".join([", ".join(listed[:-1]), listed[-1]] if len(listed) > 1 else listed),
        result=described(drawn.result),
    )
    columns = zip(*(arguments for arguments, _ in cases), strict=True)
    sizes = [
        f"`{name}` is {_sized(kind, column)}." for name, kind, column in zip(names, drawn.kinds, columns, strict=True)
    ]
    steps = _steps(drawn, rng)
    numbered = "\n".join([rng.choice(LEADS), *(f"{n}. {step}" for n, step in enumerate(steps, 1))])
    terms = [" ".join(drawn.realised.terms)] if drawn.realised.terms else []
    parts = [opening, " ".join(sizes), *terms, numbered]
    if drawn.realised.notes:
        parts.append("\n".join(f"- {note}" for note in drawn.realised.notes))
    parts.append("Examples:\n" + "\n".join(f"    {_example(drawn, case)}" for case in examples))
    return "\n\n".join(parts) + "\n"


def _example(drawn: Drawn, case: Case) -> str:
    given = ", ".join(map(spelt, drawn.kinds, case[0]))
    return f"{drawn.realised.program.entry.name}({given}) -> {spelt(drawn.result, case[1])}"


def _steps(drawn: Drawn, rng: random.Random) -> list[str]:
    steps: list[str] = []
    if drawn.recoding is not None:
        place = drawn.plan.recoded
        said = drawn.recoding.say.replace("{x}", f"`{drawn.outer[place]}`")
        steps.append(f"{said}. Call what comes of it `{drawn.inner[place]}`.")
    steps += _tasks(drawn)
    first, *rest = continued(drawn.realised, rng)
    return [*steps, f"Go on with `{OUTCOME}`. {first}", *rest]


def _tasks(drawn: Drawn) -> list[str]:
    texts = [
        reworded(base.original.chosen.text, base, number, items(drawn, place))
        for place, (base, number) in enumerate(zip(drawn.plan.bases, drawn.numbers, strict=True))
    ]
    if drawn.plan.form is Form.PAIR:
        assert drawn.join is not None
        joined = drawn.join.say.replace("{p}", "`first`").replace("{q}", "`second`")
        called = [_solved(text, name) for text, name in zip(texts, ("first", "second"), strict=True)]
        return [*called, f"Let `{OUTCOME}` be {joined}."]
    (text,) = texts
    if drawn.plan.form is Form.SINGLE:
        return [_solved(text, OUTCOME)]
    names = items(drawn, 0)
    item = f"`{names[0]}`" if len(names) == 1 else f"({', '.join(f'`{name}`' for name in names)})"
    whole = f"`{drawn.inner[0]}`"
    return [f'For each element {item} of {whole}, solve this task: "{text}" {_gathered(drawn.plan.form, whole)}']


def _solved(text: str, name: str) -> str:
    return f'Solve this task: "{text}" Call the answer `{name}`.'


def _gathered(form: Form, whole: str) -> str:
    match form:
        case Form.KEPT:
            what = f"the list of those elements of {whole} for which the answer is true, in their order"
        case Form.PLACES:
            what = (
                f"the list of the indices (from 0) in {whole} of those elements for which the answer is true, ascending"
            )
        case Form.FLAT:
            what = "one list of the elements of all answers, in their order"
        case _:
            what = "the list of the answers, in their order"
    return f"Let `{OUTCOME}` be {what}."


def _sized(kind: Type, column: Sequence[Any]) -> str:
    """A type in English, with how large its values are."""
    match kind.kind:
        case Kind.INT | Kind.FLOAT:
            what = "an integer" if kind.kind is Kind.INT else "a number"
            return f"{what} from {min(column)} to {max(column)}"
        case Kind.STRING:
            return f"a string of {_range([len(value) for value in column])} characters"
        case Kind.LIST:
            inner = [item for value in column for item in value]
            return f"a list of {_range([len(value) for value in column])} {_many(kind.of[0], inner)}"
    return described(kind)


def _many(kind: Type, values: Sequence[Any]) -> str:
    match kind.kind:
        case Kind.INT | Kind.FLOAT if values:
            what = "integers" if kind.kind is Kind.INT else "numbers"
            return f"{what} from {min(values)} to {max(values)}"
        case Kind.STRING if values:
            return f"strings of {_range([len(value) for value in values])} characters"
        case Kind.LIST if values:
            return f"lists of {_range([len(value) for value in values])} elements"
        case Kind.TUPLE:
            return f"{'pairs' if len(kind.of) == 2 else 'triples'} ({', '.join(map(described, kind.of))})"
    return "elements"


def _range(sizes: Sequence[int]) -> str:
    least, most = min(sizes), max(sizes)
    return str(least) if least == most else f"{least} to {most}"
