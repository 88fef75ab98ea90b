"""Difficulty is foreseen from what a problem is, and foreseen better after results."""

import random
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice

import pytest
from pydantic import ValidationError

from miner.engines.skill import chance, toughness
from validator.errors import StateProblem, SynthesisError
from validator.problems.difficulty import (
    Belief,
    Outcome,
    agreement,
    calibrate,
    expectations,
    foreseen,
    learn,
    prior,
    traits,
)
from validator.problems.difficulty.agreement import spearman
from validator.problems.difficulty.prediction import Answers, restored, sigmoid
from validator.problems.difficulty.responses import DEPTHS, families, family
from validator.problems.kinds import make
from validator.problems.protocol import Kind, Made, Recipe
from validator.problems.report.asking import recipes
from validator.problems.synthesis.making import DEEPEST, SHALLOWEST

SKILLS = [0.2 + 0.04 * at for at in range(16)]
EASY = {"weight": 3.0, "lines": 18.0, "steps": 10.0, "nested": 0.0, "hardest": 2.0}
HARD = {"weight": 16.0, "lines": 90.0, "steps": 300.0, "nested": 3.0, "hardest": 4.0}
RECIPE = Recipe(kind=Kind.GENERATION, seed=1)


@pytest.fixture(scope="module")
def problems() -> list[Made]:
    """Real ones, of all depths."""
    return list(made(9000, 6))


def made(first: int, each: int) -> Iterator[Made]:
    for depth in range(SHALLOWEST, DEEPEST + 1):
        for seed in range(first, first + each):
            try:
                yield make(Recipe(kind=Kind.GENERATION, seed=seed, depth=depth))
            except SynthesisError:
                continue


def answered(problems: list[Made], seed: int, samples: int = 5) -> list[Outcome]:
    """By scripted miners, whose model of being right is not the validator's."""
    rng = random.Random(seed)
    return [
        Outcome(
            f"m{number:02}",
            one.recipe,
            one.features,
            tuple(
                float(rng.random() < chance(skill, toughness(one.features, one.problem.task_id)))
                for _ in range(samples)
            ),
        )
        for one in problems
        for number, skill in enumerate(SKILLS)
    ]


def test_predictions_before_any_result_are_borne_out(problems: list[Made]) -> None:
    found = agreement(answered(problems, 1), prior())
    assert found.problems == len(problems) >= 40
    assert found.spearman is not None
    assert found.spearman.value >= 0.6, found
    assert set(found.kinds) == {Kind.GENERATION}


