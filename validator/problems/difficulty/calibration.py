"""One round's results, learnt from: first who is able, then what made problems hard for the able."""

from collections.abc import Iterable, Sequence

from validator.problems.difficulty.fitting import fit
from validator.problems.difficulty.model import Fit
from validator.problems.difficulty.prediction import Answers, Belief, Traits, learn, traits
from validator.problems.difficulty.responses import Outcome, Response, expectations, family
from validator.problems.protocol import Recipe


def calibrate(belief: Belief, outcomes: Sequence[Outcome], before: Iterable[Response] = ()) -> tuple[Belief, Fit]:
    """What is believed of difficulty after ``outcomes``, and how able the miners are by these and those ``before``."""
    found = fit([*before, *(one.response for one in outcomes)], expectations(belief, outcomes))
    lessons: dict[Recipe, tuple[Traits, list[Answers]]] = {}
    for one in sorted(outcomes, key=lambda one: (one.recipe.model_dump_json(), one.miner)):
        _, answers = lessons.setdefault(one.recipe, (traits(one.recipe, one.features), []))
        logits = found.family(family(one.recipe)).slope * found.ability(one.miner).mean
        answers.append(Answers(logits, sum(one.worths), len(one.worths)))
    return learn(belief, lessons.values()), found
