"""Which of many cases become the hidden tests: few, and such that they kill as many mutants as all of them would."""

import random
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from validator.errors import TooFewCases
from validator.problems.mutation.distinct import Trial

LEAST = 20
MOST = 40


@dataclass(frozen=True, slots=True)
class Selection:
    """The chosen cases by number, and what they are worth."""

    cases: tuple[int, ...]
    killed: int
    killable: int
    """Mutants that some candidate kills."""
    unkilled: int
    """Mutants that run and that no candidate kills: equivalent ones are among them."""

    @property
    def share(self) -> float:
        """Of the mutants that some candidate kills, the share that the chosen ones kill; 1 if there are none."""
        return self.killed / self.killable if self.killable else 1.0


def select(
    count: int, trials: Sequence[Trial], seed: int, *, edges: Collection[int] = (), least: int = LEAST, most: int = MOST
) -> Selection:
    """Choose ``least`` to ``most`` of ``count`` candidate cases: all ``edges``, then whatever kills most of what lives.

    Greedy set cover, within a factor of ln(n) of the smallest (Chvatal 1979). Once all that can be is killed, cases
    are added that kill what few others kill. ``seed`` decides between equals. Raises TooFewCases.
    """
    if count < least:
        raise TooFewCases(f"at least {least} hidden tests are wanted, and there are {count} candidates")
    killers = [trial.kills for trial in trials if trial.killed]
    chosen = sorted(set(edges))
    times = Counter(mutant for mutant, kills in enumerate(killers) for case in chosen if case in kills)
    left = [case for case in range(count) if case not in set(chosen)]
    random.Random(seed).shuffle(left)  # noqa: S311  a draw, not a secret
    while left and len(chosen) < most:
        best = max(left, key=lambda case: _gain(case, killers, times))
        if len(chosen) >= least and not _gain(best, killers, times)[0]:
            break
        left.remove(best)
        chosen.append(best)
        times.update(mutant for mutant, kills in enumerate(killers) if best in kills)
    unkilled = sum(trial.compiled and not trial.killed for trial in trials)
    return Selection(tuple(sorted(chosen)), len(times), len(killers), unkilled)


def _gain(case: int, killers: Sequence[frozenset[int]], times: Counter[int]) -> tuple[int, float]:
    """How many more mutants would be killed, and then how much more surely those are that few cases kill."""
    kills = [mutant for mutant, cases in enumerate(killers) if case in cases]
    return sum(not times[mutant] for mutant in kills), sum(0.5 ** times[mutant] for mutant in kills)
