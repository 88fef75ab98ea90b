"""``lovelace evaluator``: the daemon, and what its operator does to its database."""

import asyncio
import os
import re
from pathlib import Path
from typing import Annotated, Any

import typer

from evaluator.daemon.settings import DATABASE, Settings
from sandbox.commands.options import taking, validated
from sandbox.errors import BadRequest

URL = Annotated[str, typer.Option("--database", envvar="LOVELACE_EVALUATOR_DATABASE", help="Where the queue is.")]
PATIENCE_SECONDS = 15.0
"""Somebody sits before it."""
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
app = typer.Typer(help="Judge completions for whoever submits them; its queue is a database.", no_args_is_help=True)


def serve(**options: Any) -> None:
    """Serve evaluations over HTTP, with workers that judge them; /openapi.json says how it is spoken to.

    SIGTERM finishes what was begun; the rest waits in the database.
    """
    from evaluator.daemon import hosting
    from evaluator.daemon.processes import supervise
    from sandbox import serving
    from sandbox.keys import Keys, hand_over

    settings = validated(Settings, options)
    hand_over(settings.keys)
    serving.check_reachable(settings.host, guarded=len(Keys(settings.keys)) > 0)
    listener = serving.listen(settings.host, settings.port)
    with hosting.prepared(settings.database.get_secret_value()):
        print(f"listening on http://{listener.getsockname()[0]}:{listener.getsockname()[1]}", flush=True)
        asyncio.run(supervise(settings, listener))


@app.command()
def migrate(
    version: Annotated[
        str, typer.Argument(help="A version, `base` for no tables at all; the newest unless given.")
    ] = "",
    database: URL = DATABASE,
) -> None:
    """Bring the database to VERSION. `serve` does so by itself; going down loses what newer tables hold."""
    from evaluator.daemon import schema
    from evaluator.daemon.store import Database

    schema.migrate(Database(database, PATIENCE_SECONDS), version or schema.VERSION)


@app.command()
def prune(
    older_than: Annotated[str, typer.Option(help="Of outcomes: 90s, 15m, 36h, 30d.")], database: URL = DATABASE
) -> None:
    """Remove what has had its outcome for so long; the daemon may run meanwhile."""
    from evaluator.daemon import schema, upkeep
    from evaluator.daemon.store import Database

    seconds = _seconds(older_than)
    found = Database(database, PATIENCE_SECONDS)
    schema.check(found)
    removed = upkeep.prune(found, seconds, lambda _: None)
    typer.echo(f"removed {removed} evaluations")


@app.command()
def backup(file: Path, database: URL = DATABASE) -> None:
    """Write the database as it is now to FILE; the daemon may run meanwhile. PostgreSQL: for pg_restore."""
    from evaluator.daemon import schema, upkeep
    from evaluator.daemon.store import Database

    found = Database(database, PATIENCE_SECONDS)
    schema.check(found)
    upkeep.backup(found, file)
    typer.echo(f"{file}: {os.stat(file).st_size} bytes")


def _seconds(text: str) -> float:
    match = re.fullmatch(r"(\d+)([smhd])", text)
    if match is None:
        raise BadRequest(f"expected a time such as 36h or 30d, got {text!r}")
    return int(match[1]) * UNITS[match[2]]


app.command()(taking(Settings, serve, {"database": "LOVELACE_EVALUATOR_DATABASE"}))

if __name__ == "__main__":
    app()
