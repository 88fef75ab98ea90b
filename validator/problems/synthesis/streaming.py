"""A synthesised problem as a whole program: what it reads, what it writes, and what it is judged by."""

from evaluator.graders.types import Kind, Type
from evaluator.protocol import Problem
from evaluator.suites import Comparison, Stdio, StdioCase
from validator.problems.synthesis.asking import CLOSE, TITLES
from validator.problems.synthesis.emitting.whole import can_stand_alone, whole, written
from validator.problems.synthesis.inputs import Arguments
from validator.problems.synthesis.making import Synthesised
from validator.problems.synthesis.trying import Case

SHOWN = """\
Write a whole program in {title}. It reads from standard input what a function would be given as its arguments, and
writes to standard output what the function would return. This is what the function does; there need not be one in your
program:

{task}

Input: {reads}

Output: {writes}

{examples}
Answer with the whole program in one code block.
"""
ITEM = {
    Kind.INT: "an integer",
    Kind.FLOAT: "a number",
    Kind.STRING: "a string as it is, without quotes",
    Kind.BOOL: "`true` or `false`",
}
COMPARISONS = {Kind.STRING: Comparison.UNORDERED_LINES}
"""A string is one line, in which white space counts; whatever else is written has no white space of its own."""


def streams(made: Synthesised) -> bool:
    """Whether the problem can be asked for as a whole program."""
    values = [repr(case) for case in (*made.hidden, *made.examples)]
    return can_stand_alone(made.program) and not any("\\n" in value for value in values)


def as_stream(made: Synthesised, language: str) -> Problem:
    """The problem as a whole program in ``language``. Raises UnknownTarget."""
    floats = any(part.kind is Kind.FLOAT for part in made.result.parts())
    comparison = Comparison.FLOATS if floats else COMPARISONS.get(made.result.kind, Comparison.TOKENS)
    cases = tuple(
        StdioCase(stdin=_given(made, arguments).encode(), expected=written(made.result, result).encode())
        for arguments, result in made.hidden
    )
    variant = f"{'-' if made.variant else ''}{made.variant.hex()[:16]}"
    return Problem(
        task_id=f"synthesis/{made.seed}-{made.depth}{variant}/{language}/stdio",
        prompt="",
        entry_point="",
        tests=Stdio(cases=cases, comparison=comparison, tolerance=CLOSE),
        canonical_solution=whole(made.program, language),
        language=language,
        shown=_shown(made, language),
        difficulty=f"{made.features['weight']:.0f}",
    )


def _given(made: Synthesised, arguments: Arguments) -> str:
    return "".join(map(written, made.parameters, arguments))


def _shown(made: Synthesised, language: str) -> str:
    task = made.statement.partition("\nExamples:\n")[0]
    reads = [f"`{name}`, {_format(kind)}" for name, kind in made.program.entry.parameters]
    return SHOWN.format(
        title=TITLES.get(language, language.capitalize()),
        task="\n".join(f"> {line}".rstrip() for line in task.rstrip().splitlines()),
        reads=f"{'; then '.join(reads)}. Nothing else.",
        writes=f"the result, {_format(made.result)}. Nothing else.",
        examples="\n".join(_example(made, case) for case in made.examples),
    )


def _format(kind: Type) -> str:
    if kind.of:
        return (
            f"as a line with the number of its items, and then each item in a line of its own: {ITEM[kind.of[0].kind]}"
        )
    return f"in one line, {ITEM[kind.kind]}"


def _example(made: Synthesised, case: Case) -> str:
    arguments, result = case
    given, wanted = _given(made, arguments), written(made.result, result)
    return f"Example input:\n\n```\n{given}```\n\nand its output:\n\n```\n{wanted}```\n"
