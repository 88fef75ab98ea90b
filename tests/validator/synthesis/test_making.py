"""Problems are the same for the same seed, differ between seeds and between variants, and are worth solving."""

import hashlib
import os
import subprocess
import sys

import pytest

from validator.errors import BadRange, Fault
from validator.problems.synthesis import DEEPEST, SHALLOWEST, Synthesised, distinct, synthesise, targets
from validator.problems.synthesis.evaluating import Evaluator

SEEDS = range(1, 41)
SHOW = """
import hashlib
from validator.problems.synthesis import synthesise, targets
for seed in range(1, 6):
    for variant in (b"", b"a miner"):
        made = synthesise(seed, 2 + seed, variant)
        text = repr((made, [made.reference(language) for language in targets()]))
        print(hashlib.sha256(text.encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def problems() -> list[Synthesised]:
    return [synthesise(seed, SHALLOWEST + seed % 5) for seed in SEEDS]


def same_answers(solution: Synthesised, problem: Synthesised) -> bool:
    """Whether a right answer to one problem passes the hidden cases of another with the same parameters."""
    evaluate = Evaluator(solution.program)
    try:
        return all(evaluate(*given) == result for given, result in problem.hidden)
    except Fault:
        return False


def test_a_seed_gives_the_same_bytes_in_every_process() -> None:
    shown = set()
    for hash_seed in ("0", "1", "77"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        run = subprocess.run([sys.executable, "-c", SHOW], env=environment, capture_output=True, text=True, check=True)
        shown.add(run.stdout)
    (only,) = shown
    assert len(set(only.split())) == 10


def test_a_problem_has_as_many_blocks_as_asked() -> None:
    for depth in range(SHALLOWEST, DEEPEST + 1):
        assert synthesise(7, depth).features["blocks"] == depth


@pytest.mark.parametrize("depth", [0, 1, 9, -3])
def test_a_depth_out_of_range_is_refused_with_the_range(depth: int) -> None:
    with pytest.raises(BadRange, match=f"from 2 to 8, got {depth}"):
        synthesise(1, depth)


def test_hidden_cases_are_at_least_20_and_mostly_tell_something(problems: list[Synthesised]) -> None:
    for problem in problems:
        results = [repr(result) for _, result in problem.hidden]
        assert len(results) >= 20
        assert len({repr(given) for given, _ in problem.hidden}) == len(results)
        assert max(results.count(result) for result in results) <= 0.85 * len(results)


def test_examples_are_no_hidden_cases_and_agree_with_the_reference(problems: list[Synthesised]) -> None:
    for problem in problems:
        evaluate = Evaluator(problem.program)
        hidden = [repr(given) for given, _ in problem.hidden]
        assert 2 <= len(problem.examples) <= 4
        for given, result in problem.examples:
            assert repr(given) not in hidden
            assert evaluate(*given) == result


def test_problems_of_different_seeds_behave_differently(problems: list[Synthesised]) -> None:
    assert len(list(distinct(iter(problems)))) == len(problems)
    assert len(list(distinct(iter([*problems, problems[0]])))) == len(problems)


@pytest.mark.heavy
def test_a_variant_is_as_hard_and_answered_otherwise() -> None:
    copied = 0
    for seed in SEEDS:
        depth = SHALLOWEST + seed % 5
        ours, theirs = (synthesise(seed, depth, hashlib.sha256(f"{who} {seed}".encode()).digest()) for who in "ab")
        assert (ours.features["stages"], ours.features["weight"]) == (
            theirs.features["stages"],
            theirs.features["weight"],
        )
        assert ours.statement != theirs.statement
        copied += same_answers(ours, theirs)
    assert copied <= 0.05 * len(SEEDS)


def test_the_check_of_copies_can_fail(problems: list[Synthesised]) -> None:
    assert all(same_answers(problem, problem) for problem in problems)


def test_references_differ_between_languages_only_in_words(problems: list[Synthesised]) -> None:
    for problem in problems[:5]:
        assert len({problem.reference(language) for language in targets()}) == len(targets())


def test_statements_are_whole_sentences(problems: list[Synthesised]) -> None:
    for problem in problems:
        assert "{" not in problem.statement.replace("-> {", "").partition("Examples:")[0]
        for fault in ("a integer", "a item", "plus -", "minus -", "  1 times the", "..", "None"):
            text = problem.statement.partition("Examples:")[0].replace('".."', "").replace("FIRST..LAST", "")
            assert fault not in text, problem.statement
