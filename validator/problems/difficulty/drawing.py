"""The sampler: which families to ask next, so that miners are told apart with the fewest problems.

Greedy: each problem is the one after which the miners' abilities are expected to be least uncertain (Fisher's
information over the current posterior; Lord 1980), and counts as asked when the next is chosen. Chance keeps it from
being foreseen: of those nearly as good it takes any (randomesque, Kingsbury & Zara 1989), and a share goes to the
families that were shown least, so that none goes unmeasured.
"""

import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence

from validator.errors import BadRange
from validator.problems.difficulty.model import UNKNOWN, Fit

CAP = 0.15
EXPLORED = 0.1
NEARLY = 0.9
"""Of the best gain: families above are as good as the best."""


def draw(
    families: Sequence[str],
    fit: Fit,
    count: int,
    seed: int,
    cap: float = CAP,
    miners: Sequence[str] | None = None,
    shown: Mapping[str, int] | None = None,
    samples: int = 1,
) -> tuple[str, ...]:
    """The families of the next ``count`` problems, in the order of asking; the same for the same arguments.

    No family gets more than ``cap`` of all that were shown, those of earlier draws (``shown``) included; at least
    EXPLORED of the draws go to the families shown least. ``miners``: whom to tell apart, all that are known unless
    given. ``samples`` are asked of each problem. Raises BadRange: a count below 1, a cap that leaves too few.
    """
    before = Counter({name: (shown or {}).get(name, 0) for name in families})
    room = _room(before, count, cap)
    rng = random.Random(seed)  # noqa: S311  # what is drawn must be repeatable; its seed is the secret
    known = [fit.ability(name) for name in (sorted(fit.abilities) if miners is None else miners)] or [UNKNOWN]
    worth = samples / (1 + (samples - 1) * fit.clustering)
    tells = {name: [worth * fit.family(name).information(one) for one in known] for name in sorted(before)}
    precisions = [1 / one.sd**2 for one in known]
    exploring = set(rng.sample(range(count), math.ceil(count * EXPLORED)))
    drawn: list[str] = []
    for place in range(count):
        free = [name for name in tells if room[name] > 0]
        chosen = rng.choice(_least(before, free) if place in exploring else _telling(tells, precisions, free))
        precisions = [own + more for own, more in zip(precisions, tells[chosen], strict=True)]
        room[chosen] -= 1
        before[chosen] += 1
        drawn.append(chosen)
    return tuple(drawn)


def _room(before: Mapping[str, int], count: int, cap: float) -> dict[str, int]:
    """How often each family may still be drawn."""
    if count < 1:
        raise BadRange(f"at least one problem must be drawn, not {count}")
    most = max(1, math.floor(cap * (sum(before.values()) + count) + 1e-9))
    room = {name: max(0, most - times) for name, times in before.items()}
    if sum(room.values()) < count:
        raise BadRange(f"{len(before)} families, none of them more than {cap:.0%} of all, leave room for "
                       f"{sum(room.values())} problems, not {count}: a higher cap, or more families")  # fmt: skip
    return room


def _least(shown: Mapping[str, int], free: Sequence[str]) -> list[str]:
    least = min(shown[name] for name in free)
    return [name for name in free if shown[name] == least]


def _telling(tells: Mapping[str, Sequence[float]], precisions: Sequence[float], free: Sequence[str]) -> list[str]:
    """Those that are expected to lessen the variances of all abilities most, taken together."""
    gains = {
        name: math.fsum(1 / own - 1 / (own + more) for own, more in zip(precisions, tells[name], strict=True))
        for name in free
    }
    best = max(gains.values())
    return [name for name in free if gains[name] >= NEARLY * best]
