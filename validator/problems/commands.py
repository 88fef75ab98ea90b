"""``lovelace problems``: make problems up, look at them, and see that they can be used."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from validator.problems.protocol import Made, Recipe
    from validator.problems.storing import StoredProblem

MOST_MISSES = 300
"""So many seeds in a row that give nothing mean that none will."""

app = typer.Typer(help="Problems that nobody has seen, made from seeds.", no_args_is_help=True)
KindOption = Annotated[str, typer.Option(help="generation, repair, bug_detection, translation, refactoring, "
                                              "documentation, analysis or test_writing.")]  # fmt: skip
Language = Annotated[str, typer.Option(help="What answers are to be written in, or are about.")]
Given = Annotated[str, typer.Option(help="translation: the language of the program that is shown.")]
Depth = Annotated[int, typer.Option(help="How many building blocks, 2 to 8.")]
Variant = Annotated[str, typer.Option(help="Any word: each miner gets a variant of its own.")]


@app.command()
def generate(
    file: Annotated[Path, typer.Argument(help="JSONL, as `lovelace evaluate --problems` reads it.")],
    count: Annotated[int, typer.Option(help="How many.")] = 100,
    seed: Annotated[int, typer.Option(help="Of the first; the next ones follow.")] = 0,
    kind: KindOption = "generation",
    depth: Depth = 4,
    language: Language = "python",
    given: Given = "",
    variant: Variant = "",
) -> None:
    """Write COUNT problems, no two of which behave alike, with hidden tests, recipe and version."""
    from validator.errors import BadRange
    from validator.problems import storing

    if count < 1:
        raise BadRange(f"count must be at least 1, got {count}")
    first = _recipe(kind, seed, depth, language, given)
    storing.write(file, asyncio.run(_distinct(first, variant.encode(), count)))
    typer.echo(f"{file}: {count} problems")


@app.command()
def show(
    seed: int,
    kind: KindOption = "generation",
    depth: Depth = 4,
    language: Language = "python",
    given: Given = "",
    variant: Variant = "",
    solution: Annotated[bool, typer.Option("--solution", help="Show an answer that is right too.")] = False,
) -> None:
    """Print a problem as its solver sees it."""
    from validator.problems.kinds import make

    made = make(_recipe(kind, seed, depth, language, given), variant.encode())
    typer.echo(made.problem.shown)
    if solution:
        typer.echo(made.right)


@app.command()
def verify(file: Path) -> None:
    """Make each problem again from its recipe, compare, and prove it in the sandbox; exit code 1 if one is at fault."""
    from validator.problems.storing import read

    stored = read(file)
    faults = asyncio.run(_faults(stored))
    for task, why in faults.items():
        typer.echo(f"{task}: {why}")
    typer.echo(f"{len(faults)} of {len(stored)} problems are at fault" if faults else "every problem is proven")
    if faults:
        raise typer.Exit(1)


@app.command()
def write(
    file: Annotated[Path, typer.Argument(help="JSONL; what is kept is added to it.")],
    model: Annotated[str, typer.Option(help="URL of an OpenAI-compatible server, with /v1.")],
    name: Annotated[str, typer.Option(help="Which of its models, if not the first.")] = "",
    solver: Annotated[str, typer.Option(help="URL of the server that solves, if not the same.")] = "",
    count: Annotated[int, typer.Option(min=1, help="How many problems to ask for.")] = 10,
    solutions: Annotated[int, typer.Option(min=1, help="Independent ones that must agree with the reference.")] = 3,
    temperature: Annotated[float, typer.Option(min=0.01, help="Of problems and solutions.")] = 0.8,
) -> None:
    """Let a model write COUNT problems, and keep those that running proves; exit code 1 if that is none."""
    import asyncio

    from evaluator.sampling import Model
    from validator.problems.written.command import kept_of

    writer, other = (Model(url=url, name=name, temperature=temperature, max_tokens=8192) for url in (model, solver))
    kept = asyncio.run(kept_of(file, writer, other if solver else writer, count, solutions, typer.echo))
    typer.echo(f"{file}: {kept} of {count} problems kept")
    if not kept:
        raise typer.Exit(1)


def _recipe(kind: str, seed: int, depth: int, language: str, given: str) -> "Recipe":
    """Raises BadShares, BadRange, UnknownTarget."""
    from validator.errors import BadRange
    from validator.problems.kinds import check
    from validator.problems.protocol import Recipe
    from validator.problems.shares import kind as kind_of

    if seed < 0:
        raise BadRange(f"seed must be at least 0, got {seed}")
    recipe = Recipe(kind=kind_of(kind), seed=seed, depth=depth, language=language, given=given)
    check(recipe)
    return recipe


async def _distinct(first: "Recipe", variant: bytes, count: int) -> "list[Made]":
    """The first of ``first`` and its followers that behave like none before them. Raises NoProblems."""
    from contextlib import aclosing
    from itertools import count as counting

    from validator.errors import NoProblems, ValidatorError
    from validator.problems.workshop import open_workshop

    kept: dict[str, Made] = {}
    misses = 0
    asked = ((first.model_copy(update={"seed": seed}), variant) for seed in counting(first.seed))
    async with open_workshop() as workshop, aclosing(workshop.all(asked)) as all_made:
        async for made in all_made:
            if not isinstance(made, ValidatorError) and made.behaviour not in kept:
                kept[made.behaviour] = made
                misses = 0
                if len(kept) == count:
                    break
            elif (misses := misses + 1) == MOST_MISSES:
                why = made if isinstance(made, ValidatorError) else "they behave like those before them"
                raise NoProblems(f"{MOST_MISSES} seeds in a row give no new problem; the last: {why}")
    return list(kept.values())


async def _faults(stored: "tuple[StoredProblem, ...]") -> dict[str, str]:
    """By task."""
    from sandbox.local import open_sandbox
    from validator.problems.storing import StoredProblem
    from validator.problems.verifying import Finding, prove
    from validator.problems.workshop import open_workshop

    faults: dict[str, str] = {}

    def told(number: int, finding: Finding) -> None:
        one = stored[number]
        if finding.made and StoredProblem.of(finding.made).line() != one.line():
            faults[one.task_id] = "it is not what its recipe makes"
        elif not finding.usable:
            faults[one.task_id] = finding.fault

    asked = [one.asked for one in stored]
    async with open_sandbox({"python", *(one.language for one in stored)}) as sandbox, open_workshop() as workshop:
        await prove(asked, workshop, sandbox, told)
    return faults
