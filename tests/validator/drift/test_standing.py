"""Change alone neither pays nor costs; only confirmed improvement pays."""

import pytest

from validator.drift.quality import FEWEST, Comparison
from validator.drift.standing import NOISY, Standing, replaces_past, stand


def after(*differences: tuple[int, int]) -> Comparison:
    """So many problems, each with this gain."""
    found = Comparison()
    for gain, problems in differences:
        for _ in range(problems):
            found = found.after(max(0, gain), max(0, -gain))
    return found


NOTHING = Comparison()
BETTER = after((1, 50))
WORSE = after((-1, 50))
LONG = after((0, FEWEST))


@pytest.mark.parametrize(
    ("changed", "comparison", "unconfirmed", "expected"),
    [
        (False, NOTHING, 0, Standing.STABLE),
        (False, LONG, 0, Standing.STABLE),
        (False, NOTHING, NOISY, Standing.NOISY),
        (False, BETTER, 0, Standing.SUSPECT),
        (False, WORSE, 0, Standing.SUSPECT),
        (True, NOTHING, 0, Standing.CHANGED),
        (True, LONG, 0, Standing.NEUTRAL),
        (True, BETTER, 0, Standing.IMPROVED),
        (True, WORSE, 0, Standing.WORSE),
    ],
)
def test_a_standing_follows(changed: bool, comparison: Comparison, unconfirmed: int, expected: Standing) -> None:
    assert stand(changed, comparison, unconfirmed) is expected


def test_only_improvement_pays_and_becomes_the_past() -> None:
    assert [one for one in Standing if one.pays] == [Standing.IMPROVED]
    assert [one for one in Standing if replaces_past(one)] == [Standing.IMPROVED]


def test_who_got_better_and_then_worse_again_is_not_paid() -> None:
    assert stand(True, after((1, 50), (-1, 300))) is Standing.WORSE


def test_getting_worse_and_recovering_earns_nothing() -> None:
    """Compared with what it was before it got worse, which stays its past, it is no better."""
    assert not replaces_past(stand(True, WORSE))
    found = Comparison()
    for at in range(FEWEST):
        found = found.after(at % 2, at % 2)
    assert stand(True, found) is Standing.NEUTRAL
