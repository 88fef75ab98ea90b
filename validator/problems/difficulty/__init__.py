"""How hard a problem is: predicted from what it is, learnt from results, and used to draw what tells miners apart.

``prediction`` knows a problem before anybody has seen it, ``fitting`` knows families of problems and miners by their
results, ``calibration`` learns from a round, ``drawing`` picks the families to ask next, ``agreement`` says how well
the predictions were borne out.
"""

from validator.problems.difficulty.agreement import Agreement, agreement, foreseen
from validator.problems.difficulty.calibration import calibrate
from validator.problems.difficulty.drawing import draw
from validator.problems.difficulty.fitting import fit
from validator.problems.difficulty.model import Ability, Family, Fit
from validator.problems.difficulty.prediction import Belief, learn, prior, restored, traits
from validator.problems.difficulty.responses import History, Outcome, Response, depths, expectations, families, family

__all__ = [
    "Ability",
    "Agreement",
    "Belief",
    "Family",
    "Fit",
    "History",
    "Outcome",
    "Response",
    "agreement",
    "calibrate",
    "depths",
    "draw",
    "expectations",
    "families",
    "family",
    "fit",
    "foreseen",
    "learn",
    "prior",
    "restored",
    "traits",
]
