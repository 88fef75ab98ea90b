"""How much each kind of problem counts: shares that sum to one."""

import math
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path

from validator.errors import BadShares
from validator.problems.protocol import Kind

TABLE = Path(__file__).with_name("shares.toml")
Shares = Mapping[Kind, float]
"""In the order of ``Kind``, without kinds that have none."""


def shares(kinds: Collection[Kind] = ()) -> dict[Kind, float]:
    """The table's shares of ``kinds`` (of all, unless some are named), scaled to sum to one. Raises BadShares."""
    table = checked(tomllib.loads(TABLE.read_text(encoding="utf-8")))
    kept = {kind: share for kind, share in table.items() if not kinds or kind in kinds}
    whole = sum(kept.values())
    return {kind: share / whole for kind, share in kept.items()}


def checked(table: Mapping[str, float]) -> dict[Kind, float]:
    """The same shares by kind. Raises BadShares unless all are of kinds, none is negative, and they sum to one."""
    named = {kind(name): share for name, share in table.items()}
    negative = [f"{one}={share:g}" for one, share in named.items() if not 0 <= share <= 1]
    if negative:
        raise BadShares(f"a share is between 0 and 1, not {', '.join(negative)}")
    whole = math.fsum(named.values())
    if not math.isclose(whole, 1.0, abs_tol=1e-9):
        raise BadShares(f"the shares of the kinds must sum to 1, and sum to {whole:g}")
    return {one: named[one] for one in Kind if named.get(one)}


def read(text: str) -> dict[Kind, float]:
    """Shares as a person writes them: ``repair,analysis``, or ``repair=0.7,analysis=0.3``. Raises BadShares."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    names = [word.partition("=")[0] for word in words]
    if not words or len(set(names)) < len(names):
        raise BadShares(f"expected kinds with commas between them, each once, got {text!r}")
    if not any("=" in word for word in words):
        return shares([kind(name) for name in names])
    return checked({name: _number(word) for name, word in zip(names, words, strict=True)})


def kind(name: str) -> Kind:
    """The kind of that name, spelt with ``_`` or ``-``. Raises BadShares."""
    try:
        return Kind(name.replace("-", "_"))
    except ValueError:
        raise BadShares(f"no kind of problem is called {name!r}; there are: {', '.join(Kind)}") from None


def _number(word: str) -> float:
    name, _, share = word.partition("=")
    try:
        return float(share)
    except ValueError:
        raise BadShares(f"expected a share such as {name}=0.25, got {word!r}") from None
