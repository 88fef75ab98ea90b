"""How much each kind counts: together one, and whatever is not says so."""

import math

import pytest

from validator.errors import BadShares
from validator.problems.protocol import Kind
from validator.problems.shares import checked, read, shares


def test_the_table_has_all_kinds_and_sums_to_one() -> None:
    assert set(shares()) == set(Kind)
    assert math.fsum(shares().values()) == pytest.approx(1.0, abs=1e-12)


def test_some_kinds_keep_their_proportions() -> None:
    whole, some = shares(), shares([Kind.REPAIR, Kind.ANALYSIS])
    assert set(some) == {Kind.REPAIR, Kind.ANALYSIS}
    assert sum(some.values()) == pytest.approx(1.0)
    assert some[Kind.REPAIR] / some[Kind.ANALYSIS] == pytest.approx(whole[Kind.REPAIR] / whole[Kind.ANALYSIS])


def test_what_a_person_writes_is_read() -> None:
    assert read("analysis, repair") == shares([Kind.ANALYSIS, Kind.REPAIR])
    assert read("bug-detection=0.75,repair=0.25") == {Kind.REPAIR: 0.25, Kind.BUG_DETECTION: 0.75}
    assert read("generation=1,repair=0") == {Kind.GENERATION: 1.0}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("repiar", "no kind of problem is called 'repiar'; there are: generation, repair,"),
        ("repair,repair", "each once"),
        (" , ", "expected kinds"),
        ("repair=0.5,analysis=0.4", "must sum to 1, and sum to 0.9"),
        ("repair=1.5,analysis=-0.5", "between 0 and 1, not repair=1.5, analysis=-0.5"),
        ("repair=0.5,analysis", "expected a share such as analysis=0.25, got 'analysis'"),
        ("repair=much", "expected a share such as repair=0.25"),
        ("repair=nan", "between 0 and 1"),
    ],
)
def test_what_makes_no_sense_is_refused(text: str, said: str) -> None:
    with pytest.raises(BadShares, match=said):
        read(text)


def test_shares_are_in_the_order_of_kinds() -> None:
    assert list(checked({"analysis": 0.5, "generation": 0.5})) == [Kind.GENERATION, Kind.ANALYSIS]
