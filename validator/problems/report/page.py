"""The report as a page of the documentation."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from statistics import fmean

from validator.problems.kinds import languages, make
from validator.problems.protocol import VERSION, Kind
from validator.problems.report.killing import Killed
from validator.problems.report.records import Record, dropped, general, usable
from validator.problems.synthesis.making import drops
from validator.problems.synthesis.trying import seeded

SPECIMENS = 2
LOOKED_AT = 200
"""Problems of which it is told how many attempts they took."""
HEAD = """\
# Problems

Written by `make problems-report`: {count} problems of all kinds, made from seed {seed} by version {version} of the
generator, each proven in the sandbox: its reference passes, and {wrong} wrong answers to them fail. What the kinds are,
how they are made and judged: [design/problems.md](design/problems.md).

```sh
lovelace problems show 7 --kind repair --language rust    # one to look at; --solution shows an answer too
lovelace problems generate new.jsonl --kind translation --given java --language go --count 100
lovelace problems verify new.jsonl                        # made again from their recipes, compared, proven
```

| | |
|---|---|
| problems used | {count} |
| of them with a reference that fails | 0 |
| of them that behave like another of their kind | 0 |
| kinds, and pairs of kind and languages | {kinds}, {pairs} (of {pairs_known} that there are) |
| mutants of {killed.problems} problems; hidden cases or 100 others kill | {killed.mutants}; {killed.killable} |
| of them killed by hidden cases | {killed.killed} |
| made a minute, on {cores} cores | {made:.0f} (measured over {sample} of them) |
| made and proven a minute, on the same cores | {proven:.0f} |
"""


def page(records: dict[int, Record], seed: int, made: float, sample: int, killed: Killed) -> str:
    """The whole page."""
    used = usable(records)
    pairs = {(one.recipe.kind, one.recipe.given, one.recipe.language) for one in used.values()}
    head = HEAD.format(
        count=len(used), seed=seed, version=VERSION, wrong=sum(one.wrong for one in used.values()),
        kinds=len({one.recipe.kind for one in used.values()}), pairs=len(pairs),
        pairs_known=sum(len(languages(kind)) for kind in Kind), cores=len(os.sched_getaffinity(0)),
        made=made, sample=sample, killed=killed, proven=len(records) / _seconds(records.values()) * 60,
    )  # fmt: skip
    parts = [
        head,
        _by_kind(records),
        _by_depth(used),
        _by_language(used),
        _why(records),
        _attempts(used),
        *_specimens(used, seed),
    ]
    return "\n".join(parts)


def _seconds(records: Iterable[Record]) -> float:
    """How long all runs lasted, each up to its last record."""
    last: dict[float, float] = {}
    for one in records:
        last[one.session] = max(last.get(one.session, 0.0), one.after_seconds)
    return sum(last.values())


def _table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [headings, ["---"] + ["---:"] * (len(headings) - 1), *rows]
    return "".join(f"| {' | '.join(map(str, cells))} |\n" for cells in lines)


def _by_kind(records: dict[int, Record]) -> str:
    used, out = usable(records), dropped(records)
    rows = []
    for kind in Kind:
        own = [one for one in used.values() if one.recipe.kind is kind]
        lost = sum(records[number].recipe.kind is kind for number in out)
        pairs = {(one.recipe.given, one.recipe.language) for one in own}
        weights = fmean(one.weight for one in own) if own else 0.0
        row = (_spelt(kind), len(own), len(pairs), f"{weights:.1f}", sum(one.wrong for one in own), lost)
        rows.append(row)
    headings = ("kind", "problems", "languages or pairs", "mean weight", "wrong answers killed", "filtered")
    return f"\n## By kind\n\n{_table(headings, rows)}"


def _by_depth(used: dict[int, Record]) -> str:
    depths = sorted({one.recipe.depth for one in used.values()})
    rows = []
    for kind in Kind:
        found = Counter(one.recipe.depth for one in used.values() if one.recipe.kind is kind)
        rows.append((_spelt(kind), *(found[depth] for depth in depths)))
    weights = [fmean(one.weight for one in used.values() if one.recipe.depth == depth) for depth in depths]
    rows.append(("mean weight", *(f"{weight:.1f}" for weight in weights)))
    text = "How many building blocks; `weight` is how hard these are said to be."
    return f"\n## By depth\n\n{text}\n\n{_table(('kind', *map(str, depths)), rows)}"


def _by_language(used: dict[int, Record]) -> str:
    spoken = sorted({one.recipe.language for one in used.values()})
    rows = []
    for kind in Kind:
        found = Counter(one.recipe.language for one in used.values() if one.recipe.kind is kind)
        rows.append((_spelt(kind), *(found[language] or "" for language in spoken)))
    return f"\n## By language of the answer\n\n{_table(('kind', *spoken), rows)}"


def _why(records: dict[int, Record]) -> str:
    """What was filtered after it was drawn."""
    counted = Counter((records[number].recipe.kind, reason) for number, reason in dropped(records).items())
    rows = [(_spelt(kind), reason, times) for (kind, reason), times in sorted(counted.items())]
    text = "Of every problem that is drawn, what cannot be made or proven is dropped."
    return f"\n## Filtered, and why\n\n{text}\n\n{_table(('kind', 'why', 'problems'), rows)}"


def _attempts(used: dict[int, Record]) -> str:
    """What was filtered before there was a problem."""
    looked = [one.recipe for one in used.values()][:LOOKED_AT]
    reasons = Counter(general(why) for recipe in looked for why in drops(recipe.seed, recipe.depth))
    tried = len(looked) + reasons.total()
    text = f"The first {len(looked)} of them took the generator {tried} attempts. It dropped, by its evaluator's word:"
    rows = [(reason, times, f"{times / tried:.0%}") for reason, times in reasons.most_common()]
    return f"{text}\n\n{_table(('why', 'attempts', 'share'), rows)}"


def _specimens(used: dict[int, Record], seed: int) -> Iterator[str]:
    """Two of each kind as their solver sees them, drawn and not chosen."""
    text = f"Drawn from the problems above by `seeded('specimens/{seed}/KIND')`, not chosen."
    yield f"\n## Specimens\n\n{text}\n"
    for kind in Kind:
        own = [one for one in used.values() if one.recipe.kind is kind]
        drawn = seeded(f"specimens/{seed}/{kind}").sample(own, min(SPECIMENS, len(own)))
        yield f"### {_spelt(kind).capitalize()}\n"
        for one in drawn:
            shown = make(one.recipe).problem.shown or ""
            yield f"`{one.recipe.name}`\n\n````text\n{shown.rstrip()}\n````\n"


def _spelt(kind: Kind) -> str:
    return kind.replace("_", " ")
