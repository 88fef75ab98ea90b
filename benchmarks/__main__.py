"""``python -m benchmarks``: measure, and write ``RESULTS.md``."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.errors import BenchmarkError
from sandbox.errors import SandboxError

RESULTS = Path(__file__).with_name("RESULTS.md")


def bench(
    names: Annotated[list[str] | None, typer.Argument(help="Figures to measure; all unless given.")] = None,
    quick: Annotated[bool, typer.Option(help="A smoke test: few repetitions, numbers that prove nothing.")] = False,
    output: Annotated[Path | None, typer.Option(help="Where the report goes. A full run's: RESULTS.md.")] = None,
) -> None:
    """Measure the figures NAMES side by side with our peers, and report them."""
    from benchmarks import machine, registry, report

    chosen = registry.choose(names or [])
    before = machine.describe()
    figures = []
    for name, measure in chosen.items():
        typer.echo(f"measuring {name}", err=True)
        figures.append(measure(quick))
        typer.echo(report.section(figures[-1], quick=quick))
    if output is None and not names and not quick:
        output = RESULTS
    if output is not None:
        output.write_text(report.write(before, figures, quick=quick))


def main() -> None:
    """Run the command line."""
    try:
        typer.run(bench)
    except (BenchmarkError, SandboxError) as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
