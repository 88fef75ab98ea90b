"""The report on thousands of problems: it goes on where it was interrupted, and says what was dropped, and why."""

from itertools import islice
from pathlib import Path

import pytest

from validator.errors import StateProblem
from validator.problems.kinds import languages
from validator.problems.protocol import Kind, Recipe
from validator.problems.report.asking import recipes
from validator.problems.report.gathering import gather
from validator.problems.report.killing import Killed
from validator.problems.report.page import page
from validator.problems.report.records import REPEATED, Record, dropped, load, usable
from validator.problems.synthesis import DEEPEST, SHALLOWEST

KILLED = Killed(problems=40, mutants=600, killable=520, killed=518)
SEED = 8


def records(*facts: tuple[Kind, str, str]) -> dict[int, Record]:
    """Of a kind, a behaviour and why it cannot be used, each."""
    return {
        number: Record(
            number=number, recipe=Recipe(kind=kind, seed=number), session=1.0, after_seconds=float(number + 1),
            behaviour=behaviour, why=why, wrong=2 * (not why), weight=3.0,
        )
        for number, (kind, behaviour, why) in enumerate(facts)
    }  # fmt: skip


KNOWN = records(
    (Kind.REPAIR, "a", ""),
    (Kind.ANALYSIS, "a", ""),
    (Kind.REPAIR, "a", ""),
    (Kind.REPAIR, "b", "no problem of depth 4 from seed 77 in 400 attempts"),
    (Kind.REPAIR, "c", "its reference does not pass: failed: case 3"),
    (Kind.REPAIR, "d", ""),
)


def test_every_kind_pair_and_depth_is_asked_for() -> None:
    drawn = list(islice(recipes(SEED), 1000))
    assert drawn == list(islice(recipes(SEED), 1000))
    assert len({recipe.name for recipe in drawn}) == 1000
    found = {(recipe.kind, recipe.given, recipe.language) for recipe in drawn}
    assert found == {(kind, *pair) for kind in Kind for pair in languages(kind)}
    assert {recipe.depth for recipe in drawn} == set(range(SHALLOWEST, DEEPEST + 1))


def test_what_behaves_like_an_earlier_one_of_its_kind_is_not_used() -> None:
    assert list(usable(KNOWN)) == [0, 1, 5]


def test_reasons_are_told_in_general() -> None:
    assert dropped(KNOWN) == {
        2: REPEATED,
        3: "no problem of depth N from seed N in N attempts",
        4: "its reference does not pass",
    }


def test_the_page_counts_what_was_used_and_dropped() -> None:
    text = page(KNOWN, SEED, 612.4, 400, KILLED)
    assert "| problems used | 3 |" in text
    assert "| repair | 2 | 1 | 3.0 | 4 | 3 |" in text
    assert "| made a minute, on" in text
    assert "612" in text
    assert "| mutants of 40 problems; hidden cases or 100 others kill | 600; 520 |" in text
    assert "| of them killed by hidden cases | 518 |" in text
    assert "| made and proven a minute, on the same cores | 60 |" in text
    assert "| repair | its reference does not pass | 1 |" in text
    assert f"| repair | {REPEATED} | 1 |" in text
    assert "The first 3 of them took the generator" in text
    assert "| no skeleton |" in text


def test_the_specimens_are_those_that_the_seed_draws() -> None:
    one, again, other = (page(KNOWN, seed, 600, 400, KILLED).partition("## Specimens")[2] for seed in (SEED, SEED, 9))
    assert one == again
    assert one.count("````text") == 3
    assert "specimens/9/KIND" in other


async def test_a_report_goes_on_where_it_was_interrupted(engine: None, tmp_path: Path) -> None:
    file = tmp_path / "records.jsonl"
    whole = await gather(file, SEED, 4, lambda *_: None)
    assert len(usable(whole)) == 4
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:2]) + lines[2][:40])
    before = load(file)
    assert len(before) == 2
    again = await gather(file, SEED, 4, lambda *_: None)
    assert {number: again[number] for number in before} == before
    assert {number: (one.recipe, one.behaviour) for number, one in again.items()} == {
        number: (one.recipe, one.behaviour) for number, one in whole.items()
    }
    assert load(file) == again


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "records.jsonl"
    file.write_text('{"number": 1}\n')
    with pytest.raises(StateProblem, match="line 1 is no record of a report"):
        load(file)
