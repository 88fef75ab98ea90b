"""Verdicts to scores: pure, every part kept. The formula and its constants are explained in docs/design/scoring.md."""

import math
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from evaluator import passk
from validator.problems.protocol import Kind
from validator.problems.shares import Shares
from validator.protocol import Interval, KindScore, Miner, Result, Score, Sent

SPEED_SHARE = 0.1
"""How much of its score a miner of twice the field's median latency, or worse, loses."""
NOTHING = Interval(0.0, 0.0, 1.0)
"""Nothing judged is nothing shown, not failure proven: 0, and anything possible."""


def score(results: Sequence[Result], samples: int, shares: Shares) -> tuple[Score, ...]:
    """The score of every miner in ``results``, by uid. ``samples`` is the k of pass@k."""
    by_miner: dict[Miner, list[Result]] = {}
    for result in results:
        by_miner.setdefault(result.miner, []).append(result)
    medians = [median for own in by_miner.values() if (median := percentile(_latencies(own), 50)) is not None]
    field = statistics.median(medians) if medians else None
    return tuple(
        _score(miner, own, samples, shares, field)
        for miner, own in sorted(by_miner.items(), key=lambda item: item[0].uid)
    )


def percentile(values: Sequence[float], percent: float) -> float | None:
    """The nearest-rank percentile: the smallest value that ``percent`` of the values do not exceed."""
    if not values:
        return None
    return sorted(values)[max(math.ceil(len(values) * percent / 100) - 1, 0)]


def _score(miner: Miner, results: Sequence[Result], samples: int, shares: Shares, field: float | None) -> Score:
    kinds = tuple(
        _of_kind(kind, share, own, samples)
        for kind, share in shares.items()
        if (own := [result for result in results if result.kind is kind])
    )
    latencies = _latencies(results)
    quality, reliability = _over_kinds(results, kinds, samples, _worth), _reliability(results)
    median = percentile(latencies, 50)
    speed = _speed(median, field)
    return Score(
        miner=miner,
        quality=quality,
        pass_at_k=_over_kinds(results, kinds, samples, _pass_at_k),
        kinds=kinds,
        reliability=reliability,
        speed=speed,
        latency_p50_seconds=median,
        latency_p95_seconds=percentile(latencies, 95),
        total=quality.value * reliability * speed,
        problem=_commonest(result.error for result in results if result.error and result.sent.put),
    )


Measure = Callable[[Result, int], float | None]
"""What a problem says of its miner, in [0, 1]; nothing if it says nothing."""


def _worth(result: Result, _: int) -> float | None:
    """The mean worth of its answers: pass@1 where there are no degrees."""
    return statistics.fmean(verdict.worth for verdict in result.verdicts) if result.verdicts else None


def _pass_at_k(result: Result, k: int) -> float | None:
    """No unbiased estimate of pass@k exists for fewer samples than k."""
    answers = len(result.verdicts)
    return passk.pass_at_k(answers, sum(verdict.pays for verdict in result.verdicts), k) if answers >= k else None


def _of_kind(kind: Kind, share: float, results: Sequence[Result], samples: int) -> KindScore:
    return KindScore(
        kind=kind,
        share=share,
        quality=_interval(results, samples, _worth, {kind: 1.0}),
        pass_at_k=_interval(results, samples, _pass_at_k, {kind: 1.0}),
        problems=sum(bool(result.verdicts) for result in results),
        left_out=any(result.sent is Sent.LEFT_OUT for result in results),
    )


def _over_kinds(results: Sequence[Result], kinds: Sequence[KindScore], samples: int, measure: Measure) -> Interval:
    """Kinds of which nothing could be judged are absent; in those that the miner leaves out it has earned nothing."""
    told = {result.kind for result in results if measure(result, samples) is not None}
    shown = {one.kind: one.share for one in kinds if one.kind in told}
    left_out = math.fsum(one.share for one in kinds if one.left_out and one.kind not in shown)
    if not shown:
        return NOTHING if not left_out else Interval(0.0, 0.0, 0.0)
    found = _interval(results, samples, measure, shown)
    earned = math.fsum(shown.values()) / math.fsum([*shown.values(), left_out])
    return Interval(found.value * earned, found.low * earned, found.high * earned)


def _interval(results: Sequence[Result], samples: int, measure: Measure, shares: Shares) -> Interval:
    """The mean over problems, by kind, each kind with its share; each problem is one of those that could be asked."""
    judged = [(r, value) for r in results if r.kind in shares and (value := measure(r, samples)) is not None]
    if not judged:
        return NOTHING
    times = Counter(result.kind for result, _ in judged)
    weights = [shares[result.kind] / times[result.kind] for result, _ in judged]
    values = [value for _, value in judged]
    low, high = passk.interval_of_mean(values, sum(len(result.verdicts) for result, _ in judged), weights)
    return Interval(statistics.fmean(values, weights), low, high)


def _speed(median: float | None, field: float | None) -> float:
    """1 at or below the field's median latency, falling linearly to 1 - SPEED_SHARE at twice that."""
    if median is None or not field:
        return 1.0
    return 1.0 - SPEED_SHARE * min(max(median / field - 1.0, 0.0), 1.0)


def _latencies(results: Iterable[Result]) -> list[float]:
    return [result.latency_seconds for result in results if result.latency_seconds is not None]


def _reliability(results: Iterable[Result]) -> float:
    put = [result.sent is Sent.ANSWERED for result in results if result.sent.put]
    return sum(put) / len(put) if put else 0.0


def _commonest(reasons: Iterable[str]) -> str | None:
    counted = Counter(reasons).most_common(1)
    return counted[0][0] if counted else None
