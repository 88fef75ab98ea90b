"""Fresh problems from seeds, with their reference in seven languages: see docs/design/problems.md.

``synthesise`` makes one, ``as_problem`` turns it into what the evaluator grades.
"""

from validator.problems.synthesis.asking import as_problem, together
from validator.problems.synthesis.emitting.grammar import targets
from validator.problems.synthesis.making import DEEPEST, SHALLOWEST, VERSION, Synthesised, distinct, synthesise

__all__ = [
    "DEEPEST",
    "SHALLOWEST",
    "VERSION",
    "Synthesised",
    "as_problem",
    "distinct",
    "synthesise",
    "targets",
    "together",
]
