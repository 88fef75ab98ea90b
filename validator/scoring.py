"""Verdicts to scores: pure, every part kept. The formula and its constants are explained in docs/design/scoring.md."""

import math
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence

from evaluator import passk
from validator.protocol import Interval, Miner, Result, Score, Sent

SPEED_SHARE = 0.1
"""How much of its score a miner of twice the field's median latency, or worse, loses."""


def score(results: Sequence[Result], samples: int) -> tuple[Score, ...]:
    """The score of every miner in ``results``, by uid. ``samples`` is the k of pass@k."""
    by_miner: dict[Miner, list[Result]] = {}
    for result in results:
        by_miner.setdefault(result.miner, []).append(result)
    medians = [median for own in by_miner.values() if (median := percentile(_latencies(own), 50)) is not None]
    field = statistics.median(medians) if medians else None
    return tuple(
        _score(miner, own, samples, field) for miner, own in sorted(by_miner.items(), key=lambda item: item[0].uid)
    )


def percentile(values: Sequence[float], percent: float) -> float | None:
    """The nearest-rank percentile: the smallest value that ``percent`` of the values do not exceed."""
    if not values:
        return None
    return sorted(values)[max(math.ceil(len(values) * percent / 100) - 1, 0)]


def _score(miner: Miner, results: Sequence[Result], samples: int, field: float | None) -> Score:
    counts = [(len(r.verdicts), sum(verdict.pays for verdict in r.verdicts)) for r in results if r.verdicts]
    latencies = _latencies(results)
    quality, reliability = _interval(counts, 1), _answered(results) / len(results)
    median = percentile(latencies, 50)
    speed = _speed(median, field)
    return Score(
        miner=miner,
        quality=quality,
        pass_at_k=_interval([count for count in counts if count[0] >= samples], samples),
        reliability=reliability,
        speed=speed,
        latency_p50_seconds=median,
        latency_p95_seconds=percentile(latencies, 95),
        total=quality.value * reliability * speed,
        problem=_commonest(result.error for result in results if result.error),
    )


def _interval(counts: Sequence[tuple[int, int]], k: int) -> Interval:
    """pass@k over problems; nothing judged is nothing shown, not failure proven: 0, and anything possible."""
    if not counts:
        return Interval(0.0, 0.0, 1.0)
    low, high = passk.interval(counts, k)
    return Interval(passk.mean_pass_at_k(counts, k), low, high)


def _speed(median: float | None, field: float | None) -> float:
    """1 at or below the field's median latency, falling linearly to 1 - SPEED_SHARE at twice that."""
    if median is None or not field:
        return 1.0
    return 1.0 - SPEED_SHARE * min(max(median / field - 1.0, 0.0), 1.0)


def _latencies(results: Iterable[Result]) -> list[float]:
    return [result.latency_seconds for result in results if result.latency_seconds is not None]


def _answered(results: Iterable[Result]) -> int:
    return sum(result.sent is Sent.ANSWERED for result in results)


def _commonest(reasons: Iterable[str]) -> str | None:
    counted = Counter(reasons).most_common(1)
    return counted[0][0] if counted else None
