"""What a round draws: the same for the same seed, kinds by their shares, languages that the sandbox has."""

from collections import Counter

import pytest

from validator.errors import UnknownTarget
from validator.problems.choosing import DEEPEST, slots
from validator.problems.difficulty import History, Response, family
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
    assert {recipe.depth for recipe in recipes} == set(range(2, DEEPEST + 1))
    translations = [recipe for recipe in recipes if recipe.kind is Kind.TRANSLATION]
    assert all(recipe.given not in ("", recipe.language) for recipe in translations)


def test_a_language_that_a_kind_is_not_asked_in_is_refused() -> None:
    with pytest.raises(UnknownTarget, match="generation is not asked in cobol, but in c, cpp, go, java"):
        slots(1, 5, {Kind.GENERATION: 1.0}, ["cobol"])


def test_families_that_tell_miners_apart_are_asked_more_and_none_too_often() -> None:
    telling, dull = "generation/python/4-5", "generation/python/2-3"
    responses = [
        *(Response(f"miner {n}", telling, right=5.0 * (n >= 8), asked=5) for n in range(16) for _ in range(20)),
        *(Response(f"miner {n}", dull, right=5.0, asked=5) for n in range(16) for _ in range(20)),
    ]
    history = History(tuple(responses), {telling: 20, dull: 20, "generation/python/6-8": 20})
    places = slots(3, 60, {Kind.GENERATION: 1.0}, ["python"], history)
    found = Counter(family(slot.recipe(0)) for slot in places)
    assert found[telling] > found[dull]
    assert max(found.values()) <= 0.5 * (60 + 60) - 20


def test_without_a_history_all_families_of_a_kind_are_asked() -> None:
    places = slots(3, 60, {Kind.REPAIR: 1.0}, ["go", "python"])
    found = Counter(family(slot.recipe(0)) for slot in places)
    assert len(found) == 6
    assert max(found.values()) <= 0.25 * 60