def test_results_improve_the_predictions_of_problems_not_seen() -> None:
    """Here the prior is wrong: short programs are the hard ones."""
    rng = random.Random(2)
    outcomes = [
        Outcome(f"m{miner}", RECIPE.model_copy(update={"seed": seed}), {"lines": lines, "steps": steps}, (right,))
        for seed in range(200)
        for lines, steps in ((rng.uniform(15, 90), rng.uniform(5, 300)),)
        for miner in range(16)
        for right in (float(rng.random() < 0.1 + lines / 120),)
    ]
    seen, unseen = outcomes[: len(outcomes) // 2], outcomes[len(outcomes) // 2 :]
    learnt, _ = calibrate(prior(), seen)
    before, after = agreement(unseen, prior()).spearman, agreement(unseen, learnt).spearman
    assert before is not None
    assert after is not None
    assert before.value < 0 < 0.6 < after.value, (before, after)


def test_what_is_learnt_as_it_goes_is_foreseen_before_it_is_seen(problems: list[Made]) -> None:
    outcomes = answered(problems, 3)
    rounds = [[one for one in outcomes if one.recipe.seed % 4 == part] for part in range(4)]
    found, learnt = foreseen(rounds, prior())
    assert found.problems == learnt.learnt == len(problems)
    assert found.spearman is not None
    assert found.spearman.value >= 0.6, found
    assert foreseen(rounds[:1], prior())[0] == agreement(rounds[0], prior())


def test_the_order_of_outcomes_in_a_round_changes_nothing(problems: list[Made]) -> None:
    outcomes = answered(problems[:12], 3, samples=2)
    assert calibrate(prior(), outcomes[::-1])[0] == calibrate(prior(), outcomes)[0]


def test_the_prior_holds_longer_deeper_programs_to_be_harder() -> None:
    assert prior().predict(traits(RECIPE, EASY)) > 0.6
    assert prior().predict(traits(RECIPE, HARD)) < 0.4


def test_coefficients_are_recovered_from_results() -> None:
    rng = random.Random(4)
    lessons = []
    for _ in range(400):
        seen = {"kind generation": 1.0, "feature a": rng.gauss(0, 1), "feature b": rng.gauss(0, 1)}
        hard = 0.5 + 0.4 * seen["feature a"] - 0.3 * seen["feature b"] + rng.gauss(0, 0.8)
        lessons.append(
            (seen, [Answers(t, sum(rng.random() < sigmoid(t - hard) for _ in range(5)), 5) for t in (-1, 0, 1)])
        )
    found = learn(prior(), lessons)
    means = dict(zip(found.names, found.means, strict=True))
    assert means["kind generation"] == pytest.approx(0.5, abs=0.2)
    assert means["feature a"] == pytest.approx(0.4, abs=0.2)
    assert means["feature b"] == pytest.approx(-0.3, abs=0.2)
    assert found.learnt == 400


def test_what_nobody_answered_teaches_nothing() -> None:
    assert learn(prior(), [(traits(RECIPE, EASY), []), (traits(RECIPE, EASY), [Answers(0, 0, 0)])]) == prior()


def test_a_stored_belief_is_the_same_belief() -> None:
    belief = learn(prior(), [(traits(RECIPE, HARD), [Answers(0.3, 2.5, 5)])])
    again = restored(belief.model_dump_json())
    assert again == belief
    assert again.predict(traits(RECIPE, EASY)) == belief.predict(traits(RECIPE, EASY))


def test_a_belief_of_another_version_is_refused() -> None:
    with pytest.raises(StateProblem, match="stored one is 2"):
        restored(prior().model_copy(update={"version": 2}).model_dump_json())
    with pytest.raises(ValidationError):
        restored('{"names": 1}')


def test_every_kind_and_every_language_has_a_prior() -> None:
    rates = {prior().predict(traits(Recipe(kind=kind, seed=0), {})) for kind in Kind}
    assert len(rates) >= 5
    assert prior().predict(traits(RECIPE.model_copy(update={"language": "rust"}), {})) < prior().predict(
        traits(RECIPE, {})
    )


def test_families_are_as_many_as_their_parts_and_every_recipe_has_one() -> None:
    all_of_them = families(Kind, ["python", "rust"])
    assert len(set(all_of_them)) == len(all_of_them) == len(Kind) * 2 * len(DEPTHS)
    for depth in range(SHALLOWEST, DEEPEST + 1):
        assert family(RECIPE.model_copy(update={"depth": depth})) in all_of_them


def test_families_are_expected_to_be_as_hard_as_their_problems(problems: list[Made]) -> None:
    expected = expectations(prior(), answered(problems, 1, samples=1))
    assert list(expected) == sorted(expected)
    assert list(expected.values()) == sorted(expected.values())


def test_too_few_problems_say_nothing() -> None:
    outcomes = [Outcome("m", RECIPE.model_copy(update={"seed": at}), EASY, (1.0,)) for at in range(9)]
    assert agreement(outcomes, Belief(names=(), means=(), covariance=())).spearman is None


def test_what_could_not_be_judged_is_absent_from_agreement() -> None:
    assert agreement([Outcome("m", RECIPE, EASY, ())], prior()).problems == 0


def test_ranks_of_equals_are_shared() -> None:
    assert spearman([(1, 1), (2, 2), (2, 3), (4, 4)]) == pytest.approx(0.9487, abs=1e-4)
    assert spearman([(float(at), -float(at)) for at in range(20)]) == pytest.approx(-1)


@pytest.mark.heavy
def test_predictions_are_borne_out_over_all_kinds_and_languages() -> None:
    problems = list(of_all_kinds(islice(recipes(77_000), 160)))
    found = agreement(answered(problems, 3), prior())
    assert found.problems >= 140
    assert set(found.kinds) == set(Kind)
    assert found.spearman is not None
    assert found.spearman.value >= 0.6, found


def of_all_kinds(asked: Iterable[Recipe]) -> Iterator[Made]:
    for recipe in asked:
        with suppress(SynthesisError):
            yield make(recipe, b"one")
