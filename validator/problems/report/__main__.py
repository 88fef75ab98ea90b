"""``python -m validator.problems.report``: takes an hour or more for 10,000, and goes on where it was interrupted."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer


def report(
    count: Annotated[int, typer.Option(min=1, help="Problems that can be used.")] = 10_000,
    seed: Annotated[int, typer.Option(min=0, help="Of all that is drawn.")] = 8,
    page_file: Annotated[Path, typer.Option("--page", help="What is written.")] = Path("docs/problems.md"),
    records: Annotated[Path | None, typer.Option(help="What is known so far; .cache/problems-SEED.jsonl.")] = None,
    sample: Annotated[int, typer.Option(min=1, help="Problems over which the rate of making is measured.")] = 400,
    mutated: Annotated[int, typer.Option(min=1, help="Problems of which mutants are made.")] = 40,
) -> None:
    """Make and prove COUNT problems of all kinds, and write the table."""
    from validator.problems.report.gathering import gather, mutation, rate
    from validator.problems.report.page import page
    from validator.progress import Progress

    file = records or Path(f".cache/problems-{seed}.jsonl")
    file.parent.mkdir(parents=True, exist_ok=True)
    with Progress() as progress:
        known = asyncio.run(gather(file, seed, count, progress.watch))
        made = asyncio.run(rate(seed + 1, sample))
        killed = asyncio.run(mutation(known, mutated))
    page_file.write_text(page(known, seed, made, sample, killed), encoding="utf-8")
    typer.echo(f"{page_file}: {len(known)} problems were drawn, {count} of them are used")


if __name__ == "__main__":
    typer.run(report)
