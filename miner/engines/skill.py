"""How often a scripted miner is right: by its skill, and by how hard it finds a problem."""

import math
from collections.abc import Mapping
from hashlib import sha256
from statistics import NormalDist

GUESS = 0.02
SLIP = 0.02
OWN_SD = 0.5
"""Of what no feature of a problem tells."""


def chance(skill: float, difficulty: float, guess: float = GUESS, slip: float = SLIP) -> float:
    """The probability that a sample is right, in [0, 1].

    ``skill``: that probability on a problem of difficulty 0, but for guesses and slips. ``difficulty``: by how many
    standard deviations a problem is harder. A normal ogive (Lord 1952) with guesses and slips (Barton & Lord 1981):
    not the model that the validator fits, on purpose. Skill 0 is never right and skill 1 always, whatever is asked.
    Raises ValueError for a skill outside [0, 1].
    """
    if not 0 <= skill <= 1:
        raise ValueError(f"skill must be a probability between 0 and 1, not {skill!r}")
    if skill in (0, 1):
        return skill
    normal = NormalDist()
    return guess + (1 - guess - slip) * normal.cdf(normal.inv_cdf(skill) - difficulty)


def toughness(features: Mapping[str, float], name: str) -> float:
    """How hard scripted miners find a problem, for ``chance``; about 0 for one of four building blocks.

    Neither linear in what the validator predicts from nor known from it: each problem has a part of its own, by name.
    """
    blocks, steps = features.get("blocks", 4.0), features.get("steps", 40.0)
    known = math.pow(blocks / 4, 1.3) - 1 + 0.3 * (features.get("hardest", 3.0) >= 4) + 0.4 * (steps > 100)
    even = (int.from_bytes(sha256(name.encode()).digest()[:6]) + 0.5) / 2**48
    return known + NormalDist(0, OWN_SD).inv_cdf(even)
