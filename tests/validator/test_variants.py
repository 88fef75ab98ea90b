"""A variant belongs to one secret, round, miner and recipe, and to nothing else."""

from itertools import product

from validator.problems.protocol import Kind, Recipe
from validator.problems.variants import VARIANT_BYTES, variant

RECIPE = Recipe(kind=Kind.GENERATION, seed=7)


def test_whatever_differs_gives_another() -> None:
    recipes = [RECIPE, RECIPE.model_copy(update={"seed": 8}), RECIPE.model_copy(update={"depth": 5})]
    keys = list(product((b"one", b"two"), (1, 2, 11), ("5Abc", "15Abc"), recipes))
    found = {variant(*key) for key in keys}
    assert len(found) == len(keys)
    assert {len(one) for one in found} == {VARIANT_BYTES}


def test_the_variant_of_a_request_never_changes() -> None:
    assert variant(b"secret", 1, "5Abc", RECIPE).hex() == variant(b"secret", 1, "5Abc", RECIPE.model_copy()).hex()
    assert RECIPE.name == "generation/7-4/python"
    translation = Recipe(kind=Kind.TRANSLATION, seed=7, given="java", language="python")
    assert translation.name == "translation/7-4/java-python"
