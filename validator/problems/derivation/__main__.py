"""``python -m validator.problems.derivation HUMANEVALPLUS MBPP``: run what is chosen, and write ``originals.json``."""

import asyncio
import json
from pathlib import Path
from typing import Any

import typer

from sandbox.local import open_sandbox
from validator.problems.derivation.gathering import Gathered, humaneval, mbpp
from validator.problems.derivation.originals import MADE
from validator.problems.derivation.running import run

LICENCES = (
    "HumanEval (MIT, OpenAI), HumanEval+ (Apache-2.0, EvalPlus), MBPP sanitized (CC-BY-4.0, Google Research); "
    "functions renamed, docstrings removed, inputs added"
)


app = typer.Typer(help=__doc__, add_completion=False)


@app.command()
def main(humanevalplus: Path, sanitized_mbpp: Path, made: Path = MADE) -> None:
    """Run the chosen problems in the sandbox, and write what is to be known of them."""
    gathered = [*humaneval(humanevalplus), *mbpp(sanitized_mbpp)]
    runs = asyncio.run(_runs(gathered))
    lines = ",\n".join(
        f"{json.dumps(name)}: {json.dumps(fields, separators=(',', ':'))}" for name, fields in runs.items()
    )
    made.write_text(f'{{"licences": {json.dumps(LICENCES)},\n"originals": {{\n{lines}\n}}}}\n', encoding="utf-8")
    typer.echo(f"{made}: {len(runs)} of {len(gathered)} problems, {made.stat().st_size} bytes")


async def _runs(gathered: list[Gathered]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    async with open_sandbox(["python"], slots=1) as sandbox, sandbox.lease() as lease:
        for one in gathered:
            made = await run(one, lease)
            if made is None:
                typer.echo(f"{one.name}: too few inputs", err=True)
            else:
                found[one.name] = made.model_dump(mode="json")
    return found


if __name__ == "__main__":
    app()
