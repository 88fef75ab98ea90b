"""What follows from both answers: changed or not, better or worse. Only confirmed improvement pays."""

from enum import StrEnum

from validator.drift.quality import FEWEST, Comparison

NOISY = 3
"""Alarms that were not confirmed, in an epoch, from which on the endpoint is a noisy one."""


class Standing(StrEnum):
    """How a miner stands to its own past."""

    STABLE = "stable"
    CHANGED = "changed"
    """Confirmed; whether for better or worse is not known yet."""
    NEUTRAL = "neutral"
    """Confirmed, and after FEWEST problems neither better nor worse."""
    IMPROVED = "improved"
    WORSE = "worse"
    SUSPECT = "suspect"
    """Quality moved and answers did not: its serving (cut off, timed out), or our problems; to be looked into."""
    NOISY = "noisy"
    """Alarms that nothing confirms: its allowance must be wider."""

    @property
    def pays(self) -> bool:
        """Whether anything is paid for it. A payment for change would invite changing to and fro."""
        return self is Standing.IMPROVED


def stand(changed: bool, comparison: Comparison, unconfirmed: int = 0) -> Standing:
    """The standing of a miner whose change was confirmed, or not, with verdicts since then, or since its epoch began.

    ``unconfirmed``: alarms of this epoch that a second look did not confirm.
    """
    moved = comparison.improved or comparison.worsened
    if not changed:
        if moved:
            return Standing.SUSPECT
        return Standing.NOISY if unconfirmed >= NOISY else Standing.STABLE
    if comparison.improved and comparison.gain.value > 0:
        return Standing.IMPROVED
    if comparison.worsened:
        return Standing.WORSE
    return Standing.NEUTRAL if comparison.problems >= FEWEST else Standing.CHANGED


def replaces_past(standing: Standing) -> bool:
    """Whether the present becomes the past that the next change is compared with.

    Improvement alone: who gets worse and then recovers has not improved on its past, and is not paid for it.
    """
    return standing is Standing.IMPROVED
