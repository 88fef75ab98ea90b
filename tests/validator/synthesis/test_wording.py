"""Statements say all that their solver needs, in words that nest no deeper than a sentence."""

import random
import re

import pytest

from evaluator.graders.types import parse
from validator.problems.synthesis import Synthesised, synthesise
from validator.problems.synthesis.catalogue import Role
from validator.problems.synthesis.inputs import shapes
from validator.problems.synthesis.naming import define, entry, outright
from validator.problems.synthesis.realising import plainer


@pytest.fixture(scope="module")
def statements() -> list[tuple[Synthesised, str]]:
    made = [synthesise(seed, 2 + seed % 6) for seed in range(301, 361)]
    return [(one, one.statement.partition("Examples:")[0]) for one in made]


def test_no_statement_has_brackets_that_hold_words_together(statements: list[tuple[Synthesised, str]]) -> None:
    assert [text for _, text in statements if re.search(r"\[\w+ ", text)] == []


def test_every_word_that_is_defined_is_used(statements: list[tuple[Synthesised, str]]) -> None:
    defined = 0
    for _, text in statements:
        for word in re.findall(r"\*(\w+)\*", text):
            defined += 1
            assert len(re.findall(rf"\b{word}\b", text)) >= 2, text
    assert defined > 5


def test_no_word_is_defined_twice(statements: list[tuple[Synthesised, str]]) -> None:
    for _, text in statements:
        words = re.findall(r"\*(\w+)\*", text)
        assert len(set(words)) == len(words), text


def test_every_statement_says_what_to_return(statements: list[tuple[Synthesised, str]]) -> None:
    for _, text in statements:
        assert re.search(r"\b[Rr]eturn\b", text.partition("\n\n")[2]), text


def test_every_parameter_is_described_and_used(statements: list[tuple[Synthesised, str]]) -> None:
    for made, text in statements:
        for name, _ in made.program.entry.parameters:
            assert f"`{name}` is " in text
        if len(made.parameters) == 1:
            assert text.count(f"`{made.program.entry.parameters[0][0]}`") >= 3, text


def test_no_gap_is_left_open(statements: list[tuple[Synthesised, str]]) -> None:
    assert [text for _, text in statements if re.search(r"\{\w+\+?\}", text)] == []


def test_functions_are_called_by_what_they_do_to_what(statements: list[tuple[Synthesised, str]]) -> None:
    for made, _ in statements:
        assert made.program.entry.name.endswith(f"_{made.program.entry.parameters[0][0]}")


def test_names_for_results_of_every_type_exist() -> None:
    for kind in ("int", "float", "bool", "string", "list[int]", "map[int, int]", "tuple[int, int]", "optional[int]"):
        assert entry(parse(kind), "values", random.Random(1)).endswith("_values")


def test_a_test_becomes_an_adjective_and_a_measure_a_noun() -> None:
    assert define(Role.TEST, "int", "is 3, 4 or 5", 0) == ("Call a number *steep* if it is 3, 4 or 5.", "is steep")
    assert define(Role.MAP, "string", "its length, doubled", 0)[1] == "its rank"
    assert define(Role.FOLD, "list[string]", "the longest, or nothing", 0)[1] == "the rank of the strings"


def test_it_is_named_where_nothing_says_what_it_is() -> None:
    assert outright("int", "it plus 2 if it is even, and it minus 1 otherwise") == (
        "that number plus 2 if it is even, and that number minus 1 otherwise"
    )
    assert outright("string", "itself read backwards") == "that string read backwards"
    assert outright("string", "its first character") == "its first character"


PLAIN = {
    "the one 1 place after it": "the one right after it",
    "|x - 0| + |y + 0|": "|x| + |y|",
    "(x - 0) squared": "x squared",
    "running totals, counted from 0 instead of 0": "running totals",
    "at least 1 others between them": "at least one other between them",
}


@pytest.mark.parametrize("said", PLAIN)
def test_constants_that_change_nothing_are_not_said(said: str) -> None:
    assert plainer(said) == PLAIN[said]


def test_stories_belong_to_names_that_parameters_have() -> None:
    for shape in shapes().values():
        names = {name for parameter in shape.parameters for name in parameter.names}
        assert set(shape.stories) <= names, shape.name
        assert [story for story in shape.stories.values() if not story.endswith(".")] == []
