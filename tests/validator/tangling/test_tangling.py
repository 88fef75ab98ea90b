"""Tangled programs: they do what they did, in a way that is worse."""

import random

import pytest

from evaluator.graders.types import Kind, Type
from evaluator.metrics import measure
from validator.problems.synthesis import Synthesised, synthesise, targets
from validator.problems.synthesis.emitting.printer import emit
from validator.problems.synthesis.evaluating import Evaluator
from validator.problems.synthesis.tree import Declare, Name, Program, expressions, statements, walk
from validator.problems.tangling import renamed, tangled
from validator.problems.tangling.naming import Names, beginning

DRAWN = [synthesise(seed, 2 + seed % 7, b"v") for seed in range(30)]
CLASSES = [made for made in DRAWN if any(function.classes for function in made.program.functions)]
MADE = [made for made in DRAWN if made not in CLASSES][:21]


def knotted(made: Synthesised, seed: int = 0) -> Program:
    return tangled(made.program, random.Random(seed))


@pytest.mark.parametrize("made", MADE, ids=lambda made: f"{made.seed}")
def test_nothing_changes_in_what_a_program_does(made: Synthesised) -> None:
    for seed in range(4):
        evaluate = Evaluator(knotted(made, seed))
        assert [evaluate(*given) for given, _ in made.hidden] == [result for _, result in made.hidden]


def test_programs_become_longer_deeper_and_more_complex() -> None:
    worse = 0
    for made in MADE:
        given, clean = measure("python", emit(knotted(made), "python")), measure("python", made.reference("python"))
        worse += given.tokens > 1.15 * clean.tokens and given.complexity > 1.5 * clean.complexity
        assert given.depth >= clean.depth
    assert worse > 0.8 * len(MADE)


def test_a_class_stays_as_it_is_in_a_program_that_does_the_same() -> None:
    assert CLASSES
    for made in CLASSES:
        program = knotted(made)
        assert sum(len(function.classes) for function in program.functions) >= 1
        assert [Evaluator(program)(*given) for given, _ in made.hidden] == [result for _, result in made.hidden]


def test_one_function_is_left_of_many() -> None:
    before = sum(len(made.program.functions) for made in MADE)
    assert sum(len(knotted(made).functions) for made in MADE) < before / 3


def test_every_variable_is_used_since_go_insists() -> None:
    for made in MADE:
        entry = knotted(made).entry
        read = {
            value.name
            for part in statements(entry.body)
            for one in expressions(part)
            for value in walk(one)
            if isinstance(value, Name)
        }
        declared = {part.name for part in statements(entry.body) if isinstance(part, Declare)}
        assert declared <= read


def test_the_same_random_numbers_tie_the_same_knots() -> None:
    assert all(knotted(made, 5) == knotted(made, 5) for made in MADE)
    assert any(knotted(made, 5) != knotted(made, 6) for made in MADE)


@pytest.mark.parametrize("language", targets())
def test_other_names_change_neither_results_nor_measures(language: str) -> None:
    for made in MADE[:6]:
        program = knotted(made)
        other = Program((*program.functions[:-1], renamed(program.entry)))
        assert emit(other, language) != emit(program, language)
        assert measure(language, emit(other, language)) == measure(language, emit(program, language))
        assert [Evaluator(other)(*given) for given, _ in made.hidden] == [result for _, result in made.hidden]


def test_a_name_is_given_once() -> None:
    names = Names({"tmp", "tmp3"})
    assert [names.fresh("tmp") for _ in range(3)] == ["tmp2", "tmp4", "tmp5"]
    assert names.fresh("other") == "other"


def test_variables_begin_with_something_of_their_type() -> None:
    kinds = [
        Type(Kind.TUPLE, (Type(Kind.INT), Type(Kind.STRING))),
        Type(Kind.LIST, (Type(Kind.BOOL),)),
        Type(Kind.FLOAT),
    ]
    assert [beginning(kind).kind for kind in kinds] == kinds
