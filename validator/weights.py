"""Scores to weights: pure; sums to one."""

from collections.abc import Iterable

from validator.protocol import Score


def weigh(scores: Iterable[Score]) -> dict[int, float]:
    """The weight of every uid, proportional to its total; empty when nobody earned anything."""
    totals = {score.miner.uid: score.total for score in scores}
    whole = sum(totals.values())
    return {uid: total / whole for uid, total in totals.items()} if whole > 0 else {}
