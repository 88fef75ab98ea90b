"""``lovelace doctor``: what a role needs of this machine, each fine or what to do about it."""

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

FREE_SHARE = 0.1
"""Below this share of free disk a sandbox cannot be relied on."""
KEY_VARIABLE_HELP = "A hotkey file to check."


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    fine: bool
    detail: str


def doctor(
    key: Annotated[Path | None, typer.Option(help=KEY_VARIABLE_HELP)] = None,
    ledger: Annotated[Path | None, typer.Option(help="A ledger file to check.")] = None,
) -> None:
    """Check engine, image, disk and clock, and the KEY and LEDGER that are named. Exit code 1 if anything is amiss."""
    findings = list(examine(key, ledger))
    for finding in findings:
        print(f"{'ok  ' if finding.fine else 'BAD '} {finding.what:<8} {finding.detail}")
    raise typer.Exit(0 if all(finding.fine for finding in findings) else 1)


def examine(key: Path | None, ledger: Path | None) -> Iterator[Finding]:
    """Look at everything, in the order in which a role would need it."""
    yield _try("engine", _engine)
    yield _try("image", _image)
    yield _disk()
    yield _try("clock", _clock)
    yield _try("key", lambda: _key(key)) if key else Finding("key", True, "none named; check one with --key FILE")
    yield (
        _try("ledger", lambda: _ledger(ledger))
        if ledger
        else Finding("ledger", True, "none named; check one with --ledger FILE")
    )


def _try(what: str, look: Callable[[], str]) -> Finding:
    from chain.errors import ChainError
    from sandbox.errors import SandboxError

    try:
        return Finding(what, True, look())
    except (ChainError, SandboxError) as error:
        return Finding(what, False, str(error))


def _engine() -> str:
    from sandbox import engine

    version = engine.connect().version()
    return f"Docker {version['Version']}"


def _image() -> str:
    from sandbox import engine, image

    found = image.find(engine.connect())
    return f"{found.tier} ({', '.join(found.languages)}) {found.digest[:19]}"


def _disk() -> Finding:
    usage = shutil.disk_usage("/")
    share = usage.free / usage.total
    detail = f"{usage.free / 1e9:.0f} GB free ({share:.0%})"
    return Finding("disk", share > FREE_SHARE, detail if share > FREE_SHARE else f"{detail}: make room")


def _clock() -> str:
    """A wrong clock makes signed requests stale; without a peer we only see one that was not set, or went back."""
    from chain.errors import ChainError

    now = time.time()
    newest = max(path.stat().st_mtime for path in (Path("/tmp"), Path("/var/log"), Path(__file__)) if path.exists())  # noqa: S108
    if newest - now > 1:
        raise ChainError(f"files are {newest - now:.0f} s newer than the clock: set it (NTP)")
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(now))


def _key(path: Path) -> str:
    from chain import identity

    return f"{path}: {identity.load(path).hotkey}"


def _ledger(path: Path) -> str:
    from chain.ledger import Ledger

    with Ledger.open(path) as ledger:
        metagraph = ledger.metagraph()
    return f"{path}: block {metagraph.block}, {len(metagraph.neurons)} neurons"
