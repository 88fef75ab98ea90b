"""The benchmark problems that others are derived from."""

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from evaluator.graders.types import parse
from validator.problems.derivation.drawing import reworded
from validator.problems.derivation.layers import join, joins, recode, recodings
from validator.problems.derivation.neighbours import Neighbours
from validator.problems.derivation.originals import MADE, originals
from validator.problems.derivation.planning import Base
from validator.problems.synthesis.evaluating import Evaluator
from validator.problems.synthesis.tree import Program

SAMPLES: dict[str, list[Any]] = {
    "list[int]": [[], [3], [1, 1, 2], [-5, 0, 7, 7, 12]],
    "int": [0, 1, 17, 250],
    "string": ["", "a", "Hello you", "xyz zab 9"],
    "list[string]": [[], ["one"], ["a", "b c", "a"]],
}


def test_there_are_enough_of_both_benchmarks_in_a_small_file_that_names_their_licences() -> None:
    counts = Counter(one.name.partition("/")[0] for one in originals())
    assert min(counts["HumanEval"], counts["Mbpp"]) >= 60, counts
    assert MADE.stat().st_size < 300_000
    licences = json.loads(MADE.read_text())["licences"]
    assert all(word in licences for word in ("MIT", "Apache-2.0", "CC-BY-4.0"))


def test_an_original_has_a_result_for_every_input_and_every_twist_changes_some() -> None:
    for original in originals():
        assert len(original.run.inputs) == len(original.run.results) >= 24
        assert all(len(given) == len(original.chosen.parameters) for given in original.inputs())
        for twist, twisted in zip(original.chosen.twists, original.run.twisted, strict=True):
            assert len(twisted.results if twisted else twist.k) == len(twist.k)
            for results in twisted.results if twisted else ():
                same = sum(one == other for one, other in zip(results, original.run.results, strict=True))
                assert same <= 0.85 * len(results), original.name


def test_every_twist_changes_the_text_and_the_code() -> None:
    for original in originals():
        names = [name for name, _ in original.chosen.parameters]
        plain = reworded(original.chosen.text, Base(original, None), 0, names)
        for place, twisted in enumerate(original.run.twisted):
            base = Base(original, place)
            assert reworded(original.chosen.text, base, base.numbers[0], names) != plain
            assert twisted is None or twisted.code != original.run.code


@pytest.mark.parametrize("recoding", recodings(), ids=lambda one: one.name)
def test_a_recoding_gives_back_what_was_meant(recoding: object) -> None:
    chosen = next(one for one in recodings() if one == recoding)
    for seed in range(10):
        layer = recode(chosen, random.Random(seed))
        assert layer.inverse is not None
        decode, encode = Evaluator(Program((layer.function,))), Evaluator(Program((layer.inverse,)))
        for value in SAMPLES[chosen.meant]:
            assert decode(encode(value)) == value


def test_a_join_depends_on_both_answers() -> None:
    pairs: dict[str, tuple[Any, Any]] = {
        "int": (3, 8),
        "string": ("ab", "c"),
        "list[int]": ([1], [2, 3]),
        "list[string]": (["a"], ["b", "c"]),
    }
    for chosen in joins():
        one, other = pairs.get(chosen.takes, (True, False))
        evaluate = Evaluator(Program((join(chosen, random.Random(1)).function,)))
        assert len({repr(evaluate(*both)) for both in ((one, one), (one, other), (other, one))}) == 3, chosen.name


def test_neighbours_stay_within_what_was_seen() -> None:
    rng = random.Random(3)
    numbers, texts = Neighbours(parse("int"), [2, 9]), Neighbours(parse("string"), ["two five", "nine"])
    lists = Neighbours(parse("list[int]"), [[4, 5], [6]])
    for _ in range(300):
        assert 2 <= numbers.draw(rng) <= 9
        assert all(texts.draw(rng).split(" "))
        drawn = lists.draw(rng)
        assert drawn
        assert all(4 <= item <= 6 for item in drawn)


def test_the_command_runs_benchmarks_in_the_sandbox_and_keeps_what_they_gave(engine: None, tmp_path: Path) -> None:
    from validator.problems.derivation.__main__ import app

    plus, mbpp, made = tmp_path / "plus.jsonl", tmp_path / "mbpp.jsonl", tmp_path / "made.json"
    task = {
        "task_id": "HumanEval/30",
        "prompt": 'def get_positive(l: list):\n    """Return only positive numbers in the list."""\n',
        "contract": "\n    assert all(type(x) == int for x in l)\n",
        "canonical_solution": "    return list(filter(lambda x: x > 0, l))\n",
        "entry_point": "get_positive",
        "base_input": [[[-1, -2, 4, 5, 6]], [[5, 3, -5, 2, 3, 3, 9, 0, 123, 1, -10]]],
        "plus_input": [[[-1, -2, 4.5, 5, 6]], [[]]],
    }
    plus.write_text(json.dumps(task) + "\n")
    test = "assert pos_count([1,-2,3,-4]) == 2"
    code = "def pos_count(list):\n  return sum(num >= 0 for num in list)"
    mbpp.write_text(json.dumps({"task_id": 66, "code": code, "test_list": [test]}) + "\n")
    done = CliRunner().invoke(app, [str(plus), str(mbpp), "--made", str(made)])
    assert done.exit_code == 0, done.output
    assert str(made.stat().st_size) in done.output
    runs = json.loads(made.read_text())["originals"]
    for given, result in zip(runs["HumanEval/30"]["inputs"], runs["HumanEval/30"]["results"], strict=True):
        assert result == [number for number in given[0] if number > 0]
