"""The report: the machine, every claim with what was measured, and every figure with its n, medians and spread."""

from collections.abc import Sequence

from benchmarks.figure import Claim, Figure, Series
from benchmarks.machine import Machine

_HEAD = """\
# Results

Written by `{command}`. The two sides of a figure were measured in turn in that one run, on this machine. The spread
is the 10th to the 90th percentile, or, of fewer than ten values, the least to the greatest.
"""
_QUICK = "\n**A quick run: a smoke test, whose numbers prove nothing.**\n"


def write(machine: Machine, figures: Sequence[Figure], *, quick: bool) -> str:
    """The whole report, as Markdown."""
    head = _HEAD.format(command=_command("", quick) if quick else "make bench") + (_QUICK if quick else "")
    parts = [head, _machine(machine), _summary(figures), *(section(figure, quick=quick) for figure in figures)]
    return "\n".join(parts)


def section(figure: Figure, *, quick: bool) -> str:
    """One figure."""
    commands = f"Command: `{_command(figure.name, quick)}`" + (f"; peer: `{figure.peer}`" if figure.peer else "")
    parts = [
        f"## {figure.name}\n",
        f"{figure.about}\n",
        f"{commands}\n",
        _series(figure.series),
        _claims(figure.claims),
    ]
    if figure.notes:
        parts.append("".join(f"- {note}\n" for note in figure.notes))
    return "\n".join(parts)


def number(value: float) -> str:
    """Three significant digits, or all of a larger whole number."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{float(f'{value:.3g}'):g}"


def _command(name: str, quick: bool) -> str:
    return " ".join(["python -m benchmarks", *([name] if name else []), *(["--quick"] if quick else [])])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _machine(machine: Machine) -> str:
    return _table(["machine", ""], list(machine.items()))


def _summary(figures: Sequence[Figure]) -> str:
    rows = [[figure.name, *_claim(claim)] for figure in figures for claim in figure.claims]
    return _table(["figure", "claim", "measured", "bound", ""], rows)


def _claims(claims: Sequence[Claim]) -> str:
    return _table(["claim", "measured", "bound", ""], [_claim(claim) for claim in claims])


def _claim(claim: Claim) -> list[str]:
    bound = f"{'at least' if claim.at_least else 'at most'} {number(claim.bound)} {claim.unit}"
    return [
        claim.what,
        f"{number(claim.value)} {claim.unit}".strip(),
        bound.strip(),
        "met" if claim.met else "**not met**",
    ]


def _series(series: Sequence[Series]) -> str:
    rows = []
    for one in series:
        low, high = one.spread
        rows.append([one.name, str(len(one.values)), number(one.median), f"{number(low)} - {number(high)}", one.unit])
    return _table(["measured", "n", "median", "spread", "unit"], rows)
