"""Medians, spreads, ratios of pairs, and which claims hold."""

import pytest

from benchmarks.figure import Claim, Series, paired


def test_few_values_spread_from_the_least_to_the_greatest() -> None:
    assert Series("x", "ms", (3.0, 1.0, 2.0)).spread == (1.0, 3.0)


def test_many_values_spread_from_the_10th_to_the_90th_percentile() -> None:
    assert Series("x", "ms", tuple(float(value) for value in range(101))).spread == pytest.approx((10.0, 90.0))


def test_a_ratio_is_taken_pair_by_pair() -> None:
    ratio = paired("ours / theirs", [10.0, 30.0, 4.0], [1.0, 10.0, 2.0])
    assert ratio.values == (10.0, 3.0, 2.0)
    assert ratio.median == 3.0


def test_a_pair_that_lacks_one_side_is_no_pair() -> None:
    with pytest.raises(ValueError, match="zip"):
        paired("ours / theirs", [1.0, 2.0], [1.0])


@pytest.mark.parametrize(("value", "at_least", "met"), [(7.0, True, True), (6.9, True, False), (7.1, False, False)])
def test_a_claim_holds_on_its_own_side_of_the_bound(value: float, at_least: bool, met: bool) -> None:
    assert Claim("x", value, 7.0, "x", at_least=at_least).met is met
