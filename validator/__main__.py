"""``lovelace validator``: run rounds."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

KINDS_HELP = "`repair,analysis`, or with shares that sum to 1: `repair=0.7,analysis=0.3`; all eight unless given."

app = typer.Typer(help="Put problems to miners, judge their answers, set weights.", no_args_is_help=True)


@app.callback()
def _commands() -> None:
    """Keep `run` a sub-command while it is the only one."""


@app.command()
def run(
    key: Annotated[Path, typer.Option(help="The validator's hotkey file.")],
    ledger: Annotated[Path, typer.Option(help="The ledger file.")],
    database: Annotated[Path, typer.Option(help="Where rounds are recorded; made if missing.")] = Path("validator.db"),
    problems: Annotated[int, typer.Option(min=1)] = 20,
    samples: Annotated[int, typer.Option(min=1, max=128, help="Completions for each problem.")] = 5,
    seed: Annotated[int | None, typer.Option(help="Of the first round; random unless given.")] = None,
    deadline_seconds: Annotated[float, typer.Option(help="For one whole answer.")] = 60.0,
    period_seconds: Annotated[float, typer.Option(min=0, help="From round to round.")] = 3600.0,
    rounds: Annotated[int | None, typer.Option(min=1, help="How many; for ever unless given.")] = None,
    slots: Annotated[int | None, typer.Option(min=1, help="Containers at once; the number of cores.")] = None,
    kinds: Annotated[str, typer.Option(help=KINDS_HELP)] = "",
    languages: Annotated[str, typer.Option(help="Of answers, with commas between them.")] = "python",
    evaluator: Annotated[
        str | None, typer.Option(help="URL of an evaluator daemon that judges; here unless given.")
    ] = None,
    evaluator_key: Annotated[
        str | None, typer.Option(envvar="LOVELACE_EVALUATOR_KEY", help="An API key of it; none on this machine.")
    ] = None,
) -> None:
    """Run round after round; one that was interrupted is finished first."""
    from pydantic import SecretStr

    from chain.ledger import Ledger
    from validator import daemon
    from validator.problems.shares import read, shares
    from validator.progress import Progress
    from validator.rounds import Report
    from validator.settings import Settings

    settings = Settings(
        key=key, ledger=ledger, database=database, problems=problems, samples=samples, seed=seed,
        deadline_seconds=deadline_seconds, period_seconds=period_seconds, rounds=rounds, slots=slots,
        shares=read(kinds) if kinds else shares(), languages=tuple(languages.split(",")),
        evaluator=evaluator, evaluator_key=None if evaluator_key is None else SecretStr(evaluator_key),
    )  # fmt: skip
    with Ledger.open(settings.ledger) as chain, Progress() as progress:

        def show(report: Report) -> None:
            incentives = {neuron.uid: neuron.incentive for neuron in chain.metagraph().neurons}
            progress.show(report, incentives)

        asyncio.run(daemon.run(settings, chain, progress.watch, show))


if __name__ == "__main__":
    app()
