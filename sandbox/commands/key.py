"""``lovelace sandbox key``: who may use a server from elsewhere."""

from pathlib import Path
from typing import Annotated

import typer

from sandbox.settings import Settings

KeysFile = Annotated[Path, typer.Option("--keys", help="The file of API keys, readable by its owner alone.")]
FILE: Path = Settings.model_fields["keys"].default
app = typer.Typer(help="API keys: add, list, revoke. A running server sees it at once.", no_args_is_help=True)


@app.command()
def add(name: str, keys: KeysFile = FILE) -> None:
    """Make a key for NAME and print it, this once."""
    from sandbox.keys import create

    typer.echo(create(keys, name))


@app.command("list")
def list_(keys: KeysFile = FILE) -> None:
    """The keys: name, what they begin with, when they were made and revoked. Never the keys themselves."""
    from rich.console import Console
    from rich.table import Table

    from sandbox import store
    from sandbox.keys import PREFIX

    table = Table("name", "begins with", "made", "revoked")
    for one in store.read(keys):
        revoked = f"{one.revoked_at:%Y-%m-%d %H:%M} UTC" if one.revoked_at else ""
        table.add_row(one.name, f"{PREFIX}_{one.id}", f"{one.created_at:%Y-%m-%d %H:%M} UTC", revoked)
    Console(soft_wrap=True).print(table)


@app.command()
def revoke(name: str, keys: KeysFile = FILE) -> None:
    """NAME's key is not taken any more."""
    from sandbox import store

    store.revoke(keys, name)
