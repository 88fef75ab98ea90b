"""A synthesised problem as the evaluator's Problem, in any of the languages."""

from collections.abc import Sequence
from typing import Any

from evaluator.graders.types import Kind, Type
from evaluator.protocol import Problem
from evaluator.suites import CallCase, Calls, Tolerance
from validator.problems.synthesis import tree
from validator.problems.synthesis.emitting.naming import spelt
from validator.problems.synthesis.emitting.printer import declarations, emit, signature
from validator.problems.synthesis.making import Synthesised
from validator.problems.synthesis.trying import Case

CLOSE = Tolerance(relative=1e-9, absolute=1e-9)
TITLES = {"cpp": "C++", "c": "C", "javascript": "JavaScript"}


def as_problem(made: Synthesised, language: str) -> Problem:
    """The problem in ``language``, with the hidden cases as its tests. Raises UnknownTarget."""
    name = f"synthesis/{made.seed}-{made.depth}{'-' if made.variant else ''}{made.variant.hex()[:16]}/{language}"
    asked = _problem(name, made.program, made.hidden, language)
    return asked.model_copy(update={"shown": shown(made, language), "difficulty": f"{made.features['weight']:.0f}"})


def shown(made: Synthesised, language: str) -> str:
    """The statement, and how the function is written in ``language``. Raises UnknownTarget."""
    statement = made.statement.replace(made.program.entry.name, made.entry_point(language))
    return f"{statement}\n{heading(made, language)}"


def heading(made: Synthesised, language: str) -> str:
    """How the function is written in ``language``, with the types that it needs. Raises UnknownTarget."""
    title = TITLES.get(language, language.capitalize())
    lines = [declarations(made.program, language), signature(made.program.entry, language)]
    code = "\n\n".join(line for line in lines if line)
    inside = ", as a static method of the class `Solution`" if language == "java" else ""
    return f"Write it in {title}{inside}, with this signature:\n\n```{language}\n{code}\n```\n"


def together(problems: Sequence[Synthesised], language: str) -> Problem:
    """Problems of the same types as one, so that a compiler is started once for all. Raises UnknownTarget.

    Its function takes one argument more, which says which of them is called; ``canonical_solution`` solves it.
    """
    first = problems[0].program.entry
    which = tree.Name(tree.INT, "which")
    functions: list[tree.Function] = []
    body: list[tree.Statement] = []
    given = tuple((f"given_{n}", kind) for n, (_, kind) in enumerate(first.parameters))
    for n, problem in enumerate(problems):
        functions += [tree.renamed(function, f"_{n}") for function in problem.program.functions]
        call = tree.Call(first.result, functions[-1].name, tuple(tree.Name(kind, name) for name, kind in given))
        chosen = tree.Operation(tree.BOOL, "eq", (which, tree.Literal(tree.INT, n)))
        last = n + 1 == len(problems)
        body.append(tree.Return(call) if last else tree.If(chosen, (tree.Return(call),)))
    entry = tree.Function("solve_all", (("which", tree.INT), *given), first.result, tuple(body))
    cases = [((n, *values), result) for n, problem in enumerate(problems) for values, result in problem.hidden]
    return _problem(f"synthesis/together/{language}", tree.Program((*functions, entry)), cases, language)


def _problem(task_id: str, program: tree.Program, cases: Sequence[Case], language: str) -> Problem:
    kinds = [kind for _, kind in program.entry.parameters]
    calls = tuple(
        CallCase(
            arguments=tuple(plain(kind, value) for kind, value in zip(kinds, values, strict=True)),
            expected=plain(program.entry.result, result),
        )
        for values, result in cases
    )
    floats = any(part.kind is Kind.FLOAT for part in program.entry.result.parts())
    tests = Calls(
        parameters=tuple(map(str, kinds)),
        result=str(program.entry.result),
        cases=calls,
        tolerance=CLOSE if floats else None,
    )
    return Problem(
        task_id=task_id,
        prompt="",
        entry_point=spelt(language, program.entry.name),
        tests=tests,
        canonical_solution=emit(program, language),
        language=language,
    )


def plain(kind: Type, value: Any) -> Any:
    """As a problem spells it: JSON, with pairs for a map."""
    match kind.kind:
        case Kind.LIST:
            return [plain(kind.of[0], item) for item in value]
        case Kind.TUPLE:
            return [plain(held, item) for held, item in zip(kind.of, value, strict=True)]
        case Kind.MAP:
            return [[plain(kind.of[0], key), plain(kind.of[1], item)] for key, item in sorted(value.items())]
        case Kind.OPTIONAL:
            return None if value is None else plain(kind.of[0], value)
    return value
