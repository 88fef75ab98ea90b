"""What a round draws: the same for the same seed, kinds by their shares, languages that the sandbox has."""

from collections import Counter

import pytest

from validator.errors import UnknownTarget
from validator.problems.choosing import DEPTHS, slots
from validator.problems.protocol import Kind
from validator.problems.shares import shares


def test_the_same_seed_draws_the_same() -> None:
    first, again, other = (slots(seed, 20, shares(), ["python"]) for seed in (5, 5, 6))
    assert first == again
    assert [slot.recipe(2) for slot in first] == [slot.recipe(2) for slot in again]
    assert not {slot.recipe(0).name for slot in first} & {slot.recipe(0).name for slot in other}


def test_each_attempt_is_another_problem() -> None:
    (slot,) = slots(1, 1, {Kind.GENERATION: 1.0}, ["python"])
    assert len({slot.recipe(attempt).name for attempt in range(50)}) == 50


@pytest.mark.parametrize("count", [1, 7, 8, 20, 60, 1000])
def test_a_kind_has_as_many_places_as_its_share_says(count: int) -> None:
    for seed in range(20):
        places = slots(seed, count, shares(), ["python"])
        assert [slot.number for slot in places] == list(range(count))
        found = Counter(slot.kind for slot in places)
        assert all(abs(found[kind] - share * count) < 1 for kind, share in shares().items()), (seed, found)


def test_seeds_give_the_places_that_are_left_over_to_all() -> None:
    found = Counter(slots(seed, 1, shares(), ["python"])[0].kind for seed in range(1000))
    assert all(abs(found[kind] / 1000 - share) < 0.05 for kind, share in shares().items()), found


def test_answers_are_in_languages_that_were_named() -> None:
    places = slots(3, 200, shares(), ["go", "python"])
    recipes = [slot.recipe(0) for slot in places]
    assert {recipe.language for recipe in recipes} == {"go", "python"}
    assert {recipe.depth for recipe in recipes} == set(DEPTHS)
    translations = [recipe for recipe in recipes if recipe.kind is Kind.TRANSLATION]
    assert all(recipe.given not in ("", recipe.language) for recipe in translations)


def test_a_language_that_a_kind_is_not_asked_in_is_refused() -> None:
    with pytest.raises(UnknownTarget, match="generation is not asked in cobol, but in c, cpp, go, java"):
        slots(1, 5, {Kind.GENERATION: 1.0}, ["cobol"])
