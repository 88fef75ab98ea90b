"""State machines: their tables are drawn such that all of them matters, and the code does what the table says."""

import random
from collections.abc import Callable

import pytest

from validator.problems.synthesis.catalogue import Idiom, load
from validator.problems.synthesis.composing import Skeleton, fill
from validator.problems.synthesis.evaluating import Evaluator
from validator.problems.synthesis.inputs import draw, shapes
from validator.problems.synthesis.machines import Machine, Table
from validator.problems.synthesis.machines import draw as draw_table
from validator.problems.synthesis.realising import Realised, realise

MACHINES = [idiom for idiom in load() if idiom.machine]
NUMBERS = Machine(events=("low", "high"), actions="-3..9")


def rows(shown: str) -> dict[str, list[list[str]]]:
    """What the table in a statement says: for each state, the next state and the action of each column."""
    lines = [[cell.strip() for cell in line.strip(" |").split("|")] for line in shown.splitlines()]
    return {line[0]: [cell.split("; ") for cell in line[1:]] for line in lines[2:]}


def real(name: str, shape: str, seed: int) -> Realised:
    (idiom,) = [one for one in MACHINES if one.name == name]
    block = fill(random.Random(1), idiom, (), 4)
    assert block is not None
    return realise(Skeleton(shape, (block,)), random.Random(seed))


def test_there_are_at_least_6_families_of_machines() -> None:
    assert len(MACHINES) >= 6


def test_tables_are_many_and_use_all_their_states() -> None:
    tables = [draw_table(NUMBERS, random.Random(seed)) for seed in range(300)]
    assert len({table.shown for table in tables}) > 290
    for table in tables:
        assert set(table.nexts) | {0} == set(range(len(table.states)))
        assert len(table.nexts) == len(table.numbers) == 2 * len(table.states)


def test_the_table_that_is_shown_is_the_one_that_runs() -> None:
    table: Table = draw_table(NUMBERS, random.Random(5))
    shown = [cell for row in rows(table.shown).values() for cell in row]
    assert [table.states.index(state) for state, _ in shown] == list(table.nexts)
    assert [int(action) for _, action in shown] == list(table.numbers)


@pytest.mark.parametrize("idiom", MACHINES, ids=lambda idiom: idiom.name)
def test_a_block_with_a_machine_shows_its_table_and_its_first_state(idiom: Idiom) -> None:
    assert idiom.machine is not None
    shown = " ".join(idiom.rules)
    assert "{table}" in idiom.rules
    assert "{first}" in shown
    if isinstance(idiom.machine.actions, dict):
        assert [action for action in idiom.machine.actions if f'"{action}"' not in shown] == []


@pytest.mark.parametrize("seed", range(8))
def test_a_solver_who_follows_the_table_gets_the_same_totals(seed: int) -> None:
    realised = real("machine_of_numbers", "ints", seed)
    (sentence,) = realised.sentences
    table = rows(next(rule for rule in sentence.rules if rule.startswith("|")))
    first = sentence.rules[0].split("begins in state ")[1].split(".")[0]
    for (numbers,) in draw(shapes()["ints"], random.Random(seed), (), 10):
        state, found = first, []
        for number in numbers:
            state, action = table[state][number % 3]
            found.append(number + int(action))
        assert Evaluator(realised.program)(numbers) == found


@pytest.mark.parametrize("seed", range(8))
def test_a_solver_who_follows_the_table_filters_the_same(seed: int) -> None:
    realised = real("machine_of_letters", "letters", seed)
    (sentence,) = realised.sentences
    table = rows(next(rule for rule in sentence.rules if rule.startswith("|")))
    does: dict[str, Callable[[str], str]] = {
        "nothing": lambda c: "",
        "as is": str,
        "upper": str.upper,
        "mark": lambda c: c.lower() + "-",
    }
    for (text,) in draw(shapes()["letters"], random.Random(seed), (), 10):
        state, found = sentence.rules[0].split("begins in state ")[1].split(".")[0], ""
        for c in text:
            state, action = table[state][0 if c.lower() in "aeiou" else 1]
            found += does[action](c)
        assert Evaluator(realised.program)(text) == found
