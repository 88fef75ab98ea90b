"""``lovelace sandbox``: build images, check them, run a file, serve over HTTP, make API keys."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sandbox import languages
from sandbox.commands import key, serve
from sandbox.errors import BadRequest
from sandbox.protocol import MEBIBYTE, Ended, Execution, Limits, Program, Run, Step

if TYPE_CHECKING:
    from sandbox.checking import Report

app = typer.Typer(help="Compile and run programs in disposable containers.", no_args_is_help=True)
app.command()(serve.serve)
app.add_typer(key.app, name="key")


@app.command()
def build(tiers: Annotated[list[str], typer.Argument(help="python, core, …")]) -> None:
    """Build the images of TIERS, where missing or stale."""
    from sandbox import engine, image

    client = engine.connect()
    for tier in tiers:
        image.build(client, tier, print)


@app.command()
def run(
    file: Annotated[Path, typer.Argument(help="The source file.")],
    arguments: Annotated[list[str] | None, typer.Argument(help="Passed to the program.")] = None,
    language: Annotated[str | None, typer.Option(help="Unless the file's suffix tells.")] = None,
    stdin: Annotated[Path | None, typer.Option(help="A file for standard input; - for this command's own.")] = None,
    cpu_seconds: float = Limits().cpu_seconds,
    memory_mb: int = Limits().memory_bytes // MEBIBYTE,
) -> None:
    """Run FILE in a fresh container. Its output is ours; facts go to standard error; its exit code is ours too."""
    found = languages.find(language) if language else languages.of_file(file)
    limits = limits_of(cpu_seconds, memory_mb)
    program = Program(
        language=found.name,
        source=read(file),
        runs=(Run(stdin=_standard_input(stdin), arguments=tuple(arguments or ())),),
        limits=limits,
    )
    execution = asyncio.run(_execute(program))
    raise typer.Exit(_show(execution))


@app.command()
def check(
    tier: Annotated[str, typer.Option(help="The languages of this tier.")] = "core",
    language: Annotated[str | None, typer.Option(help="Only this one.")] = None,
) -> None:
    """Run the corpus against the built image; exit code 1 if a program does what it must not."""
    if tier not in languages.tiers():
        raise BadRequest(f"unknown tier {tier!r}; there are: {', '.join(languages.tiers())}")
    names = [languages.find(language).name] if language else languages.tiers()[tier]
    reports = asyncio.run(_check(names))
    _show_reports(reports)
    raise typer.Exit(any(report.failures or not report.cases for report in reports))


def read(file: Path) -> bytes:
    """The bytes of ``file``. Raises BadRequest."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadRequest(f"cannot read {file}: {error.strerror}") from error


def limits_of(cpu_seconds: float, memory_mb: int) -> Limits:
    """The limits of a run. Raises BadRequest."""
    try:
        return Limits(cpu_seconds=cpu_seconds, memory_bytes=memory_mb * MEBIBYTE)
    except ValueError as error:
        raise BadRequest(f"--cpu-seconds {cpu_seconds} --memory-mb {memory_mb}: out of range") from error


def _standard_input(path: Path | None) -> bytes:
    if path is None:
        return b""
    return sys.stdin.buffer.read() if str(path) == "-" else read(path)


async def _execute(program: Program) -> Execution:
    from sandbox.local import open_sandbox

    async with open_sandbox([program.language], slots=1) as sandbox, sandbox.lease() as lease:
        return await lease.execute(program)


async def _check(names: Sequence[str]) -> "list[Report]":
    from sandbox import checking
    from sandbox.local import open_sandbox

    async with open_sandbox(names) as sandbox:
        return await checking.check(sandbox, names)


def _show_reports(reports: "list[Report]") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("language", "version", "cases", "failures")
    for report in reports:
        table.add_row(report.language, report.version, str(report.cases), str(len(report.failures)))
    console = Console(soft_wrap=not sys.stdout.isatty())
    console.print(table)
    for report in reports:
        for case, differences in sorted(report.failures.items()):
            console.print(f"{report.language}/{case}: {'; '.join(differences)}", markup=False)


def _show(execution: Execution) -> int:
    for name, step in (("compile", execution.compile), *(("run", step) for step in execution.runs)):
        if step is None:
            continue
        sys.stdout.buffer.write(step.stdout)
        sys.stdout.flush()
        sys.stderr.buffer.write(step.stderr)
        sys.stderr.flush()
        print(f"{name}: {_words(step)}", file=sys.stderr)
    last = execution.runs[-1] if execution.runs else execution.compile
    assert last is not None
    return last.exit_code if last.exit_code is not None else 128


def _words(step: Step) -> str:
    ending = {
        Ended.EXITED: f"exit code {step.exit_code}",
        Ended.SIGNALLED: f"killed by {step.signal}",
    }.get(step.ended, f"stopped at the {step.ended.replace('_', ' ')}")
    dropped = step.stdout_dropped + step.stderr_dropped
    return (
        f"{ending}, {step.cpu_seconds:.3f} s CPU, {step.wall_seconds:.3f} s wall, "
        f"{step.peak_memory_bytes / MEBIBYTE:.1f} MB peak" + (f", {dropped} bytes of output dropped" if dropped else "")
    )


if __name__ == "__main__":
    app()
