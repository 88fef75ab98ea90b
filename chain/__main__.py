"""The embedded ledger and its keys, by hand."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chain.errors import ChainError

if TYPE_CHECKING:
    from rich.table import Table

    from chain.protocol import Metagraph, Neuron

app = typer.Typer(name="chain", help="Make a ledger, register, show the metagraph.", no_args_is_help=True)

LedgerPath = Annotated[Path, typer.Argument(metavar="LEDGER", help="The ledger's file.")]


@app.command()
def key(path: Annotated[Path, typer.Argument(help="The file to make, readable by you alone.")]) -> None:
    """Make a hotkey file and print the hotkey."""
    from chain import identity

    typer.echo(identity.create(path).hotkey)


@app.command()
def create(
    ledger: LedgerPath,
    netuid: Annotated[int, typer.Option(min=0, max=65535)] = 1,
    tempo: Annotated[int, typer.Option(min=1, help="Blocks between two epochs.")] = 360,
    block_seconds: Annotated[float, typer.Option(min=0.001, help="How long a block lasts.")] = 12.0,
    weights_rate_limit: Annotated[int, typer.Option(min=0, help="Blocks between two set_weights.")] = 100,
    commit_reveal: Annotated[bool, typer.Option(help="Hide weights for an epoch before they count.")] = False,
) -> None:
    """Make a ledger, whose block 0 is now."""
    from chain.ledger import Ledger

    Ledger.create(
        ledger,
        netuid=netuid,
        tempo=tempo,
        block_seconds=block_seconds,
        weights_rate_limit=weights_rate_limit,
        commit_reveal=commit_reveal,
    ).close()
    typer.echo(f"made {ledger}: subnet {netuid}, an epoch every {tempo} blocks of {block_seconds:g} s")


@app.command()
def register(
    ledger: LedgerPath,
    key: Annotated[Path, typer.Option(help="The hotkey's file.")],
    coldkey: Annotated[str | None, typer.Option(help="Who owns it; the hotkey itself unless said.")] = None,
    stake: Annotated[float, typer.Option(min=0)] = 0.0,
) -> None:
    """Give a hotkey a uid and print it."""
    from chain import identity
    from chain.ledger import Ledger

    hotkey = identity.load(key).hotkey
    with Ledger.open(ledger) as opened:
        typer.echo(opened.register(hotkey, coldkey or hotkey, stake))


@app.command()
def show(ledger: LedgerPath, json: Annotated[bool, typer.Option("--json", help="For machines.")] = False) -> None:
    """Print the metagraph; in full with --json."""
    from rich.console import Console

    from chain.ledger import Ledger

    with Ledger.open(ledger) as opened:
        metagraph = opened.metagraph()
    if json:
        typer.echo(metagraph.model_dump_json())
    else:
        Console().print(_table(metagraph))


@app.command()
def skip(ledger: LedgerPath, blocks: Annotated[int, typer.Argument(min=0)]) -> None:
    """Go ahead of the clock by BLOCKS, for everybody who uses the ledger, and print the new block."""
    from chain.ledger import Ledger

    with Ledger.open(ledger) as opened:
        typer.echo(opened.skip(blocks))


def _table(metagraph: "Metagraph") -> "Table":
    from rich.table import Table

    title = f"subnet {metagraph.netuid}, block {metagraph.block}, tempo {metagraph.tempo}"
    table = Table(title=title, box=None, padding=(0, 1, 0, 0))
    table.add_column("uid", justify="right")
    table.add_column("hotkey", no_wrap=True)
    for heading in ("stake", "permit", "incentive", "dividends", "vtrust"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("endpoint", overflow="fold")
    for neuron in metagraph.neurons:
        table.add_row(*_cells(neuron))
    return table


def _cells(neuron: "Neuron") -> tuple[str, ...]:
    return (
        str(neuron.uid),
        f"{neuron.hotkey[:8]}…",
        f"{neuron.stake:g}",
        "yes" if neuron.validator_permit else "",
        f"{neuron.incentive:.4f}",
        f"{neuron.dividends:.4f}",
        f"{neuron.validator_trust:.4f}",
        neuron.endpoint or "",
    )


if __name__ == "__main__":
    try:
        app()
    except ChainError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
