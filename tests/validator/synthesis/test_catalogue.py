"""The building blocks are sound: each makes sense with each of its types, and says what its constants are."""

import random
import re

import pytest

from evaluator.graders.types import Kind, parse
from validator.problems.synthesis.catalogue import Idiom, Role, bind, bindings, load
from validator.problems.synthesis.drawing import DRAWS
from validator.problems.synthesis.emitting.grammar import find, targets
from validator.problems.synthesis.inputs import draw, shapes

BLOCKS = load()


def test_there_are_blocks_of_every_role() -> None:
    roles = [block.role for block in BLOCKS]
    assert {role for role in Role if roles.count(role) >= 15} == {Role.TEST, Role.MAP, Role.TRANSFORM, Role.FOLD}


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.name)
def test_every_phrasing_names_every_constant_and_hole(block: Idiom) -> None:
    for phrase in block.say:
        words = set(re.findall(r"\{(\w+)\+?\}", " ".join([phrase, *block.rules, str(block.draws)])))
        assert set(block.draws) | set(block.holes) <= words, phrase
        known = {*block.draws, *block.holes, "item", "items", "xs", "by", "arg0", "arg1"}
        known |= {"table", "first"} if block.machine else set()
        assert words <= known, phrase
    assert len(set(block.say)) >= 2


@pytest.mark.parametrize("name", shapes())
def test_random_inputs_are_many_and_fit_what_edges_are(name: str) -> None:
    shape = shapes()[name]
    found = draw(shape, random.Random(3), (5, 7), 30)
    assert len(found) == 30
    assert {len(given) for given in (*found, *shape.edges)} == {len(shape.parameters)}


def test_every_shape_is_drawn_and_used() -> None:
    assert set(DRAWS) == {name for name, shape in shapes().items() if not shape.commands}
    readers = [block.reads for block in BLOCKS if block.reads]
    used = {block.shape + form for block in BLOCKS if block.commands for form in ("", *readers)}
    used |= {block.shape for block in BLOCKS if block.shape} | {name for name, shape in shapes().items() if shape.plain}
    assert used == set(shapes())


def test_no_block_has_a_name_that_a_language_needs() -> None:
    helpers = {name for language in targets() for name in find(language).helpers}
    assert {block.name for block in BLOCKS} & helpers == set()


def test_variables_of_types_are_bound_in_every_way() -> None:
    (kept,) = [block for block in BLOCKS if block.name == "kept"]
    assert bindings(kept) == ((("T", "int"),), (("T", "string"),))


def test_results_of_every_type_are_made() -> None:
    made = {parse(bind(block.gives, dict(bound))).kind for block in BLOCKS for bound in bindings(block)}
    assert made == {Kind.INT, Kind.FLOAT, Kind.BOOL, Kind.STRING, Kind.LIST, Kind.MAP, Kind.TUPLE, Kind.OPTIONAL}


def test_every_constant_matters_to_the_code() -> None:
    for block in BLOCKS:
        pieces = [piece for draw in block.draws.values() if isinstance(draw, dict) for piece in draw.values()]
        assert set(block.draws) <= set(re.findall(r"\b\w+\b", " ".join([block.code, *pieces]))), block.name
