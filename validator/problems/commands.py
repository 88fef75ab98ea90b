"""``lovelace problems``: make problems up, look at them, and see that their references pass."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluator.protocol import Problem
    from validator.problems.synthesis import Synthesised

app = typer.Typer(help="Problems that nobody has seen, made from seeds.", no_args_is_help=True)
Language = Annotated[str, typer.Option(help="What answers are to be written in.")]
Depth = Annotated[int, typer.Option(help="How many building blocks, 2 to 8.")]


@app.command()
def generate(
    file: Annotated[Path, typer.Argument(help="JSONL, as `lovelace evaluate --problems` reads it.")],
    count: Annotated[int, typer.Option(min=1)] = 100,
    seed: Annotated[int, typer.Option(min=0, help="Of the first; the next ones follow.")] = 0,
    depth: Depth = 4,
    language: Language = "python",
) -> None:
    """Write COUNT problems, no two of which behave alike, with hidden tests and references."""
    from validator.problems.synthesis import as_problem

    with file.open("w", encoding="utf-8") as lines:
        for made in _made(seed, depth, count):
            lines.write(as_problem(made, language).model_dump_json(exclude_none=True) + "\n")
    typer.echo(f"{file}: {count} problems")


@app.command()
def show(
    seed: int,
    depth: Depth = 4,
    language: Language = "python",
    solution: Annotated[bool, typer.Option("--solution", help="Show the reference too.")] = False,
) -> None:
    """Print a problem as its solver sees it."""
    from validator.problems.synthesis import as_problem, synthesise

    problem = as_problem(synthesise(seed, depth), language)
    typer.echo(problem.shown)
    if solution:
        typer.echo(f"```{language}\n{problem.canonical_solution}```")


@app.command()
def verify(file: Path) -> None:
    """Run each problem's reference in the sandbox; exit code 1 if one does not pass."""
    import asyncio

    from evaluator.datasets.own import own

    failures = asyncio.run(_failures(own(file)))
    for task, why in failures.items():
        typer.echo(f"{task}: {why}")
    typer.echo(f"{len(failures)} references do not pass" if failures else "every reference passes")
    if failures:
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


def _made(seed: int, depth: int, count: int) -> "Iterator[Synthesised]":
    from itertools import count as counting
    from itertools import islice

    from validator.problems.synthesis import distinct, synthesise

    return islice(distinct(synthesise(number, depth) for number in counting(seed)), count)


async def _failures(problems: "tuple[Problem, ...]") -> dict[str, str]:
    from evaluator.batch import Unjudged, judge_all
    from evaluator.evaluation import languages
    from evaluator.judging import Judgement
    from sandbox.local import open_sandbox

    failures: dict[str, str] = {}

    def judged(index: int, found: Judgement | Unjudged) -> None:
        if isinstance(found, Unjudged):
            failures[problems[index].task_id] = found.why
        elif not found.verdict.passed:
            failures[problems[index].task_id] = f"{found.verdict.status}: {found.verdict.detail}"

    jobs = [(one, f"```{one.language}\n{one.prompt}{one.canonical_solution}\n```\n") for one in problems]
    async with open_sandbox(languages(problems)) as sandbox:
        await judge_all(jobs, sandbox, judged)
    return failures
