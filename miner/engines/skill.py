"""How often a scripted miner is right: by its skill and by how hard the problem is."""

from statistics import NormalDist

GUESS = 0.02
SLIP = 0.02


def chance(skill: float, difficulty: float, guess: float = GUESS, slip: float = SLIP) -> float:
    """The probability that a sample is right, in [0, 1].

    ``skill``: that probability on a problem of difficulty 0, but for guesses and slips. ``difficulty``: by how many standard deviations a problem is
    harder. A normal ogive (Lord 1952) with guesses and slips (Barton & Lord 1981): not the model that the validator fits, on purpose.
    Skill 0 is never right and skill 1 always, whatever is asked. Raises ValueError for a skill outside [0, 1].
    """
    if not 0 <= skill <= 1:
        raise ValueError(f"skill must be a probability between 0 and 1, not {skill!r}")
    if skill in (0, 1):
        return skill
    normal = NormalDist()
    return guess + (1 - guess - slip) * normal.cdf(normal.inv_cdf(skill) - difficulty)
